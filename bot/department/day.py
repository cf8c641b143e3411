"""The inspection department's visits: today and the week, by address, with whom to call; moved or called off."""

from datetime import timedelta
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.desk.day import visits_of_desk
from actions.visits.bookings import cancel_visit, days_to_move, visit_of
from bot.desk_states import DeskVisits
from bot.states import Bookings
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out
from bot.words import say_weekday

DAYS = 7
SHOWN = 12  # visits that are written out; all of them are buttons


def make_dialog() -> Dialog:
    """A day → one visit → moved, or called off."""
    return Dialog(_listed(), _one(), _call_off())


def _listed() -> Window:
    return Window(
        Say("desk.visits"),
        pages_of(choice("visit", "visits", open_visit), "visit_pages"),
        Row(
            Button(Label("desk.today"), id="today", on_click=show_today, when="is_week"),
            Button(Label("desk.week"), id="week", on_click=show_week, when="is_today"),
        ),
        way_out(),
        state=DeskVisits.listed,
        getter=get_visits,
    )


def _one() -> Window:
    return Window(
        Say("desk.visit"),
        Row(
            Button(Label("visits.move"), id="move", on_click=move, when="may_change"),
            SwitchTo(Label("visits.call_off"), id="to_call_off", state=DeskVisits.call_off, when="may_change"),
        ),
        Row(SwitchTo(Label("everyone.back"), id="to_list", state=DeskVisits.listed), home()),
        state=DeskVisits.one,
        getter=get_visit,
    )


def _call_off() -> Window:
    return Window(
        Say("desk.call_off"),
        Commit(Label("visits.yes_call_off"), "call_off", call_off, getter=get_visit),
        Row(SwitchTo(Label("visits.keep"), id="keep", state=DeskVisits.one), home()),
        state=DeskVisits.call_off,
        getter=get_visit,
    )


async def get_visits(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The visits of today, or of the seven days from today on."""
    is_week = bool(dialog_manager.dialog_data.get("week"))
    last = visit.today + timedelta(days=DAYS - 1) if is_week else visit.today
    visits = await look(dialog_manager, visits_of_desk, first=visit.today, last=last)
    rows = [
        {"id": str(one.visit_id), "text": label("desk.visit_line", visit.language, visit=one, today=visit.today)}
        for one in visits
    ]
    return {
        "visits": rows,
        "shown": visits[:SHOWN],
        "count": len(visits),
        "lifts": sum(len(one.lifts) for one in visits if not one.is_off),
        "is_week": is_week,
        "is_today": not is_week,
        "today": visit.today,
    }


async def get_visit(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    one = await look(dialog_manager, visit_of, visit_id=dialog_manager.dialog_data["visit_id"])
    return {
        "shown": [one.day, one.half],
        "visit": one,
        "weekday": say_weekday(one.day, visit.language),
        "may_change": not one.is_off and one.day >= visit.today,
        "today": visit.today,
    }


async def show_week(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Seven days."""
    manager.dialog_data["week"] = True


async def show_today(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Only today."""
    manager.dialog_data["week"] = False


async def open_visit(callback: CallbackQuery, widget: Any, manager: DialogManager, visit_id: str) -> None:
    """One visit."""
    manager.dialog_data["visit_id"] = int(visit_id)
    await manager.switch_to(DeskVisits.one)


async def move(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """To the days to which it can be moved."""
    visit_id = manager.dialog_data["visit_id"]
    if await use(manager, days_to_move, visit_id=visit_id) is not None:
        await manager.start(Bookings.day, data={"visit_id": visit_id})


async def call_off(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Call it off for the unit."""
    await use(manager, cancel_visit, visit_id=manager.dialog_data["visit_id"])
    await manager.switch_to(DeskVisits.one)


SUBJECT = Subject(
    dialogs=(make_dialog,), entries=(Entry("desk.visits_menu", DeskVisits.listed, "visits_of_desk", row=10),)
)
