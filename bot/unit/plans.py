"""The year's plan of the department: its rounds to the own unit; agreed to, which books them, or declined."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.plans.answers import agree_to_round, decline_round, plan_round_of_unit, plan_rounds_of_unit
from bot.states import Plans
from bot.subject import Subject
from bot.texts import label
from bot.unit.booking_days import LISTED, send_files
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, way_out
from bot.words import say_weekday


def make_dialog() -> Dialog:
    """List → one → agreed and booked, or declined."""
    return Dialog(_listed(), _one(), _booked())


def _listed() -> Window:
    return Window(
        Say("plans.listed"),
        pages_of(choice("round", "rounds", open_round), "round_pages"),
        way_out(),
        state=Plans.listed,
        getter=get_rounds,
    )


def _one() -> Window:
    return Window(
        Say("plans.one"),
        Commit(Label("plans.agree"), "agree_round", agree, when="open"),
        Commit(Label("plans.decline"), "decline_round", decline, when="proposed"),
        Row(SwitchTo(Label("everyone.back"), id="to_rounds", state=Plans.listed), home()),
        state=Plans.one,
        getter=get_round,
    )


def _booked() -> Window:
    return Window(
        Say("plans.booked"),
        Row(SwitchTo(Label("everyone.back"), id="booked_to_rounds", state=Plans.listed), home("home_of_booked")),
        state=Plans.booked,
        getter=get_round,
    )


async def get_rounds(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The rounds to come."""
    found = await look(dialog_manager, plan_rounds_of_unit)
    rows = [
        {
            "id": str(one.round_id),
            "text": label(
                "plans.line",
                visit.language,
                one=one,
                count=len(one.lifts),
                weekday=say_weekday(one.day, visit.language),
                today=visit.today,
            ),
        }
        for one in found
    ]
    return {"rounds": rows, "count": len(rows)}


async def get_round(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them, with what its lifts would lose."""
    one = await look(dialog_manager, plan_round_of_unit, round_id=dialog_manager.dialog_data["round_id"])
    return {
        "one": one,
        "count": len(one.lifts),
        "weekday": say_weekday(one.day, visit.language),
        "open": one.whole and one.state != "agreed",
        "proposed": one.whole and one.state == "proposed",
        "listed": LISTED,
        "today": visit.today,
    }


async def open_round(callback: CallbackQuery, widget: Any, manager: DialogManager, round_id: str) -> None:
    """One round."""
    manager.dialog_data["round_id"] = int(round_id)
    await manager.switch_to(Plans.one)


async def agree(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Agree to it and have it booked, with the entry for one's calendar."""
    done = await use(manager, agree_to_round, round_id=manager.dialog_data["round_id"])
    if done is not None:
        await send_files(manager, done.visits)
        await manager.switch_to(Plans.booked, show_mode=ShowMode.DELETE_AND_SEND)


async def decline(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Leave everything as it is."""
    await use(manager, decline_round, round_id=manager.dialog_data["round_id"])


SUBJECT = Subject(dialogs=(make_dialog,))
