"""What a unit says of its lifts: not ours, out of use, inspected or booked elsewhere."""

from datetime import date
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.checks.sayings import say_inspected, say_not_ours, say_out_of_use
from actions.lifts.mine import Choice, my_lifts
from bot.days_written import read_day
from bot.states import SaidHere, Sayings
from bot.subject import Entry, Subject
from bot.texts import label
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of, visit_of
from bot.written import read_written

MOST = 200  # lifts that are listed one by one
LONGEST_NOTE = 200
NOT_OURS, OUT_OF_USE, ELSEWHERE = "not_ours", "out_of_use", "inspected"
VERBS: dict[str, Any] = {NOT_OURS: say_not_ours, OUT_OF_USE: say_out_of_use}


def make_dialog() -> Dialog:
    """What → which lifts → (which day) → confirm → done."""
    return Dialog(_what(), _lifts(), _day(), _note(), _confirm(), _said(), on_start=remember_lifts)


def _what() -> Window:
    return Window(
        Say("sayings.what"),
        Button(Label("sayings.inspected"), id=ELSEWHERE, on_click=choose_what),
        Button(Label("sayings.not_ours"), id=NOT_OURS, on_click=choose_what),
        Button(Label("sayings.out_of_use"), id=OUT_OF_USE, on_click=choose_what),
        Start(Label("sayings.said_here"), id="said_here", state=SaidHere.listed),
        Row(leave(), home()),
        state=Sayings.what,
    )


def _lifts() -> Window:
    return Window(
        Say("sayings.lifts"),
        pages_of(choice("lift", "lifts", toggle_lift), "lift_pages"),
        Button(Label("sayings.these"), id="these", on_click=go_on, when="count"),
        Row(SwitchTo(Label("everyone.back"), id="from_lifts", state=Sayings.what), home()),
        state=Sayings.lifts,
        getter=get_lifts,
    )


def _day() -> Window:
    return Window(
        Say("sayings.day"),
        MessageInput(take_day),
        Row(SwitchTo(Label("everyone.back"), id="from_day", state=Sayings.lifts), home()),
        state=Sayings.day,
        getter=get_today,
    )


def _note() -> Window:
    return Window(
        Say("sayings.note"),
        MessageInput(take_note),
        Button(Label("sayings.no_note"), id="no_note", on_click=skip_note),
        Row(SwitchTo(Label("everyone.back"), id="from_note", state=Sayings.lifts), home()),
        state=Sayings.note,
        getter=get_saying,
    )


def _confirm() -> Window:
    return Window(
        Say("sayings.confirm"),
        Commit(Label("sayings.say"), "say", say_it),
        Row(SwitchTo(Label("everyone.back"), id="from_confirm", state=Sayings.lifts), home()),
        state=Sayings.confirm,
        getter=get_saying,
    )


def _said() -> Window:
    return Window(
        Say("sayings.said"),
        Row(leave(), home()),
        state=Sayings.said,
        getter=get_said,
    )


async def remember_lifts(start_data: Any, manager: DialogManager) -> None:
    """`{"lift_ids": …}` are chosen already."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_lifts(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The lifts of this unit, and which are chosen."""
    await keep_theirs(dialog_manager, "lift_ids")
    chosen = set(dialog_manager.dialog_data.get("lift_ids", []))
    lines, total = await look(dialog_manager, my_lifts, choice=Choice(by_date=True), offset=0, limit=MOST)
    rows = [
        {
            "id": str(line.lift_id),
            "text": label("sayings.lift", visit.language, line=line, chosen=line.lift_id in chosen),
        }
        for line in lines
    ]
    return {"lifts": rows, "count": len(chosen), "total": total, "what": dialog_manager.dialog_data["what"]}


async def get_today(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """For an example of a day."""
    return {"today": visit.today}


async def get_saying(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is about to be said."""
    known = dialog_manager.dialog_data
    return {
        "what": known["what"],
        "count": len(known.get("lift_ids", [])),
        "on": known.get("on"),
        "note": known.get("note", ""),
        "today": visit.today,
    }


async def get_said(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What becomes of it."""
    known = dialog_manager.dialog_data
    return {
        "what": known["what"],
        "desks": known["desks"],
        "until": known.get("until"),
        "unheld": known.get("unheld", 0),
        "today": visit.today,
    }


async def choose_what(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """What is to be said; on to the lifts, unless they are chosen already. Day and note belong to one saying."""
    known = manager.dialog_data
    known["what"] = widget.widget_id
    for name in ("on", "note"):
        known.pop(name, None)
    await (go_on(callback, widget, manager) if known.get("lift_ids") else manager.switch_to(Sayings.lifts))


async def toggle_lift(callback: CallbackQuery, widget: Any, manager: DialogManager, lift_id: str) -> None:
    """Add a lift, or leave it out."""
    chosen = list(manager.dialog_data.get("lift_ids", []))
    if int(lift_id) in chosen:
        chosen.remove(int(lift_id))
    else:
        chosen.append(int(lift_id))
    manager.dialog_data["lift_ids"] = chosen


async def go_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Asks for the day of an inspection elsewhere, else for a note."""
    await keep_theirs(manager, "lift_ids")
    if await _is_empty(manager):
        return
    await manager.switch_to(Sayings.day if manager.dialog_data["what"] == ELSEWHERE else Sayings.note)


async def take_day(message: Message, widget: Any, manager: DialogManager) -> None:
    """The day of the inspection as somebody writes it."""
    here: Visit = manager.middleware_data["visit"]
    day = read_day(message.text or message.caption or "", here.today)
    if day is None:
        await answer(manager, "sayings.no_day", today=here.today)
        return
    manager.dialog_data["on"] = day.isoformat()
    await manager.switch_to(Sayings.note)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What somebody says besides."""
    found = await read_written(message, manager, most=LONGEST_NOTE)
    if found is not None:
        manager.dialog_data["note"] = found.words
        await manager.switch_to(Sayings.confirm)


async def skip_note(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nothing besides."""
    manager.dialog_data["note"] = ""
    await manager.switch_to(Sayings.confirm)


async def say_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Say it; where lifts are left out first, what is left is shown once more."""
    known = manager.dialog_data
    is_less = await keep_theirs(manager, "lift_ids")
    if await _is_empty(manager) or is_less:
        return
    about = {"lift_ids": known["lift_ids"], "note": known.get("note", "")}
    if known["what"] == ELSEWHERE:
        done = await use(manager, say_inspected, on=date.fromisoformat(known["on"]), **about)
    else:
        done = await use(manager, VERBS[known["what"]], **about)
    if done is not None:
        known["desks"] = list(done.desks)
        known["unheld"] = done.unheld
        known["until"] = done.until.isoformat() if done.until else None
        await manager.switch_to(Sayings.said)


async def _is_empty(manager: DialogManager) -> bool:
    """Whether no lift is chosen: that is said, and they are chosen again."""
    if manager.dialog_data.get("lift_ids"):
        return False
    if not visit_of(manager).answered:
        await answer(manager, "choosing.none")
    await manager.switch_to(Sayings.lifts)
    return True


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("sayings.menu", Sayings.what, "say_inspected", row=30),))
