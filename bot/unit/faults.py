"""Report a fault, in words or by a photo; report that people are shut in, in two presses.

Words of people who are shut in lead from the one to the other (bot/people_inside.py).
"""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.alerts.help_now import help_to_come, numbers_to_call
from actions.alerts.report import LONGEST_WORDS, report_entrapment, report_fault
from actions.lifts.mine import lift_story
from bot.people_inside import speaks_of_people_inside
from bot.states import Alerts, Faults
from bot.subject import Entry, Subject
from bot.unit.choosing import Chooser
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, home, leave
from bot.written import read_written


def make_dialog() -> Dialog:
    """Of a fault: lift → words. Of an entrapment: lift → confirm."""
    return Dialog(
        Chooser("faults.broken", Faults.broken, ask_what, one=True).window(),
        Window(
            Say("faults.what"),
            MessageInput(take_words),
            Row(SwitchTo(Label("everyone.back"), id="to_broken", state=Faults.broken), home("home_of_what")),
            state=Faults.what,
            getter=get_lift,
        ),
        Chooser("faults.shut_in", Faults.shut_in, ask_to_confirm, one=True).window(),
        Window(
            Say("faults.confirm"),
            Commit(Label("faults.call_help"), "call_help", call_help),
            Row(SwitchTo(Label("everyone.back"), id="to_shut_in", state=Faults.shut_in), home("home_of_confirm")),
            state=Faults.confirm,
            getter=get_help,
        ),
        Window(
            Say("faults.urgent"),
            SwitchTo(Label("faults.shut_in"), id="to_confirm", state=Faults.confirm, when="has_lift"),
            SwitchTo(Label("faults.shut_in"), id="to_which", state=Faults.shut_in, when="asks_lift"),
            Commit(Label("faults.only_fault"), "only_fault", report_only, when="words"),
            Row(leave("not_urgent"), when="has_before"),
            home("home_of_urgent"),
            state=Faults.urgent,
            getter=get_urgent,
        ),
        on_start=remember_lift,
    )


async def remember_lift(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_id": …}` is chosen already."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_lift(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lift that is meant, and whether it is night."""
    story = await look(dialog_manager, lift_story, lift_id=dialog_manager.dialog_data["lift_id"])
    waits = visit.quiet is not None and visit.quiet.until(visit.now) is not None
    return {"place": story["place"], "maintainer": story["maintainer"], "is_night": waits}


async def get_help(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lift, and what a report would set going."""
    lift_id = dialog_manager.dialog_data["lift_id"]
    return {**await get_lift(dialog_manager, visit), "help": await look(dialog_manager, help_to_come, lift_id=lift_id)}


async def ask_what(manager: DialogManager) -> None:
    """What is wrong."""
    await manager.switch_to(Faults.what)


async def ask_to_confirm(manager: DialogManager) -> None:
    """Whether it is this lift."""
    await manager.switch_to(Faults.confirm)


async def get_urgent(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """Whom to call, what was typed, and whether the lift is known."""
    known = dialog_manager.dialog_data
    lift_id = known.get("lift_id")
    return {
        "numbers": await look(dialog_manager, numbers_to_call, lift_id=lift_id),
        "words": known.get("words", ""),
        "is_reported": known.get("is_reported", False),
        "has_lift": lift_id is not None,
        "asks_lift": lift_id is None,
        "has_before": len(dialog_manager.current_stack().intents) > 1,
    }


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """What is wrong, in words or by a photo; whether people are shut in is asked before words of that are sent."""
    found = await read_written(message, manager, most=LONGEST_WORDS, keeps_photos=True)
    if found is None:
        return
    lift_id = manager.dialog_data["lift_id"]
    if not speaks_of_people_inside(found.words):
        await _report(manager, found.words, found.photo)
    elif found.photo is None:
        await manager.start(Faults.urgent, {"lift_id": lift_id, "words": found.words})
    else:  # a dialog keeps no photo
        await use(manager, report_fault, lift_id=lift_id, what=found.words, photo=found.photo)
        await manager.start(Faults.urgent, {"lift_id": lift_id, "is_reported": True}, mode=StartMode.RESET_STACK)


async def report_only(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nobody is shut in: what was typed is a fault."""
    await _report(manager, manager.dialog_data["words"], None)


async def call_help(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Everybody is told and called at once."""
    alert = await use(manager, report_entrapment, lift_id=manager.dialog_data["lift_id"])
    if alert is None:
        await answer(manager, "everyone.if_shut_in")
    else:
        await _show(manager, alert.id)


async def _report(manager: DialogManager, what: str, photo: bytes | None) -> None:
    alert = await use(manager, report_fault, lift_id=manager.dialog_data["lift_id"], what=what, photo=photo)
    if alert is not None:
        await _show(manager, alert.id)


async def _show(manager: DialogManager, alert_id: int) -> None:
    await manager.start(Alerts.one, data={"alert_id": alert_id}, mode=StartMode.RESET_STACK)


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(
        Entry("faults.shut_in", Faults.shut_in, "report_entrapment", row=10),
        Entry("faults.broken", Faults.broken, "report_fault", row=40),
    ),
)
