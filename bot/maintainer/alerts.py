"""Alerts that are open, for the maintainer's people and the unit's: how far each is, and the next step."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import accumulate
from typing import Any

from aiogram import Router
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER, UNIT
from actions.alerts.help_now import help_now
from actions.alerts.notes import LONGEST_NOTE, note_alert
from actions.alerts.steps import (
    acknowledge_alert,
    arrive,
    finish_fault,
    free_people,
    set_out,
    withdraw_entrapment,
    withdraw_fault,
)
from actions.lifts.upkeep import AlertLine, alert_now, alert_of_notice, alert_photo, open_alerts
from bot.notices import UnderNotice
from bot.people_inside import speaks_of_people_inside
from bot.states import Alerts, Faults
from bot.subject import Entry, Subject
from bot.texts import SHOWN, label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.words import say_day
from bot.written import read_written
from store.alerts import ENDED, AlertKind, AlertState
from store.zone import SHANGHAI

Press = Callable[[CallbackQuery, Any, DialogManager], Awaitable[None]]
NOTES_SHOWN = 900  # characters of what was added later, the newest first
STEPS = ("acknowledged", "on_the_way", "arrived", "ended")


def make_dialog() -> Dialog:
    """Those that are open → one → whether everybody is out, or an entrapment was none."""
    return Dialog(_listed(), _one(), _out(), _mistake(), on_start=show_what_was_asked)


def _listed() -> Window:
    return Window(
        Say("alerts.listed"),
        MessageInput(ask_to_press),
        pages_of(choice("alert", "alerts", open_one), "alert_pages"),
        Row(leave(), home()),
        state=Alerts.listed,
        getter=get_list,
    )


def _one() -> Window:
    # whoever calls for help taps the same spot again: what comes there first does nothing
    return Window(
        Say("alerts.one"),
        MessageInput(take_note),
        Button(Label("alerts.refresh"), id="refresh", on_click=refresh),
        Commit(Label("alerts.received"), "received", _pressing(acknowledge_alert), when="can_acknowledge"),
        Commit(Label("alerts.on_the_way"), "on_the_way", _pressing(set_out), when="can_set_out"),
        Commit(Label("alerts.arrived"), "arrived", _pressing_of_all(arrive), when="can_arrive"),
        SwitchTo(Label("alerts.freed"), id="to_out", state=Alerts.out, when="can_free"),
        Commit(Label("alerts.done"), "done", _pressing_of_all(finish_fault), when="can_finish"),
        Commit(Label("alerts.mistake"), "mistake", _pressing(withdraw_fault), when="can_withdraw"),
        SwitchTo(Label("alerts.mistake"), id="to_mistake", state=Alerts.mistake, when="may_withdraw"),
        Button(Label("alerts.photo"), id="photo", on_click=show_photo, when="has_photo"),
        Row(SwitchTo(Label("everyone.back"), id="to_alerts", state=Alerts.listed), home("home_of_alert")),
        state=Alerts.one,
        getter=get_one,
    )


def _out() -> Window:
    return Window(
        Say("alerts.out"),
        MessageInput(ask_to_press),
        Commit(Label("alerts.everybody_out"), "freed", say_out),
        Row(SwitchTo(Label("everyone.back"), id="not_out", state=Alerts.one), home("home_of_out")),
        state=Alerts.out,
        getter=get_one,
    )


def _mistake() -> Window:
    return Window(
        Say("alerts.mistake"),
        MessageInput(ask_to_press),
        Commit(Label("alerts.nobody_inside"), "nobody_inside", take_back),
        Row(SwitchTo(Label("everyone.back"), id="to_alert", state=Alerts.one), home("home_of_mistake")),
        state=Alerts.mistake,
        getter=get_one,
    )


async def show_what_was_asked(start_data: Any, manager: DialogManager) -> None:
    """`{"alert_id": …}` opens this one at once."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Those that are not over, people who are shut in first."""
    alerts = await look(dialog_manager, open_alerts)
    rows = [
        {"id": str(one.id), "text": label("alerts.line", visit.language, alert=one, at=_moment(one.reported_at, visit))}
        for one in alerts
    ]
    return {"alerts": rows, "total": len(rows)}


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its times, whom to call, and the steps that may come next."""
    alert_id = dialog_manager.dialog_data["alert_id"]
    alert = await look(dialog_manager, alert_now, alert_id=alert_id)
    times = {name: _moment(getattr(alert, f"{name}_at"), visit) for name in ("reported", *STEPS)}
    help_there = await look(dialog_manager, help_now, alert_id=alert_id, quiet=visit.quiet)
    dialog_manager.dialog_data["state"] = alert.state  # a step that another has taken makes the buttons stale
    dialog_manager.dialog_data["others"] = [one.id for one in alert.others[:SHOWN]]
    words, *notes = alert.what.split("\n")
    shown_notes = _newest(notes)
    others = [
        {"report": one, "words": one.what.partition("\n")[0], "at": _moment(one.at, visit)}
        for one in alert.others[:SHOWN]
    ]
    is_unit = visit.actor is not None and visit.actor.role in UNIT
    silent_until = _moment(help_there.silent_until, visit)
    shown = {"alert": alert, "times": times, "help": help_there, "is_unit": is_unit, "silent_until": silent_until}
    said = {"words": words, "notes": shown_notes, "others": others}
    left_out = {"earlier": len(notes) - len(shown_notes), "more": len(alert.others) - len(others)}
    return {**shown, **said, **left_out, **_next_steps(alert, visit)}


def _newest(notes: list[str]) -> list[str]:
    """As many of the last ones as a message has room for."""
    lengths = accumulate(len(note) for note in reversed(notes))
    fitting = sum(length <= NOTES_SHOWN for length in lengths)
    return notes[len(notes) - fitting :]


def _next_steps(alert: AlertLine, visit: Visit) -> dict[str, bool]:
    """Which buttons are there: what the actions would take from this side."""
    mends = visit.actor is not None and visit.actor.role in MAINTAINER
    is_open = alert.state not in ENDED
    is_entrapment, is_fault = alert.kind == AlertKind.ENTRAPMENT, alert.kind == AlertKind.FAULT
    before = {AlertState.REPORTED: 0, AlertState.ACKNOWLEDGED: 1, AlertState.ON_THE_WAY: 2}.get(
        AlertState(alert.state), 3
    )
    return {
        "can_acknowledge": mends and before < 1,
        "can_set_out": mends and before < 2,
        "can_arrive": mends and is_open and before < 3,
        "can_free": is_open and is_entrapment,
        "can_finish": is_open and is_fault,
        "can_withdraw": is_open and is_fault and not mends,
        "may_withdraw": alert.may_withdraw,
        "has_photo": alert.photo_id is not None,
    }


async def open_one(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One alert."""
    manager.dialog_data["alert_id"] = int(number)
    await manager.switch_to(Alerts.one)


async def take_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nobody is or was shut in."""
    await use(manager, withdraw_entrapment, alert_id=manager.dialog_data["alert_id"])
    await manager.switch_to(Alerts.one)


async def say_out(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Everybody who was shut in is out, also those of the other reports that were shown."""
    known = manager.dialog_data
    await use(manager, free_people, alert_id=known["alert_id"], seen=known["others"])
    await manager.switch_to(Alerts.one)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """Words are kept with the alert. Those of people who are shut in lead to the call, but below an open entrapment."""
    alert_id = manager.dialog_data["alert_id"]
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is None:
        return
    alert = await look(manager, alert_now, alert_id=alert_id)
    is_over = alert.state in ENDED
    if (is_over or alert.kind != AlertKind.ENTRAPMENT) and speaks_of_people_inside(found.words):
        if not is_over:
            await use(manager, note_alert, alert_id=alert_id, words=found.words)
        await manager.start(Faults.urgent, {"lift_id": alert.lift_id})
    elif await use(manager, note_alert, alert_id=alert_id, words=found.words) is not None:
        await answer(manager, "alerts.noted")


async def ask_to_press(message: Message, widget: Any, manager: DialogManager) -> None:
    """Nothing typed is read here."""
    await answer(manager, "alerts.press")


async def refresh(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Shown anew, as it is now."""


async def show_photo(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The photo that was sent along."""
    content = await look(manager, alert_photo, alert_id=manager.dialog_data["alert_id"])
    message = callback.message
    if content is not None and message is not None and callback.bot is not None:
        await callback.bot.send_photo(message.chat.id, BufferedInputFile(content, "fault.jpg"))


def _pressing(step: Any) -> Press:
    """A button that takes this step."""

    async def press(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
        await use(manager, step, alert_id=manager.dialog_data["alert_id"])

    return press


def _pressing_of_all(step: Any) -> Press:
    """The same of a step that holds for the other reports too that are shown."""

    async def press(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
        known = manager.dialog_data
        await use(manager, step, alert_id=known["alert_id"], seen=known["others"])

    return press


def _moment(moment: datetime | None, visit: Visit) -> str:
    """11月23日 20:35; empty where it has not come."""
    if moment is None:
        return ""
    here = moment.astimezone(SHANGHAI)
    return f"{say_day(here.date(), visit.language, visit.today)} {here:%H:%M}"


def make_router() -> Router:
    """The button under an alert's notice."""
    router = Router(name="alerts")
    router.callback_query.register(show_from_notice, UnderNotice("alert"))
    return router


async def show_from_notice(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """The alert, below its notice."""
    alert_id = await look(dialog_manager, alert_of_notice, notice_id=notice_id)
    data = {"alert_id": alert_id}
    await dialog_manager.start(Alerts.one, data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(
    routers=(make_router,),
    dialogs=(make_dialog,),
    entries=(Entry("alerts.menu", Alerts.listed, "open_alerts", row=15),),
)
