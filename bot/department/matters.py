"""Hazards and special reasons: reported by the department, answered by the bureau, followed by both."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, ContentType, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.actors import DEPARTMENT, Role
from actions.matters.deeds import answer_reason, report_reason_again, report_removed, verify_removal
from actions.matters.readers import MatterStory, matter_photos, matter_story, matters_listed
from actions.regulator.cases import LONGEST_NOTE
from bot.department.new_matter import NewMatter, take_matter_photo
from bot.handing_out import give_picture
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written
from store.matters import MatterKind, MatterState

S = MatterState


class Matters(StatesGroup):
    """Those of a department or an office."""

    listed = State()
    one = State()
    note = State()


def make_dialog() -> Dialog:
    """List → one → a sentence, and what it is for."""
    return Dialog(_listed(), _one(), _note())


def _listed() -> Window:
    return Window(
        Say("matters.listed"),
        pages_of(choice("matter", "matters", open_matter), "matter_pages"),
        Start(Label("matters.new"), id="new", state=NewMatter.search, when="is_department"),
        Row(
            Button(Label("matters.closed"), id="closed", on_click=show_closed, when="shows_open"),
            Button(Label("matters.open"), id="open", on_click=show_closed, when="shows_closed"),
        ),
        Row(leave(), home()),
        state=Matters.listed,
        getter=get_matters,
    )


def _one() -> Window:
    return Window(
        Say("matters.one"),
        Button(Label("matters.photos"), id="photos", on_click=show_photos, when="photos"),
        SwitchTo(Label("matters.act"), id="act", state=Matters.note, when="may_act"),
        Row(SwitchTo(Label("everyone.back"), id="one_back", state=Matters.listed), home()),
        state=Matters.one,
        getter=get_matter,
    )


def _note() -> Window:
    return Window(
        Say("matters.note"),
        MessageInput(take_matter_photo, content_types=[ContentType.PHOTO, ContentType.DOCUMENT]),
        MessageInput(take_note),
        Row(
            Commit(Label("matters.removed"), "removed", removed, when="may_remove"),
            Commit(Label("matters.verified"), "verified", verified, when="may_verify"),
            Commit(Label("matters.not_removed"), "not_removed", not_removed, when="may_refute"),
            Commit(Label("matters.approve"), "approve", approve, when="may_approve"),
            Commit(Label("matters.return"), "return", give_back, when="may_return"),
            Commit(Label("matters.again"), "again", again, when="may_report"),
        ),
        Row(SwitchTo(Label("everyone.back"), id="note_back", state=Matters.one), home()),
        state=Matters.note,
        getter=get_matter,
    )


async def get_matters(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The open ones, oldest first, or those that are closed."""
    closed = bool(dialog_manager.dialog_data.get("closed"))
    lines = await look(dialog_manager, matters_listed, closed=closed)
    return {
        "matters": [
            {"id": str(one.matter_id), "text": label("matters.line", visit.language, one=one)} for one in lines
        ],
        "count": len(lines),
        "shows_closed": closed,
        "shows_open": not closed,
        "is_department": visit.actor is not None and visit.actor.role in DEPARTMENT,
    }


async def get_matter(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its history, and what this person may do about it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, matter_story, matter_id=known["matter_id"])
    may = _may(story, is_inspector=visit.actor is not None and visit.actor.role is Role.INSPECTOR)
    return {
        "story": story,
        "photos": sum(step.photos for step in story.steps),
        "note": known.get("note", ""),
        "kept": len(known.get("photos", [])),
        "may_act": any(may.values()),
        "today": visit.today,
        **may,
    }


def _may(story: MatterStory, *, is_inspector: bool) -> dict[str, bool]:
    is_hazard, state = story.line.kind == MatterKind.HAZARD, story.line.state
    ours, theirs = story.mine, story.answers and not is_hazard
    inspects = ours and is_hazard and is_inspector
    return {
        "may_remove": ours and is_hazard and state == S.REPORTED,
        "may_verify": inspects and state in (S.REPORTED, S.REMOVED),
        "may_refute": inspects and state == S.REMOVED,
        "may_approve": theirs and state == S.REPORTED,
        "may_return": theirs and state in (S.REPORTED, S.APPROVED),
        "may_report": ours and not is_hazard and state == S.RETURNED,
    }


async def open_matter(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data["matter_id"] = int(number)
    _forget(manager)
    await manager.switch_to(Matters.one)


async def show_closed(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Those that are closed, or the open ones again."""
    manager.dialog_data["closed"] = not manager.dialog_data.get("closed", False)


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """All its photos."""
    for name, content in await look(manager, matter_photos, matter_id=manager.dialog_data["matter_id"]):
        await give_picture(manager, content, name)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What was seen, or why."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def removed(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Somebody says that the hazard is removed."""
    photos = manager.dialog_data.get("photos", [])
    await _done(manager, await use(manager, report_removed, photos=photos, **_said(manager)))


async def verified(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The inspector has seen that it is."""
    await _done(manager, await use(manager, verify_removal, removed=True, **_said(manager)))


async def not_removed(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Or that it is not."""
    await _done(manager, await use(manager, verify_removal, removed=False, **_said(manager)))


async def approve(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The bureau approves the reason."""
    await _done(manager, await use(manager, answer_reason, approved=True, **_said(manager)))


async def give_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The bureau returns it."""
    await _done(manager, await use(manager, answer_reason, approved=False, **_said(manager)))


async def again(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The department reports it once more."""
    await _done(manager, await use(manager, report_reason_again, **_said(manager)))


def _said(manager: DialogManager) -> dict[str, Any]:
    return {"matter_id": manager.dialog_data["matter_id"], "note": manager.dialog_data.get("note", "")}


async def _done(manager: DialogManager, done: Any) -> None:
    if done is not None:
        _forget(manager)
        await manager.switch_to(Matters.one)


def _forget(manager: DialogManager) -> None:
    for name in ("note", "photos"):
        manager.dialog_data.pop(name, None)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("matters.menu", Matters.listed, "matters_listed", row=19),))
