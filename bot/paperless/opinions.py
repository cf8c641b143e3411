"""Opinions of the city to contractors: read, answered with words and photos, closed or returned."""

from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER, Role
from actions.paperless.opinions import (
    LONGEST,
    answer_opinion,
    drop_opinion,
    keep_answer_photo,
    opinion_photos,
    opinion_story,
    opinions_listed,
    send_opinion,
    settle_opinion,
)
from bot.handing_out import give_picture
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.written import read_written
from store.supervision import OpinionState

S = OpinionState


class Opinions(StatesGroup):
    """Those of one's own city or company."""

    listed = State()
    one = State()
    note = State()


def make_dialog() -> Dialog:
    """List → one → words, and what they are for."""
    return Dialog(
        Window(
            Say("paperless.opinions"),
            pages_of(choice("opinion", "opinions", open_opinion), "opinion_pages"),
            Row(leave(), home()),
            state=Opinions.listed,
            getter=get_opinions,
        ),
        Window(
            Say("paperless.opinion"),
            Row(
                Commit(Label("paperless.opinion_send"), "send", send),
                Commit(Label("paperless.opinion_drop"), "drop", drop),
                when="is_draft",
            ),
            Button(Label("paperless.photos"), id="photos", on_click=show_photos, when="photos"),
            SwitchTo(Label("paperless.opinion_act"), id="act", state=Opinions.note, when="may_act"),
            Row(SwitchTo(Label("everyone.back"), id="one_to_list", state=Opinions.listed), home("home_of_one")),
            state=Opinions.one,
            getter=get_opinion,
        ),
        Window(
            Say("paperless.opinion_note"),
            MessageInput(take_note),
            Commit(Label("paperless.opinion_answer"), "answer", give_answer, when="may_answer"),
            Row(
                Commit(Label("paperless.opinion_close"), "close", close, when="may_settle"),
                Commit(Label("paperless.opinion_return"), "return", give_back, when="may_return"),
            ),
            Row(SwitchTo(Label("everyone.back"), id="note_to_one", state=Opinions.one), home("home_of_note")),
            state=Opinions.note,
            getter=get_opinion,
        ),
    )


async def get_opinions(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The open ones, first due first."""
    lines = await look(dialog_manager, opinions_listed)
    known = {"mine": visit.actor is not None and visit.actor.role in MAINTAINER, "today": visit.today}
    rows = [
        {"id": str(one.opinion_id), "text": label("paperless.opinion_line", visit.language, one=one, **known)}
        for one in lines
    ]
    return {"opinions": rows, "count": len(rows)}


async def get_opinion(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One with its history, and what this person may do about it."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, opinion_story, opinion_id=known["opinion_id"])
    role, state = visit.actor.role if visit.actor is not None else None, story.line.state
    answers = role in MAINTAINER and role is not Role.WORKER and state in (S.SENT, S.RETURNED)
    gives = role is Role.CITY_REGULATOR and story.ours
    settles = gives and state in (S.SENT, S.ANSWERED, S.RETURNED)
    return {
        "story": story,
        "today": visit.today,
        "photos": sum(step.photos for step in story.steps),
        "note": known.get("note", ""),
        "kept": len(known.get("photos", [])),
        "is_draft": gives and state == S.DRAFTED,
        "may_act": answers or settles,
        "may_answer": answers,
        "may_settle": settles,
        "may_return": settles and state == S.ANSWERED,
    }


async def open_opinion(callback: CallbackQuery, widget: Any, manager: DialogManager, number: str) -> None:
    """One of them."""
    manager.dialog_data["opinion_id"] = int(number)
    _forget(manager)
    await manager.switch_to(Opinions.one)


async def show_photos(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The photos of its answers."""
    for name, content in await look(manager, opinion_photos, opinion_id=manager.dialog_data["opinion_id"]):
        await give_picture(manager, content, name)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """Words, and photos of what was done."""
    found = await read_written(message, manager, most=LONGEST, keeps_photos=True)
    if found is None:
        return
    known = manager.dialog_data
    known["note"] = found.words or known.get("note", "")
    if found.photo is not None and (number := await use(manager, keep_answer_photo, content=found.photo)) is not None:
        known["photos"] = [*known.get("photos", []), number]


async def send(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The contractor reads it now."""
    await use(manager, send_opinion, opinion_id=manager.dialog_data["opinion_id"])


async def drop(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is not sent."""
    await use(manager, drop_opinion, opinion_id=manager.dialog_data["opinion_id"])
    await manager.switch_to(Opinions.listed)


async def give_answer(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """What the contractor has done."""
    known = manager.dialog_data
    said = {"opinion_id": known["opinion_id"], "note": known.get("note", ""), "photos": known.get("photos", [])}
    await _show(manager, await use(manager, answer_opinion, **said))


async def close(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is done."""
    await _show(manager, await use(manager, settle_opinion, closed=True, **_said(manager)))


async def give_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Something is missing still."""
    await _show(manager, await use(manager, settle_opinion, closed=False, **_said(manager)))


def _said(manager: DialogManager) -> dict[str, Any]:
    return {"opinion_id": manager.dialog_data["opinion_id"], "note": manager.dialog_data.get("note", "")}


async def _show(manager: DialogManager, done: int | None) -> None:
    if done is not None:
        _forget(manager)
        await manager.switch_to(Opinions.one)


def _forget(manager: DialogManager) -> None:
    for name in ("note", "photos"):
        manager.dialog_data.pop(name, None)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("paperless.opinions_menu", Opinions.listed, "opinions_listed", row=28),)
)
