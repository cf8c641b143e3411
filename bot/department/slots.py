"""The half days of an inspection department: looked at, closed, opened, given another number."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.desk.day import visits_of_desk
from actions.registry import may_use
from actions.visits.closed_day import close_for_weather
from actions.visits.slots import HalfState, change_places, change_usual_places, slots_of
from bot.desk_states import DeskSlots
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import answer, look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, leave, pages_of
from bot.words import say_weekday

DAYS = 14


def make_dialog() -> Dialog:
    """Two weeks → one half day → closed, opened, another number."""
    return Dialog(_listed(), _one(), _usual(), _weather(), _weathered())


def _listed() -> Window:
    return Window(
        Say("desk.slots"),
        pages_of(choice("slot", "slots", open_slot), "slot_pages"),
        Row(
            Button(Label("desk.earlier"), id="earlier", on_click=show_earlier, when="has_earlier"),
            Button(Label("desk.later"), id="later", on_click=show_later),
        ),
        SwitchTo(Label("desk.usual"), id="to_usual", state=DeskSlots.usual),
        Row(leave(), home()),
        state=DeskSlots.listed,
        getter=get_slots,
    )


def _one() -> Window:
    return Window(
        Say("desk.slot"),
        MessageInput(take_number),
        Row(
            Commit(Label("desk.close"), "close", close, when="is_open"),
            Commit(Label("desk.reopen"), "reopen", reopen, when="is_stated"),
        ),
        SwitchTo(Label("desk.weather"), id="to_weather", state=DeskSlots.weather, when="may_close_day"),
        Row(SwitchTo(Label("everyone.back"), id="to_slots", state=DeskSlots.listed), home()),
        state=DeskSlots.one,
        getter=get_slot,
    )


def _weather() -> Window:
    return Window(
        Say("desk.weather"),
        Commit(Label("desk.yes_weather"), "yes_weather", close_the_day, getter=get_day),
        Row(SwitchTo(Label("everyone.back"), id="from_weather", state=DeskSlots.one), home()),
        state=DeskSlots.weather,
        getter=get_day,
    )


def _weathered() -> Window:
    return Window(
        Say("desk.weathered"),
        Row(SwitchTo(Label("everyone.back"), id="to_slots_again", state=DeskSlots.listed), home()),
        state=DeskSlots.weathered,
        getter=get_closed,
    )


def _usual() -> Window:
    return Window(
        Say("desk.usual"),
        MessageInput(take_usual),
        Row(SwitchTo(Label("everyone.back"), id="from_usual", state=DeskSlots.listed), home()),
        state=DeskSlots.usual,
    )


async def get_slots(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Two weeks of half days, those that are worked or booked."""
    first = _first(dialog_manager, visit)
    found = await look(dialog_manager, slots_of, first=first, last=first + timedelta(days=DAYS - 1))
    kept = [one for one in found if one.places or one.taken or one.stated]
    rows = [{"id": f"{one.day.isoformat()}.{one.half}", "text": _line(one, visit)} for one in kept]
    return {
        "slots": rows,
        "first": first,
        "last": first + timedelta(days=DAYS - 1),
        "taken": sum(one.taken for one in kept),
        "has_earlier": first > visit.today,
        "today": visit.today,
    }


async def get_slot(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One half day."""
    day, half = _chosen(dialog_manager)
    found = await look(dialog_manager, slots_of, first=day, last=day)
    one = next(state for state in found if state.half == half)
    weekday = say_weekday(day, visit.language)
    may_close_day = visit.actor is not None and may_use(visit.actor, "close_for_weather") and day >= visit.today
    return {
        "slot": one,
        "weekday": weekday,
        "is_open": one.places > 0,
        "is_stated": one.stated,
        "may_close_day": may_close_day,
        "today": visit.today,
    }


async def get_day(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """A day that is to be closed, with what is booked on it."""
    day, _half = _chosen(dialog_manager)
    visits = [one for one in await look(dialog_manager, visits_of_desk, first=day, last=day) if not one.is_off]
    weekday = say_weekday(day, visit.language)
    shown = [one.visit_id for one in visits]
    return {"day": day, "weekday": weekday, "visits": visits, "shown": shown, "today": visit.today}


async def get_closed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What came of its visits."""
    known = dialog_manager.dialog_data["closed"]
    moved = [{**one, "day": date.fromisoformat(one["day"])} for one in known["moved"]]
    planned = [{**one, "day": one["day"] and date.fromisoformat(one["day"])} for one in known["planned"]]
    day = _chosen(dialog_manager)[0]
    return {"moved": moved, "stuck": known["stuck"], "planned": planned[:20], "day": day, "today": visit.today}


async def close_the_day(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nobody inspects on it, and its visits go to others."""
    done = await use(manager, close_for_weather, day=_chosen(manager)[0])
    if done is None:
        return
    moved = [{**asdict(one), "day": one.day.isoformat()} for one in done.moved]
    planned = [
        {"unit": one.unit, "lifts": one.lifts, "day": one.day.isoformat() if one.day else ""} for one in done.rounds
    ]
    stuck = [asdict(one) for one in done.stuck]
    manager.dialog_data["closed"] = {"moved": moved, "stuck": stuck, "planned": planned}
    await manager.switch_to(DeskSlots.weathered)


async def show_later(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The two weeks after."""
    here: Visit = manager.middleware_data["visit"]
    manager.dialog_data["first"] = (_first(manager, here) + timedelta(days=DAYS)).isoformat()


async def show_earlier(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The two weeks before."""
    here: Visit = manager.middleware_data["visit"]
    manager.dialog_data["first"] = max(here.today, _first(manager, here) - timedelta(days=DAYS)).isoformat()


async def open_slot(callback: CallbackQuery, widget: Any, manager: DialogManager, name: str) -> None:
    """One half day."""
    manager.dialog_data["slot"] = name
    await manager.switch_to(DeskSlots.one)


async def close(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Nothing more can be booked."""
    await _change(manager, 0)


async def reopen(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """As on other days."""
    await _change(manager, None)


async def take_number(message: Message, widget: Any, manager: DialogManager) -> None:
    """So many lifts fit."""
    number = await _number(message, manager)
    if number is not None:
        await _change(manager, number)


async def take_usual(message: Message, widget: Any, manager: DialogManager) -> None:
    """So many lifts fit as a rule."""
    number = await _number(message, manager)
    if number is not None and await use(manager, change_usual_places, places=number) is not None:
        await manager.switch_to(DeskSlots.listed)


async def _change(manager: DialogManager, places: int | None) -> None:
    day, half = _chosen(manager)
    await use(manager, change_places, first=day, last=day, half=half, places=places)


async def _number(message: Message, manager: DialogManager) -> int | None:
    text = (message.text or "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return int(text)
    await answer(manager, "slots.no_number")
    return None


def _first(manager: DialogManager, visit: Visit) -> date:
    known = manager.dialog_data.get("first")
    return date.fromisoformat(known) if known else visit.today


def _chosen(manager: DialogManager) -> tuple[date, str]:
    day, _, half = manager.dialog_data["slot"].partition(".")
    return date.fromisoformat(day), half


def _line(one: HalfState, visit: Visit) -> str:
    weekday = say_weekday(one.day, visit.language)
    return label("desk.slot_line", visit.language, slot=one, weekday=weekday, today=visit.today)


SUBJECT = Subject(
    dialogs=(make_dialog,),
    entries=(Entry("desk.slots_menu", DeskSlots.listed, "slots_of", row=14),),
)
