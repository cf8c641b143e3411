"""My bookings: the visits to come, one of them, moved or called off."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.actors import MAINTAINER, UNIT
from actions.visits.bookings import bookings_of, cancel_visit, days_to_move, visit_of
from bot.paper_buttons import give_visit_application
from bot.states import Bookings, Visits
from bot.subject import Subject
from bot.texts import label
from bot.unit.attendance import ask_of_visit
from bot.unit.booking_days import LISTED, send_files, show_with_files
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out
from bot.words import say_weekday


def make_dialog() -> Dialog:
    """List → one → moved, or called off."""
    return Dialog(_listed(), _one(), _call_off(), _off(), on_start=remember_visit)


def _listed() -> Window:
    return Window(
        Say("visits.listed"),
        pages_of(choice("visit", "visits", open_visit), "visit_pages"),
        way_out(),
        state=Visits.listed,
        getter=get_visits,
    )


def _one() -> Window:
    return Window(
        Say("visits.one"),
        Row(
            Button(Label("visits.move"), id="move", on_click=move, when="present"),
            SwitchTo(Label("visits.call_off"), id="to_call_off", state=Visits.call_off, when="present"),
        ),
        Button(Label("visits.attend"), id="attend", on_click=ask_of_visit, when="to_come"),
        Button(Label("papers.application"), id="application", on_click=give_visit_application, when="may_apply"),
        Button(Label("visits.file"), id="file", on_click=send_again, when="stands"),
        Row(SwitchTo(Label("everyone.back"), id="to_list", state=Visits.listed), home()),
        state=Visits.one,
        getter=get_visit,
    )


def _call_off() -> Window:
    return Window(
        Say("visits.call_off"),
        Commit(Label("visits.yes_call_off"), "call_off", call_off, getter=get_visit),
        Row(SwitchTo(Label("visits.keep"), id="keep", state=Visits.one), home()),
        state=Visits.call_off,
        getter=get_visit,
    )


def _off() -> Window:
    return Window(
        Say("visits.off"),
        Row(SwitchTo(Label("everyone.back"), id="off_to_list", state=Visits.listed), home()),
        state=Visits.off,
        getter=get_visit,
    )


async def remember_visit(start_data: Any, manager: DialogManager) -> None:
    """`{"visit_id": …}` is opened at once."""
    if isinstance(start_data, dict):
        manager.dialog_data.update(start_data)


async def get_visits(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The visits to come."""
    visits = await look(dialog_manager, bookings_of)
    of_several = len({one.unit_id for one in visits}) > 1
    rows = [
        {
            "id": str(one.visit_id),
            "text": label(
                "visits.line",
                visit.language,
                visit=one,
                weekday=say_weekday(one.day, visit.language),
                of_several=of_several,
                today=visit.today,
            ),
        }
        for one in visits
    ]
    is_maintainer = visit.actor is not None and visit.actor.role in MAINTAINER
    return {"visits": rows, "count": len(rows), "is_maintainer": is_maintainer}


async def get_visit(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them."""
    one = await look(dialog_manager, visit_of, visit_id=dialog_manager.dialog_data["visit_id"])
    return {
        "shown": [one.day, one.half],
        "visit": one,
        "weekday": say_weekday(one.day, visit.language),
        "stands": not one.is_off,
        "may_apply": not one.is_off and visit.actor is not None and visit.actor.role in UNIT,
        "present": one.changeable,
        "to_come": not one.is_off and one.day >= visit.today,
        "may_read_only": not one.is_off and not one.changeable,
        "listed": LISTED,
        "today": visit.today,
    }


async def open_visit(callback: CallbackQuery, widget: Any, manager: DialogManager, visit_id: str) -> None:
    """One visit."""
    manager.dialog_data["visit_id"] = int(visit_id)
    await manager.switch_to(Visits.one)


async def move(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """To the days to which it can be moved."""
    visit_id = manager.dialog_data["visit_id"]
    if await use(manager, days_to_move, visit_id=visit_id) is not None:
        await manager.start(Bookings.day, data={"visit_id": visit_id})


async def send_again(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The entry for one's calendar once more."""
    await send_files(manager, [await look(manager, visit_of, visit_id=manager.dialog_data["visit_id"])])
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def call_off(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Call it off."""
    done = await use(manager, cancel_visit, visit_id=manager.dialog_data["visit_id"])
    if done is None:
        await manager.switch_to(Visits.one)
        return
    await manager.switch_to(Visits.off)
    await show_with_files(manager, done.visits)


SUBJECT = Subject(dialogs=(make_dialog,))
