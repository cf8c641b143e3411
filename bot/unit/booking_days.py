"""On which day and in which half: the next free days, a month as a grid, and the booking itself."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode

from actions.permissions import NotAllowedError
from actions.refusals import Refused
from actions.visits.bookings import book_visit, days_to_move, move_booking, open_days, visit_of
from actions.visits.days import WHOLE_DAY, OpenDay, OpenDays
from actions.visits.inspections import RefusedError
from actions.visits.listing import VisitShown
from bot.states import Bookings
from bot.texts import label
from bot.unit.attendance import asks_who_comes
from bot.unit.booking_choice import leave_out, left_out_of
from bot.unit.visit_file import visit_document
from bot.using import answer, attempt, look, say_why_not, sentence_of, use
from bot.visit import Visit
from bot.words import say_weekday
from store.slots import Half

SOON = 3  # days that are offered at once
CLOSED = "x"  # begins the id of a day that cannot be chosen
LISTED = 12  # lines of lifts
NAMED, ADDRESSES = 6, 3  # lines of them where it is asked whether to book them
WEEK = 7
BLANK = "\u2800"  # on a button: Telegram takes no empty text


async def get_days(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The next free days, and a month of them."""
    known = dialog_manager.dialog_data
    may_pick = "visit_id" not in known and known.get("from_list", True)
    closed = {"soon": [], "grid": [], "has_before": False, "has_after": False}
    empty: dict[str, Any] = {**closed, "may_pick": may_pick, "only_here": not may_pick}
    try:
        found = await _days_still_open(dialog_manager)
    except RefusedError as refused:  # the last free day may have gone meanwhile
        return {**empty, **left_out_of(dialog_manager), "refused": sentence_of(refused, visit.language)}
    days = {one.day: one for one in found.days}
    month = date.fromisoformat(known.get("month") or min(days).isoformat()).replace(day=1)
    return {
        "soon": [_row(one, visit) for one in list(days.values())[:SOON]],
        "grid": _grid(month, days, visit.today) if len(days) > SOON else [],
        "has_before": min(days) < month,
        "has_after": max(days) >= _following(month),
        "month": month,
        "may_pick": may_pick,
        "only_here": not may_pick,
        "count": len(known.get("lift_ids", [])),
        "late": found.days[0].late,
        "last": found.last,
        "moving": "visit_id" in known,
        "may_apply": "visit_id" not in known,
        **left_out_of(dialog_manager),
        "refused": "",
        "today": visit.today,
    }


async def get_halves(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """The halves of the chosen day that are free."""
    day = date.fromisoformat(dialog_manager.dialog_data["day"])
    halves = dialog_manager.dialog_data["halves"]
    starts = dialog_manager.dialog_data["starts"]
    rows = [{"id": half, "text": label(f"bookings.half_{half}", visit.language, starts=starts)} for half in halves]
    return {"halves": rows, "day": day, "weekday": say_weekday(day, visit.language), "today": visit.today}


async def get_confirmation(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What is about to be booked; of a visit that is moved also when it is now."""
    known = dialog_manager.dialog_data
    day = date.fromisoformat(known["day"])
    before = await look(dialog_manager, visit_of, visit_id=known["visit_id"]) if "visit_id" in known else None
    places = [place for _, place, _ in known["lifts"]]
    addresses = list(dict.fromkeys(address for *_, address in known["lifts"] if address))
    return {
        "shown": [before.day, before.half] if before is not None else [],
        "before": before,
        "places": places,
        "listed": NAMED,
        "addresses": addresses[:ADDRESSES],
        "more_addresses": len(addresses) > ADDRESSES,
        **left_out_of(dialog_manager),
        "day": day,
        "weekday": say_weekday(day, visit.language),
        "half": known["half"],
        "fee": known["fee"],
        "spread": known["spread"] and known["half"] == WHOLE_DAY,
        "starts": known["starts"] if known["half"] != Half.PM else "",
        "count": len(places),
        "late": known["late"],
        "last": date.fromisoformat(known["last"]),
        "desks": known.get("desks", []),
        "moving": "visit_id" in known,
        "today": visit.today,
    }


async def get_done(dialog_manager: DialogManager, visit: Visit, **_: Any) -> dict[str, Any]:
    """What was booked."""
    known = dialog_manager.dialog_data
    visits = [await look(dialog_manager, visit_of, visit_id=number) for number in known["visit_ids"]]
    return {
        "visits": visits,
        "weekday": say_weekday(visits[0].day, visit.language),
        "late": known["late"],
        "last": date.fromisoformat(known["last"]),
        "moved": "visit_id" in known,
        "rest": len(known.get("rest", [])),
        "asks": asks_who_comes(visit, visits),
        "listed": LISTED,
        "today": visit.today,
    }


async def choose_day(callback: CallbackQuery, widget: Any, manager: DialogManager, chosen: str) -> None:
    """A day; where only one half of it is free, that half."""
    if chosen.startswith(CLOSED):
        await answer(manager, "bookings.day_not_offered")
        return
    found = await use(manager, _verb(manager), **_about(manager))
    if found is None:
        return
    one = next((one for one in found.days if one.day.isoformat() == chosen), None)
    if one is None:
        await answer(manager, "bookings.day_not_offered")
        return
    _remember(manager, found, one)
    if len(one.halves) == 1:
        await choose_half(callback, widget, manager, one.halves[0])
    else:
        await manager.switch_to(Bookings.half)


async def choose_half(callback: CallbackQuery, widget: Any, manager: DialogManager, half: str) -> None:
    """Which half of the day."""
    manager.dialog_data["half"] = half
    await manager.switch_to(Bookings.confirm)


async def next_month(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The month after the one that is shown."""
    manager.dialog_data["month"] = _following(await _shown_month(manager)).isoformat()


async def previous_month(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The month before."""
    manager.dialog_data["month"] = (await _shown_month(manager) - timedelta(days=1)).replace(day=1).isoformat()


async def book(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """Book or move it; what is full by now leads back to the days.

    Lifts that are not theirs any more are named, and the rest is asked for again.
    """
    known = manager.dialog_data
    day, half = date.fromisoformat(known["day"]), known["half"]
    if "visit_id" in known:
        done = await use(manager, move_booking, visit_id=known["visit_id"], day=day, half=half)
    else:
        try:  # first of all: where this tap has booked them already, nothing is lost
            done = await attempt(manager, book_visit, lift_ids=known["lift_ids"], day=day, half=half)
        except (RefusedError, NotAllowedError) as refused:
            is_less = await leave_out(manager)
            if not is_less or not known["lift_ids"]:
                await say_why_not(manager, refused)  # of all of them, the reason itself
            if is_less:
                await _ask_again(manager)
                return
            done = None
    if done is None:
        await manager.switch_to(Bookings.day)
        return
    known["visit_ids"] = [visit.visit_id for visit in done.visits]
    known.pop("left_out", None)
    await manager.switch_to(Bookings.done)
    await show_with_files(manager, done.visits)


async def show_with_files(manager: DialogManager, visits: Sequence[VisitShown]) -> None:
    """The window, and below it the visits as files for one's calendar."""
    await manager.show(ShowMode.DELETE_AND_SEND)
    await send_files(manager, visits)
    manager.show_mode = ShowMode.NO_UPDATE


async def send_files(manager: DialogManager, visits: Sequence[VisitShown]) -> None:
    """Send the visits as files for one's calendar."""
    here: Visit = manager.middleware_data["visit"]
    message = manager.event.message if isinstance(manager.event, CallbackQuery) else manager.event
    if not isinstance(message, Message) or message.bot is None:
        return
    for visit in visits:
        caption = label("bookings.file_off" if visit.is_off else "bookings.file", here.language, visit=visit)
        await message.bot.send_document(message.chat.id, visit_document(visit, here), caption=caption, parse_mode=None)


def _verb(manager: DialogManager) -> Any:
    return days_to_move if "visit_id" in manager.dialog_data else open_days


def _about(manager: DialogManager) -> dict[str, Any]:
    known = manager.dialog_data
    return {"visit_id": known["visit_id"]} if "visit_id" in known else {"lift_ids": known.get("lift_ids", [])}


async def _open_days(manager: DialogManager) -> OpenDays:
    found: OpenDays = await look(manager, _verb(manager), **_about(manager))
    return found


async def _days_still_open(manager: DialogManager) -> OpenDays:
    """Without the lifts that cannot be booked here any more, where there are others."""
    known = manager.dialog_data
    if not known.get("lift_ids", [0]):
        raise Refused("bookings.none_left")
    try:
        return await _open_days(manager)
    except (RefusedError, NotAllowedError) as refused:
        is_less = await leave_out(manager)
        if not known.get("lift_ids", [0]) and isinstance(refused, NotAllowedError):
            raise Refused("bookings.none_left") from refused
        if not is_less or not known["lift_ids"]:
            raise  # it says why itself
    return await _open_days(manager)


async def _ask_again(manager: DialogManager) -> None:
    """For the lifts that are left, on the same half day, if they can be inspected then."""
    known = manager.dialog_data
    if not known["lift_ids"]:
        return  # the window says so
    found = await use(manager, open_days, lift_ids=known["lift_ids"])
    one = next((one for one in found.days if one.day.isoformat() == known["day"]), None) if found is not None else None
    if found is None or one is None or known["half"] not in one.halves:
        await manager.switch_to(Bookings.day)
    else:
        _remember(manager, found, one)


async def _shown_month(manager: DialogManager) -> date:
    known = manager.dialog_data.get("month")
    if known:
        return date.fromisoformat(known).replace(day=1)
    return (await _open_days(manager)).days[0].day.replace(day=1)


def _remember(manager: DialogManager, found: OpenDays, one: OpenDay) -> None:
    manager.dialog_data.update(
        day=one.day.isoformat(),
        halves=list(one.halves),
        late=one.late,
        spread=found.spread,
        starts=found.starts,
        fee=found.fee,
        last=found.last.isoformat(),
        lifts=[[lift.lift_id, lift.place, lift.address] for lift in found.lifts],
        desks=[asdict(one) for one in found.desks],
    )


def _row(one: OpenDay, visit: Visit) -> dict[str, str]:
    weekday = say_weekday(one.day, visit.language)
    text = label("bookings.soon", visit.language, one=one, weekday=weekday, today=visit.today)
    return {"id": one.day.isoformat(), "text": text}


def _grid(month: date, days: dict[date, OpenDay], today: date) -> list[dict[str, str]]:
    """A month, seven days in a row, from Monday, without the weeks that are over. A day that cannot be chosen is a dot,
    one that has passed or is of another month is blank."""
    first, length = monthrange(month.year, month.month)
    weeks = range(-first, length, WEEK)
    shown = [month + timedelta(days=start + number) for start in weeks for number in range(WEEK)]
    this_week = today - timedelta(days=today.weekday())
    return [_cell(day, month, day in days, today) for day in shown if day >= this_week]


def _cell(day: date, month: date, is_open: bool, today: date) -> dict[str, str]:
    if is_open and day.month == month.month:
        return {"id": day.isoformat(), "text": str(day.day)}
    is_blank = day < today or day.month != month.month
    return {"id": f"{CLOSED}{day:%m%d}", "text": BLANK if is_blank else "·"}


def _following(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
