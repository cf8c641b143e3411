"""What the department says to an objection, and how it takes a wrong result back."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.inspecting.deeds import LONGEST_NOTE
from actions.inspecting.objections import answer_objection
from actions.inspecting.readers import inspection_story
from actions.inspecting.taking_back import take_back_result
from bot.desk_states import Waiting
from bot.using import look, use
from bot.widgets import Commit, Label, Say, home
from bot.written import read_written
from store.inspections import InspectionDeed


def answering_window() -> Window:
    """The objection and its answer."""
    return Window(
        Say("onsite.answering"),
        MessageInput(take_words),
        Commit(Label("onsite.uphold"), "uphold", uphold, when="note", getter=get_words),
        Commit(Label("onsite.put_right"), "put_right", put_right, when="note", getter=get_words),
        Row(SwitchTo(Label("everyone.back"), id="answer_back", state=Waiting.one), home("answer_home")),
        state=Waiting.answering,
        getter=get_words,
    )


def taking_back_window() -> Window:
    """A result that was recorded wrongly."""
    return Window(
        Say("onsite.taking_back"),
        MessageInput(take_words),
        Commit(Label("onsite.other_result"), "other_result", other_result, when="note", getter=get_words),
        Commit(Label("onsite.not_inspected"), "not_inspected", not_inspected, when="note", getter=get_words),
        Row(SwitchTo(Label("everyone.back"), id="back_back", state=Waiting.one), home("back_home")),
        state=Waiting.taking_back,
        getter=get_words,
    )


async def get_words(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """The inspection with what was objected, and what was written."""
    known = dialog_manager.dialog_data
    story = await look(dialog_manager, inspection_story, inspection_id=known["inspection_id"])
    objections = [step for step in story.steps if step.deed is InspectionDeed.OBJECTED]
    return {
        "shown": [story.line.state, story.line.objected_on],
        "story": story,
        "objections": objections[-2:],
        "note": known.get("note", ""),
    }


async def take_words(message: Message, widget: Any, manager: DialogManager) -> None:
    """The reason, or what was put right."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def uphold(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The record stands."""
    await _answer(manager, was_put_right=False)


async def put_right(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The record was put right; both sides sign it anew."""
    await _answer(manager, was_put_right=True)


async def other_result(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lift was inspected, and the right result follows."""
    await _take_back(manager, was_inspected=True)


async def not_inspected(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The lift was not inspected at all."""
    await _take_back(manager, was_inspected=False)


async def _answer(manager: DialogManager, *, was_put_right: bool) -> None:
    known = manager.dialog_data
    what = {"inspection_id": known["inspection_id"], "note": known["note"], "put_right": was_put_right}
    if await use(manager, answer_objection, **what) is not None:
        known.pop("note", None)
        await manager.switch_to(Waiting.one)


async def _take_back(manager: DialogManager, *, was_inspected: bool) -> None:
    known = manager.dialog_data
    what = {"inspection_id": known["inspection_id"], "note": known["note"], "was_inspected": was_inspected}
    if (goes_on := await use(manager, take_back_result, **what)) is not None:
        known.pop("note", None)
        known["inspection_id"] = goes_on
        await manager.switch_to(Waiting.one)
