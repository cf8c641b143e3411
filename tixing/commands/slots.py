"""`tixing slots`: the half days of inspection departments, how many lifts fit and how many are booked."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlmodel import Session

from actions.refusals import Refused
from actions.visits.bookings import Mover
from actions.visits.closed_day import ClosedDay, Stuck, close_day
from actions.visits.notices import By
from actions.visits.rules import FEES, rules_of, set_rules
from actions.visits.slot_upkeep import LATE_WAYS, departments, set_late_bookings, settle
from actions.visits.slots import MOST_PLACES, HalfState, half_days, set_places, set_usual_places
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from store.parties import Party
from store.slots import Half, usual_places
from tixing.commands.options import count_of, open_store, parse_date_option, print_json
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

NONE = "none"
WHY = {
    Stuck.LATE: "no day is left before their last one",
    Stuck.FULL: "no room",
    Stuck.UNCLEAR: "their dates lie apart, or nothing is due",
}
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LIST_DAYS = timedelta(days=13)
LONGEST = timedelta(days=366)


def slots(
    office: Annotated[str | None, typer.Argument(help="A department: its ref, a part of its name, a district.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first day; today if not given.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day; two weeks, or the day to change.")] = None,
    half: Annotated[str | None, typer.Option(help="Only am or pm.")] = None,
    capacity: Annotated[int | None, typer.Option(min=0, max=MOST_PLACES, help="So many lifts fit then.")] = None,
    close: Annotated[bool, typer.Option("--close", help="Nothing can be booked on these days any more.")] = False,
    as_usual: Annotated[bool, typer.Option("--open", help="These days are like others again.")] = False,
    default: Annotated[
        int | None, typer.Option(min=0, max=MOST_PLACES, help="So many lifts fit into a half day as a rule.")
    ] = None,
    rush_until: Annotated[
        str | None,
        typer.Option(help="When the morning's rush hour is over, as 09:30; none: no such rule."),
    ] = None,
    sheltered: Annotated[
        str | None, typer.Option(help="Words in the kind of a place that is not inspected at rush hour: 医院,养老.")
    ] = None,
    spread: Annotated[
        bool | None, typer.Option("--spread/--no-spread", help="Never all lifts of a building in one half day.")
    ] = None,
    fee: Annotated[
        str | None, typer.Option(help="What is said of the fee at booking: exempt, charged, or none: nothing.")
    ] = None,
    typhoon: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Close this day and move all its visits to the next ones with room."),
    ] = None,
    late: Annotated[str | None, typer.Option(help="A day after the last one: flag or refuse.")] = None,
    settle_all: Annotated[bool, typer.Option("--settle", help="Bring visits to what the bookings say.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """The half days of the departments from today on; with an option, what is to hold for them.

    What is booked stays booked, also on a day that is closed: `over` says so.
    """
    if sum((capacity is not None, close, as_usual)) > 1:
        raise UsageError("--capacity, --close and --open say three different things: give one of them")
    if half is not None and half not in list(Half):
        raise UsageError(f"--half {half!r} is not am or pm")
    changes = capacity is not None or close or as_usual
    rules, stormy = _rules(rush_until, sheltered, spread, fee), parse_date_option("--typhoon", typhoon)
    now = now_utc()
    begins = parse_date_option("--from", first) or business_day(now)
    ends = parse_date_option("--to", last) or (begins if changes else begins + LIST_DAYS)
    if not begins <= ends <= begins + LONGEST:
        raise UsageError(f"--to {ends} is before --from {begins}, or more than a year after it")
    with open_store() as database, database.write() as session:
        said = _look_after(session, settle_all, late, now)
        found = departments(session, office)
        if office is not None and not found:
            raise UsageError(f"no department is {office!r}; there is: {_named(departments(session, None)) or 'none'}")
        if (changes or default is not None or rules or stormy) and len(found) != 1:
            raise UsageError(f"say which department is meant: {_named(found) or 'there is none'}")
        if default is not None:
            set_usual_places(session, found[0].id, default)
        closed = _close(session, found[0], stormy, now) if stormy else None
        if rules:
            set_rules(session, found[0].id, **rules)
        if changes:
            _change(session, found[0].id, begins, ends, half, 0 if close else capacity)
        shown = [(party, _states(session, party.id, begins, ends, half)) for party in found]
        held = {party.id: rules_of(session, party.id) for party in found}
        usual = {party.id: usual_places(session, party.id) for party in found}
    if as_json:
        listed = [
            _as_dict(party, usual[party.id], states) | {"rules": asdict(held[party.id])} for party, states in shown
        ]
        print_json({"departments": listed} | said | ({"typhoon": _closed_as_dict(closed)} if closed else {}))
        return
    for party, states in shown:
        _print(party, usual[party.id], states)
    for sentence in [*_sentences(said), *_moves(closed)]:
        typer.echo(sentence)


def _close(session: Session, party: Party, day: date, now: datetime) -> ClosedDay:
    """Told in the department's name; done again it moves what found no day before."""
    by = Mover(By(party.name, is_department=True), party.id, now, business_day(now), f"typhoon:{day}:{now.isoformat()}")
    try:
        return close_day(session, party.id, day, by)
    except Refused as refused:
        raise UsageError(f"--typhoon {day} has passed") from refused


def _closed_as_dict(closed: ClosedDay) -> dict[str, Any]:
    moved = [asdict(one) | {"day": one.day.isoformat()} for one in closed.moved]
    planned = [{"unit": one.unit, "lifts": one.lifts, "day": one.day and one.day.isoformat()} for one in closed.rounds]
    stuck = [asdict(one) for one in closed.stuck]
    return {"day": closed.day.isoformat(), "moved": moved, "stuck": stuck, "planned": planned}


def _moves(closed: ClosedDay | None) -> list[str]:
    if closed is None:
        return []
    lines = [f"closed: {closed.day}; moved: {count_of(len(closed.moved), 'visit')}; no other day: {len(closed.stuck)}"]
    for one in closed.moved:
        late = ", after their last day" if one.late else ""
        lines.append(f"  {one.unit}: {count_of(one.lifts, 'lift')} on {one.day} {one.half or ''}{late}".rstrip())
    lines += [f"  {one.unit}: {count_of(one.lifts, 'lift')} stay, {WHY[one.why]}" for one in closed.stuck]
    for planned in closed.rounds:
        to = f"on {planned.day}" if planned.day else "off it: no room in time"
        lines.append(f"  {planned.unit}: {count_of(planned.lifts, 'lift')} of the plan {to}")
    return lines


def _rules(rush_until: str | None, sheltered: str | None, spread: bool | None, fee: str | None) -> dict[str, Any]:
    """What is said of them."""
    said: dict[str, Any] = {} if spread is None else {"spread": spread}
    if rush_until is not None:
        if rush_until != NONE and not TIME.fullmatch(rush_until):
            raise UsageError(f"--rush-until {rush_until!r} is neither a time of the day, as 09:30, nor {NONE}")
        said["rush_until"] = "" if rush_until == NONE else rush_until
    if fee is not None:
        if fee not in (*FEES, NONE):
            raise UsageError(f"--fee {fee!r} is none of {', '.join((*FEES, NONE))}")
        said["fee"] = "" if fee == NONE else fee
    if sheltered is not None:
        said["kinds"] = tuple(filter(None, (word.strip() for word in sheltered.replace("，", ",").split(","))))
    return said


def _look_after(session: Session, settle_all: bool, late: str | None, now: datetime) -> dict[str, int]:
    if late is not None:
        if late not in LATE_WAYS:
            raise UsageError(f"--late {late!r} is not one of {', '.join(LATE_WAYS)}")
        set_late_bookings(session, late)
    if not settle_all:
        return {}
    lifts, half_days_changed = settle(session, today=business_day(now), now=now)
    return {"settled": lifts, "counted": half_days_changed}


def _change(session: Session, party_id: int, first: date, last: date, half: str | None, places: int | None) -> None:
    calendar = load_calendar(session)
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    days = [day for day in days if first == last or calendar.is_working(day)]
    set_places(session, party_id, [(day, one) for day in days for one in ([half] if half else list(Half))], places)


def _states(session: Session, party_id: int, first: date, last: date, half: str | None) -> list[HalfState]:
    found = half_days(session, party_id, first, last, load_calendar(session)).values()
    return [one for one in found if half in (None, one.half) and (one.places or one.taken or one.stated)]


def _named(found: Sequence[Party]) -> str:
    return ", ".join(f"{party.ref} ({party.name})" for party in found)


def _as_dict(party: Party, usual: int, states: Sequence[HalfState]) -> dict[str, Any]:
    return {
        "office": party.ref,
        "name": party.name,
        "city": party.city_id,
        "default": usual,
        "slots": [
            {"day": one.day.isoformat(), "half": one.half, "capacity": one.places, "taken": one.taken, "free": one.free}
            for one in states
        ],
    }


def _print(party: Party, usual: int, states: Sequence[HalfState]) -> None:
    typer.echo(f"{party.ref}  {party.city_id}  {party.name}: {count_of(usual, 'lift')} in half a day")
    for one in states:
        over = f"  {one.taken - one.places} over" if one.taken > one.places else ""
        state = f"{one.taken}/{one.places}" if one.places else "closed"
        typer.echo(f"  {one.day} {one.half}  {state}{over}")


def _sentences(said: dict[str, int]) -> list[str]:
    if not said:
        return []
    lifts, halves = count_of(said["settled"], "lift"), count_of(said["counted"], "half day", "half days")
    return [f"put on the visit that its bookings say: {lifts}; counted anew: {halves}"]
