"""What else waits at an inspection department, one by one, and the end of what a person has seen to."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.desk.tasks import DeskTask, settle_task, task_of_desk, tasks_of_desk
from bot.desk_states import DeskTasks
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out
from bot.written import read_written

LISTED = 12
LONGEST_NOTE = 300


def make_dialog() -> Dialog:
    """List → one → done, with what came of it."""
    return Dialog(_listed(), _one(), _note())


def _listed() -> Window:
    return Window(
        Say("desk.tasks"),
        pages_of(choice("task", "tasks", open_task), "task_pages"),
        way_out(),
        state=DeskTasks.listed,
        getter=get_tasks,
    )


def _one() -> Window:
    return Window(
        Say("desk.task"),
        SwitchTo(Label("desk.seen_to"), id="to_note", state=DeskTasks.note, when="by_hand"),
        Row(SwitchTo(Label("everyone.back"), id="to_tasks", state=DeskTasks.listed), home()),
        state=DeskTasks.one,
        getter=get_task,
    )


def _note() -> Window:
    return Window(
        Say("desk.task_note"),
        MessageInput(take_note),
        Commit(Label("desk.seen_to"), "seen_to", finish, when="note"),
        Row(SwitchTo(Label("everyone.back"), id="from_note", state=DeskTasks.one), home()),
        state=DeskTasks.note,
        getter=get_task,
    )


async def get_tasks(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What waits, in its order."""
    found = await look(dialog_manager, tasks_of_desk)
    rows = [
        {
            "id": str(one.task_id),
            "text": label("desk.task_line", visit.language, task=one, what=_what(one, visit)),
        }
        for one in found
    ]
    return {"tasks": rows, "count": len(rows)}


async def get_task(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    known = dialog_manager.dialog_data
    one = await look(dialog_manager, task_of_desk, task_id=known["task_id"])
    about = {"task": one, "what": _what(one, visit), "by_hand": one.by_hand, "note": known.get("note", "")}
    return {**about, "listed": LISTED, "today": visit.today}


def _what(one: DeskTask, visit: Visit) -> str:
    return label(f"desk.task_{one.kind}{f'_{one.why}' if one.why else ''}", visit.language)


async def open_task(callback: CallbackQuery, widget: Any, manager: DialogManager, task_id: str) -> None:
    """One of them."""
    manager.dialog_data.update(task_id=int(task_id), note="")
    await manager.switch_to(DeskTasks.one)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What came of it."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words


async def finish(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """It is done."""
    known = manager.dialog_data
    if await use(manager, settle_task, task_id=known["task_id"], note=known["note"]) is not None:
        await manager.switch_to(DeskTasks.listed)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("desk.tasks_menu", DeskTasks.listed, "tasks_of_desk", row=15),)
)
