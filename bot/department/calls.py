"""The calls that an inspection department is to make, and what came of each."""

from datetime import date, datetime, time, timedelta
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.desk.day import OUTCOMES, WITH_NOTE, call_day, calls_of_desk, enter_call
from bot.days_written import read_day
from bot.desk_states import DeskCalls
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, pages_of, way_out
from bot.written import read_written
from store.zone import SHANGHAI

MORNING = time(9)
SCRIPT = 1500  # characters of a script that are shown
LONGEST_NOTE = 300
WITH_DAY = {"booked", "call_again"}


def make_dialog() -> Dialog:
    """List → one → outcome, with a note or a day where it needs one."""
    return Dialog(_listed(), _one(), _note(), _day(), _full())


def _listed() -> Window:
    return Window(
        Say("desk.calls"),
        pages_of(choice("call", "calls", open_call), "call_pages"),
        way_out(),
        state=DeskCalls.listed,
        getter=get_calls,
    )


def _one() -> Window:
    return Window(
        Say("desk.call"),
        column_of(CommitChoice("outcome", "outcomes", choose_outcome)),
        Row(SwitchTo(Label("everyone.back"), id="to_calls", state=DeskCalls.listed), home()),
        state=DeskCalls.one,
        getter=get_call,
    )


def _note() -> Window:
    return Window(
        Say("desk.call_note"),
        MessageInput(take_note),
        Row(SwitchTo(Label("everyone.back"), id="from_note", state=DeskCalls.one), home()),
        state=DeskCalls.note,
        getter=get_outcome,
    )


def _day() -> Window:
    return Window(
        Say("desk.call_day"),
        MessageInput(take_day),
        Row(SwitchTo(Label("everyone.back"), id="from_day", state=DeskCalls.one), home()),
        state=DeskCalls.day,
        getter=get_outcome,
    )


def _full() -> Window:
    return Window(
        Say("desk.call_full"),
        MessageInput(take_day),
        Commit(Label("desk.overbook"), "overbook", overbook),
        Row(SwitchTo(Label("everyone.back"), id="from_full", state=DeskCalls.one), home()),
        state=DeskCalls.full,
        getter=get_shortage,
    )


async def get_calls(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The open calls, in their order."""
    calls = await look(dialog_manager, calls_of_desk)
    rows = [{"id": str(one.task_id), "text": label("desk.call_line", visit.language, call=one)} for one in calls]
    return {"calls": rows, "count": len(rows)}


async def get_call(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One call with what to say; nothing where it is settled by now."""
    task_id = dialog_manager.dialog_data["task_id"]
    call = next((one for one in await look(dialog_manager, calls_of_desk) if one.task_id == task_id), None)
    outcomes = OUTCOMES if call else ()
    rows = [{"id": name, "text": label(f"desk.outcome_{name}", visit.language)} for name in outcomes]
    return {"call": call, "script": call.script[:SCRIPT] if call else "", "outcomes": rows, "today": visit.today}


async def get_outcome(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What was chosen."""
    return {"outcome": dialog_manager.dialog_data["outcome"], "example": visit.today + timedelta(days=7)}


async def get_shortage(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is missing on the day that was agreed; nothing where there is room by now."""
    known = dialog_manager.dialog_data
    day = date.fromisoformat(known["visit_on"])
    short = await look(dialog_manager, call_day, task_id=known["task_id"], visit_on=day)
    return {"short": short, "day": day, "today": visit.today}


async def open_call(callback: CallbackQuery, widget: Any, manager: DialogManager, task_id: str) -> None:
    """One call."""
    manager.dialog_data["task_id"] = int(task_id)
    await manager.switch_to(DeskCalls.one)


async def choose_outcome(callback: CallbackQuery, widget: Any, manager: DialogManager, outcome: str) -> None:
    """What came of it; asks for what it needs besides."""
    manager.dialog_data["outcome"] = outcome
    if outcome in WITH_NOTE:
        await manager.switch_to(DeskCalls.note)
    elif outcome in WITH_DAY:
        await manager.switch_to(DeskCalls.day)
    else:
        await _enter(manager)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What was said."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        await _enter(manager, note=found.words)


async def take_day(message: Message, widget: Any, manager: DialogManager) -> None:
    """The day that was agreed, or on which to call again (in the morning)."""
    here: Visit = manager.middleware_data["visit"]
    day = read_day(message.text or message.caption or "", here.today)
    if day is None:
        await answer(manager, "sayings.no_day", today=here.today)
    elif manager.dialog_data["outcome"] == "booked":
        await _agree(manager, day)
    else:
        await _enter(manager, again_at=datetime.combine(day, MORNING, tzinfo=SHANGHAI))


async def overbook(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The day all the same, beyond its places."""
    await _enter(manager, visit_on=date.fromisoformat(manager.dialog_data["visit_on"]), overbook=True)


async def _agree(manager: DialogManager, day: date) -> None:
    """Book the day; where it has no room, somebody decides first."""
    manager.dialog_data["visit_on"] = day.isoformat()
    if await look(manager, call_day, task_id=manager.dialog_data["task_id"], visit_on=day) is None:
        await _enter(manager, visit_on=day)
    else:
        await manager.switch_to(DeskCalls.full)


async def _enter(manager: DialogManager, **more: Any) -> None:
    known = manager.dialog_data
    if await use(manager, enter_call, task_id=known["task_id"], outcome=known["outcome"], **more) is not None:
        await manager.switch_to(DeskCalls.listed)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("desk.calls_menu", DeskCalls.listed, "calls_of_desk", row=12),)
)
