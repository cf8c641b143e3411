"""What a unit says of its lifts: not ours, out of use, in use again, inspected or booked elsewhere."""

from datetime import date
from typing import Any

from aiogram import F
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, Start, SwitchTo

from actions.checks.restarts import asked_first, say_restart, stop_terms
from actions.checks.sayings import Length, keep_stop_photo, say_inspected, say_not_ours, say_out_of_use
from bot.days_written import read_day
from bot.states import Reasons, SaidHere, Sayings
from bot.subject import Entry, Subject
from bot.unit.choosing import Chooser
from bot.unit.still_theirs import keep_theirs
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, home, leave, visit_of
from bot.written import read_written

LONGEST_NOTE = 200
MOST_PHOTOS = 6
NAMED = 10  # duties that come before a restart
NOT_OURS, OUT_OF_USE, RESTART, ELSEWHERE = "not_ours", "out_of_use", "restart", "inspected"
VERBS: dict[str, Any] = {
    NOT_OURS: say_not_ours,
    OUT_OF_USE: say_out_of_use,
    RESTART: say_restart,
    ELSEWHERE: say_inspected,
}


def make_dialog() -> Dialog:
    """What → which lifts → (which day) → (for how long) → confirm → done."""
    return Dialog(_what(), LIFTS.window(), _day(), _length(), _note(), _confirm(), _said(), on_start=remember_lifts)


def _what() -> Window:
    return Window(
        Say("sayings.what"),
        Button(Label("sayings.inspected"), id=ELSEWHERE, on_click=choose_what),
        Button(Label("sayings.not_ours"), id=NOT_OURS, on_click=choose_what),
        Button(Label("sayings.out_of_use"), id=OUT_OF_USE, on_click=choose_what),
        Button(Label("sayings.restart"), id=RESTART, on_click=choose_what),
        Button(Label("sayings.special"), id="special", on_click=say_why_late),
        Start(Label("sayings.said_here"), id="said_here", state=SaidHere.listed),
        Row(leave(), home()),
        state=Sayings.what,
    )


def _day() -> Window:
    return Window(
        Say("sayings.day"),
        MessageInput(take_day),
        Row(SwitchTo(Label("everyone.back"), id="from_day", state=Sayings.lifts), home()),
        state=Sayings.day,
        getter=get_today,
    )


def _length() -> Window:
    lengths = [Button(Label(f"sayings.{length}"), id=length, on_click=choose_length) for length in Length]
    return Window(
        Say("sayings.length"),
        *lengths,
        Row(SwitchTo(Label("everyone.back"), id="from_length", state=Sayings.day), home()),
        state=Sayings.length,
        getter=get_saying,
    )


def _note() -> Window:
    return Window(
        Say("sayings.note"),
        MessageInput(take_note),
        Button(Label("sayings.no_note"), id="no_note", on_click=skip_note, when=~F["photos"]),
        SwitchTo(Label("sayings.with_photos"), id="with_photos", state=Sayings.confirm, when="photos"),
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
        manager.dialog_data["chosen"] = start_data["lift_ids"]


async def get_today(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """For an example of a day."""
    return {"today": visit.today, "what": dialog_manager.dialog_data["what"]}


async def get_saying(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is about to be said."""
    known = dialog_manager.dialog_data
    what, first = known["what"], []
    if what == RESTART:
        about = {"lift_ids": known["chosen"], "on": date.fromisoformat(known["on"])}
        first = await look(dialog_manager, asked_first, **about)
    return {
        "what": what,
        "count": len(known.get("chosen", [])),
        "on": known.get("on"),
        "note": known.get("note", ""),
        "length": known.get("length"),
        "photos": len(known.get("photos", [])),
        "terms": await look(dialog_manager, stop_terms) if what == OUT_OF_USE else None,
        "first": first[:NAMED],
        "more": max(0, len(first) - NAMED),
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
    for name in ("on", "note", "length", "photos"):
        known.pop(name, None)
    await (go_on(manager) if known.get("chosen") else manager.switch_to(Sayings.lifts))


async def say_why_late(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """They cannot be inspected in time: which reason, of the lifts that are chosen already."""
    chosen = manager.dialog_data.get("chosen")
    await manager.start(Reasons.what if chosen else Reasons.lifts, {"lift_ids": chosen} if chosen else None)


async def go_on(manager: DialogManager) -> None:
    """Asks for the day where there is one, else for a note."""
    await keep_theirs(manager, "chosen")
    if await _is_empty(manager):
        return
    await manager.switch_to(Sayings.note if manager.dialog_data["what"] == NOT_OURS else Sayings.day)


async def take_day(message: Message, widget: Any, manager: DialogManager) -> None:
    """The day of it as somebody writes it; before a restart what it asks for is shown with it."""
    here: Visit = manager.middleware_data["visit"]
    day = read_day(message.text or message.caption or "", here.today)
    if day is None:
        await answer(manager, "sayings.no_day", today=here.today)
        return
    known = manager.dialog_data
    known["on"] = day.isoformat()
    if known["what"] == RESTART:
        if await use(manager, asked_first, lift_ids=known["chosen"], on=day) is not None:
            await manager.switch_to(Sayings.confirm)
        return
    await manager.switch_to(Sayings.length if known["what"] == OUT_OF_USE else Sayings.note)


async def choose_length(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """For how long it is to be out of use."""
    manager.dialog_data["length"] = widget.widget_id
    await manager.switch_to(Sayings.note)


async def take_note(message: Message, widget: Any, manager: DialogManager) -> None:
    """What somebody says besides; photos of seal and notice may come one after the other, their caption is the note."""
    known = manager.dialog_data
    found = await read_written(message, manager, most=LONGEST_NOTE, keeps_photos=known["what"] == OUT_OF_USE)
    if found is None:
        return
    if found.words:
        known["note"] = found.words
    if found.photo is None:
        await manager.switch_to(Sayings.confirm)
        return
    number = await use(manager, keep_stop_photo, content=found.photo)
    if number is not None and number not in known.get("photos", []):
        known["photos"] = [*known.get("photos", []), number][-MOST_PHOTOS:]


async def skip_note(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nothing besides."""
    manager.dialog_data["note"] = ""
    await manager.switch_to(Sayings.confirm)


async def say_it(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Say it; where lifts are left out first, what is left is shown once more."""
    known = manager.dialog_data
    is_less = await keep_theirs(manager, "chosen")
    if await _is_empty(manager) or is_less:
        return
    about = {"lift_ids": known["chosen"], "note": known.get("note", "")}
    done = await use(manager, VERBS[known["what"]], **about, **_more(known))
    if done is not None:
        known["desks"] = list(done.desks)
        known["unheld"] = done.unheld
        known["until"] = done.until.isoformat() if done.until else None
        await manager.switch_to(Sayings.said)


def _more(known: dict[str, Any]) -> dict[str, Any]:
    """What is said besides of this."""
    if known["what"] == NOT_OURS:
        return {}
    on = date.fromisoformat(known["on"])
    if known["what"] == OUT_OF_USE:
        return {"since": on, "length": known["length"], "photos": known.get("photos", [])}
    return {"on": on}


async def _is_empty(manager: DialogManager) -> bool:
    """Whether no lift is chosen: that is said, and they are chosen again."""
    if manager.dialog_data.get("chosen"):
        return False
    if not visit_of(manager).answered:
        await answer(manager, "choosing.none")
    await manager.switch_to(Sayings.lifts)
    return True


LIFTS = Chooser("sayings.lifts", Sayings.lifts, go_on, back=Sayings.what)

SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("sayings.menu", Sayings.what, "say_inspected", row=30),))
