"""The plans of the department: made, how each stands, its days, what is on none, published; an inspector is away."""

from datetime import date, timedelta
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row, SwitchTo

from actions.plans.away import inspector_away
from actions.plans.desk import (
    YEARS_AHEAD,
    left_out_of_desk,
    make_plan_of_desk,
    plan_of_desk,
    plans_of_desk,
    publish_plan_of_desk,
)
from actions.plans.listing import BOOKED, CHANGED
from actions.registry import may_use
from bot.desk_states import DeskPlan
from bot.subject import Entry, Subject
from bot.texts import label
from bot.using import look, use
from bot.visit import Visit
from bot.widgets import Commit, CommitChoice, Label, Say, choice, column_of, home, pages_of, way_out
from bot.words import say_weekday
from store.plans import RoundState

LENGTHS = (1, 3, 5, 10, 20, 30)  # days that an inspector is away
TOGETHER = (0, 6)  # months between the validities of lifts that are offered one visit
LISTED = 12
STATES = (*RoundState, BOOKED, CHANGED)


def make_dialog() -> Dialog:
    """How it stands → its days, what is on none and why, publish it, make one, an inspector is away."""
    return Dialog(_shown(), _listed(), _left(), _publish(), _make(), _away(), _moved())


def _shown() -> Window:
    return Window(
        Say("desk.plan"),
        Row(
            SwitchTo(Label("desk.plan_days"), id="to_days", state=DeskPlan.listed, when="has_days"),
            SwitchTo(Label("desk.plan_left"), id="to_left", state=DeskPlan.left, when="has_left"),
        ),
        SwitchTo(Label("desk.plan_publish"), id="to_publish", state=DeskPlan.publish, when="may_publish"),
        SwitchTo(Label("desk.plan_make"), id="to_make", state=DeskPlan.make, when="may_make"),
        SwitchTo(Label("desk.plan_away"), id="to_away", state=DeskPlan.away, when="may_say_away"),
        column_of(choice("plan", "others", show_another)),
        way_out(),
        state=DeskPlan.shown,
        getter=get_plan,
    )


def _listed() -> Window:
    return Window(
        Say("desk.plan_days"), pages_of(choice("day", "days", stay), "day_pages"), _back("from_days"),
        state=DeskPlan.listed, getter=get_plan,
    )  # fmt: skip


def _left() -> Window:
    return Window(
        Say("desk.plan_left"), pages_of(choice("left", "lifts", stay), "left_pages"), _back("from_left"),
        state=DeskPlan.left, getter=get_left,
    )  # fmt: skip


def _publish() -> Window:
    return Window(
        Say("desk.plan_publish"),
        Commit(Label("desk.plan_publish"), "publish", publish, when="may_publish"),
        _back("from_publish"),
        state=DeskPlan.publish,
        getter=get_plan,
    )


def _make() -> Window:
    return Window(
        Say("desk.plan_make"), column_of(CommitChoice("year", "years", make_plan)), _back("from_make"),
        state=DeskPlan.make, getter=get_years,
    )  # fmt: skip


def _away() -> Window:
    return Window(
        Say("desk.plan_away"), CommitChoice("length", "lengths", go_away), _back("from_away"),
        state=DeskPlan.away, getter=get_plan,
    )  # fmt: skip


def _moved() -> Window:
    return Window(Say("desk.plan_moved"), _back("from_moved"), state=DeskPlan.moved, getter=get_moved)


def _back(name: str) -> Row:
    return Row(SwitchTo(Label("everyone.back"), id=name, state=DeskPlan.shown), home(f"home_{name}"))


async def get_plan(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """How it stands, and its days."""
    plan = await look(dialog_manager, plan_of_desk, plan_id=dialog_manager.dialog_data.get("plan"))
    every = await look(dialog_manager, plans_of_desk)
    rounds = [one for one in plan.rounds if one.day >= visit.today] if plan is not None else []
    left = sum(plan.left_out.values()) if plan is not None else 0
    is_officer = visit.actor is not None and may_use(visit.actor, "inspector_away")
    days = [
        {
            "id": str(one.round_id),
            "text": label(
                "desk.plan_line",
                visit.language,
                one=one,
                count=len(one.lifts),
                weekday=say_weekday(one.day, visit.language),
                today=visit.today,
            ),
        }
        for one in rounds
    ]
    others = [
        {"id": str(one.plan_id), "text": label("desk.plan_other", visit.language, one=one)}
        for one in every
        if plan is not None and one.plan_id != plan.plan_id
    ]
    return {
        "plan": plan,
        "others": others,
        "replaces": plan is not None and any(one.published and one.year == plan.year for one in every),
        "may_make": is_officer,
        "days": days,
        "count": sum(plan.lifts.values()) if plan is not None else 0,
        "visits": len(plan.rounds) if plan is not None else 0,
        "said": {str(state): plan.lifts.get(state, 0) if plan is not None else 0 for state in STATES},
        "left": left,
        "has_days": bool(days),
        "has_left": left > 0,
        "may_publish": is_officer and plan is not None and not plan.published,
        "may_say_away": is_officer and plan is not None and plan.published,
        "lengths": [{"id": str(one), "text": label("desk.plan_length", visit.language, n=one)} for one in LENGTHS],
        "today": visit.today,
    }


async def get_left(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is on no day, and why."""
    found = await look(dialog_manager, left_out_of_desk, plan_id=dialog_manager.dialog_data.get("plan"))
    rows = [
        {"id": str(number), "text": label("desk.plan_left_line", visit.language, one=one, today=visit.today)}
        for number, one in enumerate(found)
    ]
    return {"lifts": rows, "count": len(rows)}


async def get_years(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The years that can be planned, each with and without one visit for lifts of different months."""
    wishes = [(visit.today.year + ahead, months) for ahead in range(YEARS_AHEAD + 1) for months in TOGETHER]
    return {
        "years": [
            {"id": f"{year}-{months}", "text": label("desk.plan_year", visit.language, year=year, months=months)}
            for year, months in wishes
        ]
    }


async def get_moved(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What came of an inspector's being away."""
    known = dialog_manager.dialog_data["away"]
    read = date.fromisoformat
    moved = [
        {**one, "was": read(one["was"]), "day": read(one["day"]) if one["day"] else None} for one in known["moved"]
    ]
    return {
        "first": read(known["first"]),
        "is_later": read(known["first"]) - visit.today > timedelta(days=1),
        "last": read(known["last"]),
        "fewer": known["fewer"],
        "moved": [one for one in moved if one["day"] is not None],
        "stuck": [one for one in moved if one["day"] is None],
        "over": [{**one, "day": read(one["day"])} for one in known["over"]],
        "listed": LISTED,
        "today": visit.today,
    }


async def stay(callback: CallbackQuery, widget: Any, manager: DialogManager, _: str) -> None:
    """A line says all there is."""


async def show_another(callback: CallbackQuery, widget: Any, manager: DialogManager, plan_id: str) -> None:
    """The plan of another year, or the one that is to take the place of this."""
    manager.dialog_data["plan"] = int(plan_id)


async def make_plan(callback: CallbackQuery, widget: Any, manager: DialogManager, wish: str) -> None:
    """It is shown; nobody is told before it is published."""
    year, _, months = wish.partition("-")
    made = await use(manager, make_plan_of_desk, year=int(year), together=int(months))
    if made is not None:
        manager.dialog_data["plan"] = made
        await manager.switch_to(DeskPlan.shown)


async def publish(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Units are told, and may answer."""
    if await use(manager, publish_plan_of_desk, plan_id=manager.dialog_data.get("plan")) is not None:
        await manager.switch_to(DeskPlan.shown)


async def go_away(callback: CallbackQuery, widget: Any, manager: DialogManager, days: str) -> None:
    """For so many days from tomorrow on."""
    done = await use(manager, inspector_away, days=int(days))
    if done is None:
        return
    moved = [
        {
            "unit": one.unit,
            "lifts": one.lifts,
            "was": one.was.isoformat(),
            "day": one.day.isoformat() if one.day else "",
        }
        for one in done.moved
    ]
    over = [{"day": one.day.isoformat(), "half": one.half, "over": one.taken - one.places} for one in done.over]
    manager.dialog_data["away"] = {
        "first": done.first.isoformat(),
        "last": done.last.isoformat(),
        "fewer": done.fewer,
        "moved": moved,
        "over": over,
    }
    await manager.switch_to(DeskPlan.moved)


SUBJECT = Subject(dialogs=(make_dialog,), entries=(Entry("desk.plan_menu", DeskPlan.shown, "plan_of_desk", row=14),))
