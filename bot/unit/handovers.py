"""A change of the use unit: propose it, answer it."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.handovers.answer import LONGEST_REASON, confirm_handover, dispute_handover, withdraw_handover
from actions.handovers.propose import propose_giving, propose_taking
from actions.handovers.read import lifts_of_handover, my_handovers
from bot.notices import UnderNotice
from bot.states import Handovers
from bot.subject import Entry, Subject
from bot.texts import label
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of, visit_of
from bot.written import read_written

SHOWN = 40  # lifts of a handover that fit into one message


def make_dialog() -> Dialog:
    """What waits → one → an objection to it; give: lifts → the other's code; take: the codes on one's papers."""
    return Dialog(
        _listed(),
        _one(),
        _dispute(),
        _objection(),
        Chooser("handovers.lifts", Handovers.lifts, ask_whom).window(),
        _asking("handovers.code", Handovers.code, give, "to_list_of_code"),
        _asking("handovers.codes", Handovers.codes, take, "to_list_of_codes"),
        _recorded(),
    )


def _listed() -> Window:
    return Window(
        Say("handovers.listed"),
        pages_of(choice("handover", "handovers", open_one), "handover_pages"),
        SwitchTo(Label("handovers.give"), id="give", state=Handovers.lifts),
        SwitchTo(Label("handovers.take"), id="take", state=Handovers.codes),
        Row(leave(), home()),
        state=Handovers.listed,
        getter=get_list,
    )


def _one() -> Window:
    return Window(
        Say("handovers.one"),
        Commit(Label("handovers.confirm"), "confirm", confirm, when="theirs"),
        SwitchTo(Label("handovers.object"), id="object", state=Handovers.dispute, when="theirs"),
        Commit(Label("handovers.withdraw"), "take_back", withdraw, when="can_withdraw"),
        Row(_to_list("to_list"), home("home_of_one")),
        state=Handovers.one,
        getter=get_one,
    )


def _dispute() -> Window:
    return Window(
        Say("handovers.dispute"),
        MessageInput(take_objection),
        Row(_to_list("to_list_of_dispute"), home("home_of_dispute")),
        state=Handovers.dispute,
    )


def _objection() -> Window:
    return Window(
        Say("handovers.objection"),
        Commit(Label("handovers.file"), "file", dispute),
        Row(
            SwitchTo(Label("everyone.back"), id="to_words", state=Handovers.dispute),
            home("home_of_objection"),
        ),
        state=Handovers.objection,
        getter=get_objection,
    )


def _asking(name: str, state: Any, take_text: Any, to_list: str) -> Window:
    return Window(Say(name), MessageInput(take_text), Row(_to_list(to_list), home(f"home_{to_list}")), state=state)


def _recorded() -> Window:
    return Window(
        Say("handovers.recorded"),
        Row(_to_list("to_list_of_recorded"), home("home_of_recorded")),
        state=Handovers.recorded,
        getter=get_recorded,
    )


def _to_list(name: str) -> SwitchTo:
    return SwitchTo(Label("everyone.back"), id=name, state=Handovers.listed)


async def get_list(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits for an answer of ours, and what we have proposed."""
    found = await look(dialog_manager, my_handovers)
    rows = [
        {"id": str(one.id), "text": label("handovers.line", visit.language, one=one, today=visit.today)}
        for one in found
    ]
    return {"handovers": rows, "waiting": sum(one.theirs for one in found), "total": len(found)}


async def get_one(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its lifts, as far as this side may know them."""
    number = dialog_manager.dialog_data["handover_id"]
    found = next((one for one in await look(dialog_manager, my_handovers) if one.id == number), None)
    theirs = found is not None and found.theirs
    places = list(await look(dialog_manager, lifts_of_handover, handover_id=number)) if theirs else []
    dialog_manager.dialog_data["state"] = found.state if found is not None else ""
    return {
        "one": found,
        "places": places[:SHOWN],
        "more": max(0, len(places) - SHOWN),
        "theirs": theirs,
        "can_withdraw": found is not None and not theirs and found.state == "proposed",
        "today": visit.today,
    }


async def get_objection(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What is about to be filed."""
    return {"why": dialog_manager.dialog_data["why"]}


async def get_recorded(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """How much was taken down."""
    return {"number": dialog_manager.dialog_data.get("recorded", 0)}


async def open_one(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One handover."""
    manager.dialog_data["handover_id"] = int(number)
    await manager.switch_to(Handovers.one)


async def confirm(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is so."""
    await use(manager, confirm_handover, handover_id=manager.dialog_data["handover_id"])


async def withdraw(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """We propose it no more."""
    await use(manager, withdraw_handover, handover_id=manager.dialog_data["handover_id"])


async def take_objection(message: Message, widget: Any, manager: DialogManager) -> None:
    """Why it is not so; shown before it is filed, for nothing takes an objection back."""
    found = await read_written(message, manager, most=LONGEST_REASON)
    if found is not None:
        manager.dialog_data["why"] = found.words
        await manager.switch_to(Handovers.objection)


async def dispute(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is not so."""
    known = manager.dialog_data
    await use(manager, dispute_handover, handover_id=known["handover_id"], why=known["why"])
    if visit_of(manager).done:
        await manager.switch_to(Handovers.one)


async def ask_whom(manager: DialogManager) -> None:
    """To whom the lifts go."""
    await manager.switch_to(Handovers.code)


async def give(message: Message, widget: Any, manager: DialogManager) -> None:
    """The credit code of the unit that gets them."""
    is_less = await keep_theirs(manager, "chosen")
    lift_ids = manager.dialog_data.get("chosen", [])
    if not lift_ids:
        if not is_less:
            await answer(manager, "choosing.none")
        await manager.switch_to(Handovers.lifts)
        return
    done = await use(manager, propose_giving, lift_ids=lift_ids, credit_code=message.text or "")
    if done is not None:
        manager.dialog_data.update(recorded=done.number, chosen=[])
        await manager.switch_to(Handovers.recorded)


async def take(message: Message, widget: Any, manager: DialogManager) -> None:
    """The codes on one's papers, one a line."""
    done = await use(manager, propose_taking, codes=(message.text or "").splitlines())
    if done is not None:
        manager.dialog_data["recorded"] = done.number
        await manager.switch_to(Handovers.recorded)


def make_router() -> Router:
    """The button under the notice that asks."""
    router = Router(name="handovers")
    router.callback_query.register(show_from_notice, UnderNotice("handover"))
    return router


async def show_from_notice(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """What waits for an answer, below the notice."""
    await dialog_manager.start(Handovers.listed, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
    await dialog_manager.answer_callback()


SUBJECT = Subject(
    routers=(make_router,),
    dialogs=(make_dialog,),
    entries=(Entry("handovers.menu", Handovers.listed, "my_handovers", row=65),),
)
