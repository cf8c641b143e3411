"""Cases: the bureau hands them down and closes them; the street office checks on site and hands them back."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, ContentType, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.actors import Role
from actions.regulator.case_readers import case_story, cases_held
from actions.regulator.cases import LONGEST_NOTE, close_case, hand_back, recall_case, record_site_check
from actions.regulator.photos import case_photos, keep_case_photo
from bot.handing_out import give_picture
from bot.regulator.handing_down import HandDown
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import fetch_photo, read_written
from store.cases import CaseState

OPEN_STATES = (CaseState.WITH_STREET, CaseState.CHECKED)


class Cases(StatesGroup):
    """The cases of an office."""

    listed = State()
    one = State()
    checking = State()
    returning = State()
    closing = State()


def make_dialog() -> Dialog:
    """List → one → what may be done with it."""
    return Dialog(_listed(), _one(), _checking(), _returning(), _closing())


def _listed() -> Window:
    return Window(
        Say("cases.listed"),
        pages_of(choice("case", "cases", open_case), "case_pages"),
        Row(
            Start(Label("cases.new"), id="new", state=HandDown.find, when="is_bureau"),
            Button(Label("cases.closed"), id="closed", on_click=show_closed, when="shows_open"),
            Button(Label("cases.open"), id="open", on_click=show_closed, when="shows_closed"),
        ),
        Row(leave(), home()),
        state=Cases.listed,
        getter=get_cases,
    )


def _one() -> Window:
    return Window(
        Say("cases.one"),
        SwitchTo(Label("cases.check"), id="check", state=Cases.checking, when="may_check"),
        SwitchTo(Label("cases.back"), id="give_back", state=Cases.returning, when="may_check"),
        Commit(Label("cases.recall"), "recall", recall, when="may_recall"),
        Row(
            Button(Label("cases.again"), id="again", on_click=hand_down_again, when="may_decide"),
            SwitchTo(Label("cases.close"), id="close", state=Cases.closing, when="may_decide"),
        ),
        Button(Label("cases.photos"), id="photos", on_click=show_photos, when="photos"),
        Row(SwitchTo(Label("everyone.back"), id="one_back", state=Cases.listed), home()),
        state=Cases.one,
        getter=get_case,
    )


def _checking() -> Window:
    return Window(
        Say("cases.checking"),
        MessageInput(take_photo, content_types=[ContentType.PHOTO, ContentType.DOCUMENT]),
        MessageInput(take_note),
        Commit(Label("cases.keep"), "keep", keep_check, when="note"),
        Row(SwitchTo(Label("everyone.back"), id="checking_back", state=Cases.one), home()),
        state=Cases.checking,
        getter=get_note,
    )


def _returning() -> Window:
    return Window(
        Say("cases.returning"),
        MessageInput(take_note),
        Commit(Label("cases.return"), "return", give_back),
        Row(SwitchTo(Label("everyone.back"), id="returning_back", state=Cases.one), home()),
        state=Cases.returning,
        getter=get_note,
    )


def _closing() -> Window:
    return Window(
        Say("cases.closing"),
        MessageInput(take_note),
        Commit(Label("cases.close_now"), "close_now", close, when="note"),
        Row(SwitchTo(Label("everyone.back"), id="closing_back", state=Cases.one), home()),
        state=Cases.closing,
        getter=get_note,
    )


async def get_cases(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Who has which case for how many days."""
    closed = bool(dialog_manager.dialog_data.get("closed"))
    lines = await look(dialog_manager, cases_held, closed=closed)
    rows = [
        {"id": str(line.case_id), "text": label("cases.line", visit.language, line=line, today=visit.today)}
        for line in lines
    ]
    role = visit.actor.role if visit.actor else None
    return {
        "cases": rows,
        "late": sum(line.is_late for line in lines),
        "given_back": dialog_manager.dialog_data.get("given_back", False),
        "shows_closed": closed,
        "shows_open": not closed,
        "is_bureau": role in (Role.DISTRICT_REGULATOR, Role.CITY_REGULATOR),
    }


async def get_case(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its history, and what this person may do with it."""
    story = await look(dialog_manager, case_story, case_id=dialog_manager.dialog_data["case_id"])
    role = visit.actor.role if visit.actor else None
    is_street, state = role is Role.STREET_OFFICER, story.line.state
    is_bureaus = visit.actor is not None and story.line.office == visit.actor.party_name
    return {
        "story": story,
        "may_check": is_street and state in OPEN_STATES,
        "may_recall": is_bureaus and state in OPEN_STATES,
        "may_decide": is_bureaus and state is CaseState.WITH_DISTRICT,
        "photos": sum(len(step.photos) for step in story.steps),
        "today": visit.today,
    }


async def get_note(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """What was written and how many photos came."""
    known = dialog_manager.dialog_data
    return {"note": known.get("note", ""), "photos": len(known.get("photos", []))}


async def open_case(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One case."""
    manager.dialog_data["case_id"] = int(number)
    manager.dialog_data.pop("given_back", None)
    _forget(manager)
    await manager.switch_to(Cases.one)


async def show_closed(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Those that are closed, or the open ones again."""
    manager.dialog_data["closed"] = not manager.dialog_data.get("closed", False)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What was found, or why."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def take_photo(message: Message, widget: Any, manager: DialogManager) -> None:
    """Keep a photo of the site; its caption goes to the note."""
    file = message.photo[-1] if message.photo else message.document
    content = await fetch_photo(message, manager, file) if file is not None else None
    number = await use(manager, keep_case_photo, content=content) if content is not None else None
    known = manager.dialog_data
    if number is not None and number not in known.get("photos", []):
        known["photos"] = [*known.get("photos", []), number]
    if message.caption:
        note = f"{known.get('note', '')}\n{message.caption}".strip()
        if len(note) > LONGEST_NOTE:
            await answer(manager, "everyone.too_long", length=len(note), most=LONGEST_NOTE)
        else:
            known["note"] = note


async def keep_check(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Record the site check."""
    known = manager.dialog_data
    what = {"case_id": known["case_id"], "note": known.get("note", ""), "photos": known.get("photos", [])}
    await _done(manager, await use(manager, record_site_check, **what))


async def give_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Hand the case back; the street office has it no more."""
    known = manager.dialog_data
    if await use(manager, hand_back, case_id=known["case_id"], note=known.get("note", "")) is not None:
        _forget(manager)
        known["given_back"] = True
        await manager.switch_to(Cases.listed)


async def recall(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Take it back from the street office."""
    await _done(manager, await use(manager, recall_case, case_id=manager.dialog_data["case_id"]))


async def close(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The case is done."""
    known = manager.dialog_data
    await _done(manager, await use(manager, close_case, case_id=known["case_id"], note=known.get("note", "")))


async def hand_down_again(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """To the same street office or another."""
    await manager.start(HandDown.street, data={"case_id": manager.dialog_data["case_id"]})


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All photos of the case."""
    for name, content in await look(manager, case_photos, case_id=manager.dialog_data["case_id"]):
        await give_picture(manager, content, name)


async def _done(manager: DialogManager, done: Any) -> None:
    if done is not None:
        _forget(manager)
        await manager.switch_to(Cases.one)


def _forget(manager: DialogManager) -> None:
    for name in ("note", "photos"):
        manager.dialog_data.pop(name, None)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("cases.menu", Cases.listed, "cases_held", row=30),))
