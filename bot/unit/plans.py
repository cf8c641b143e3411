"""The year's plan of the department: its rounds to the own unit; agreed to, which books them, or declined."""

from datetime import date
from typing import Any

from aiogram import Router
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from actions.plans.answers import agree_to_all, agree_to_round, decline_round, plan_round_of_unit, plan_rounds_of_unit
from actions.plans.listing import RoundShown, percent_of
from bot.notices import UnderNotice
from bot.states import Bookings, Menu, Plans
from bot.subject import Subject
from bot.texts import label
from bot.unit.booking_days import LISTED, send_files
from bot.using import look, sentence_of, use
from bot.visit import Visit
from bot.widgets import Commit, Label, Say, choice, home, pages_of, visit_of, way_out
from bot.words import say_weekday


def make_dialog() -> Dialog:
    """List → one → agreed and booked, or declined, or on another day; or all of them agreed to in one tap."""
    return Dialog(_listed(), _one(), _booked(), _all(), _agreed())


def make_router() -> Router:
    """The buttons under a notice of the plan."""
    router = Router(name="plans")
    router.callback_query.register(open_all, UnderNotice("plan_all"))
    router.callback_query.register(open_list, UnderNotice("plan"))
    return router


def _listed() -> Window:
    return Window(
        Say("plans.listed"),
        pages_of(choice("round", "rounds", open_round), "round_pages"),
        SwitchTo(Label("plans.to_all"), id="to_all", state=Plans.all, when="several"),
        way_out(),
        state=Plans.listed,
        getter=get_rounds,
    )


def _one() -> Window:
    return Window(
        Say("plans.one"),
        Commit(Label("plans.agree"), "agree_round", agree, when="open", getter=get_round),
        Commit(Label("plans.decline"), "decline_round", decline, when="proposed", getter=get_round),
        Button(Label("plans.other_day"), id="other_day", on_click=choose_day, when="movable"),
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


def _all() -> Window:
    return Window(
        Say("plans.all"),
        Commit(Label("plans.agree_all"), "agree_all", agree_all, when="count", getter=get_all),
        Row(SwitchTo(Label("everyone.back"), id="all_to_rounds", state=Plans.listed), home("home_of_all")),
        state=Plans.all,
        getter=get_all,
    )


def _agreed() -> Window:
    return Window(
        Say("plans.agreed"),
        Row(SwitchTo(Label("everyone.back"), id="agreed_to_rounds", state=Plans.listed), home("home_of_agreed")),
        state=Plans.agreed,
        getter=get_agreed,
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
    return {"rounds": rows, "count": len(rows), "several": sum(_is_open(one) for one in found) > 1}


async def get_all(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """Every round that waits for this person's answer, with what the lifts on them would lose."""
    found = [one for one in await look(dialog_manager, plan_rounds_of_unit) if _is_open(one)]
    dialog_manager.dialog_data["days"] = {str(one.round_id): one.day.isoformat() for one in found}
    return {
        "rounds": [(one, say_weekday(one.day, visit.language)) for one in found[:LISTED]],
        "more": max(len(found) - LISTED, 0),
        "count": sum(len(one.lifts) for one in found),
        "early": sum(one.earlier_lifts for one in found),
        "most_lost": max((one.most_lost for one in found), default=0),
        "exempt": all(one.exempt for one in found),
        "fee_percent": percent_of([one for one in found if one.earlier_lifts]),
        "shown": [_shown(one) for one in found],
        "today": visit.today,
    }


async def get_agreed(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What came of agreeing to all."""
    known = dialog_manager.dialog_data["agreed"]
    refused = [(date.fromisoformat(day), why) for day, why in known["refused"]]
    return {"lifts": known["lifts"], "visits": known["visits"], "refused": refused, "today": visit.today}


async def get_round(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """One of them, with what its lifts would lose."""
    one = await look(dialog_manager, plan_round_of_unit, round_id=dialog_manager.dialog_data["round_id"])
    dialog_manager.dialog_data["read_day"] = one.day.isoformat()
    return {
        "one": one,
        "count": len(one.lifts),
        "weekday": say_weekday(one.day, visit.language),
        "open": one.whole and one.state in ("proposed", "declined"),
        "proposed": _is_open(one),
        "movable": _is_open(one) and one.adjusted is None,
        "listed": LISTED,
        "shown": _shown(one),
        "today": visit.today,
    }


async def open_round(callback: CallbackQuery, widget: Any, manager: DialogManager, round_id: str) -> None:
    """One round."""
    manager.dialog_data["round_id"] = int(round_id)
    await manager.switch_to(Plans.one)


async def agree(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Agree to it and have it booked, with the entry for one's calendar."""
    known = manager.dialog_data
    done = await use(manager, agree_to_round, round_id=known["round_id"], day=date.fromisoformat(known["read_day"]))
    if done is not None:
        await send_files(manager, done.visits)
        await manager.switch_to(Plans.booked, show_mode=ShowMode.DELETE_AND_SEND)


async def decline(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Leave everything as it is."""
    await use(manager, decline_round, round_id=manager.dialog_data["round_id"])


async def agree_all(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Agree to all of them; what cannot be booked by now is named with its reason."""
    days = {int(one): date.fromisoformat(day) for one, day in manager.dialog_data["days"].items()}
    done = await use(manager, agree_to_all, days=days)
    if done is not None:
        language = visit_of(manager).language
        refused = [(one.day.isoformat(), sentence_of(error, language)) for one, error in done.refused]
        manager.dialog_data["agreed"] = {"lifts": done.lifts, "visits": len(done.agreed), "refused": refused}
        await manager.switch_to(Plans.agreed)


async def choose_day(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Another day for the lifts of a round: booked as any others are."""
    one = await look(manager, plan_round_of_unit, round_id=manager.dialog_data["round_id"])
    await manager.start(Bookings.day, {"lift_ids": [lift.lift_id for lift in one.lifts], "from_list": False})


async def open_all(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """From the notice to the sum of what it says, where one tap agrees to it."""
    await _open(dialog_manager, Plans.all)


async def open_list(callback: CallbackQuery, dialog_manager: DialogManager, notice_id: int) -> None:
    """From the notice to the rounds."""
    await _open(dialog_manager, Plans.listed)


async def _open(manager: DialogManager, state: State) -> None:
    await manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await manager.start(state, show_mode=ShowMode.SEND)
    await manager.answer_callback()


def _shown(one: RoundShown) -> list[Any]:
    """What an answer answers: a round may be moved, or answered by a colleague, while its window is open."""
    return [one.round_id, one.day, one.half, one.adjusted, one.state, [lift.lift_id for lift in one.lifts]]


def _is_open(one: RoundShown) -> bool:
    return one.whole and one.state == "proposed"


SUBJECT = Subject(dialogs=(make_dialog,), routers=(make_router,))
