"""Bookings of inspections by people: the days that are free, a visit booked, moved, called off.

A visit takes places of its department's half days in the same transaction in which it is booked: both or neither.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Asked
from actions.desk.lines import desk_line
from actions.permissions import NotAllowedError
from actions.plans.shorten import Undoing, give_back_validities
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from actions.sight import lifts_of
from actions.visits.days import HALVES, WHOLE_DAY, OpenDay, OpenDays, Wish, find_days, may_be_late, wish_for
from actions.visits.inspections import book, cancel_booking, was_done
from actions.visits.listing import VisitShown, show_visits
from actions.visits.nobody_there import ask_for_people
from actions.visits.notices import By, Deed, tell_visits
from actions.visits.places import take_for
from actions.visits.rights import may_change_visit, may_read_visit
from actions.visits.to_move import end_to_move
from schedules.announcements import parties_of
from schedules.visits import add_visit
from store.lifts import LiftRole
from store.locks import lock_lifts
from store.slots import (
    Visit,
    VisitLift,
    present_lifts,
)

BOOKERS = UNIT | DEPARTMENT
READERS = UNIT | MAINTAINER


@dataclass(frozen=True)
class Booked:
    """What came of it. `late`: the day is after the last one, `last`. `repeated`: it was done before by this tap."""

    visits: Sequence[VisitShown]
    late: bool = False
    last: date | None = None
    repeated: bool = False


@dataclass(frozen=True)
class Mover:
    """Who moves a visit: as people read it, and as it is kept."""

    told_as: By
    party_id: int
    now: datetime
    today: date
    key: str


@verb(BOOKERS, reads=True, lift_ids=their_lifts)
def open_days(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> OpenDays:
    """On which half days all these lifts can be inspected: where their dates allow it and departments have room."""
    return find_days(session, wish_for(session, asked.actor, lift_ids, asked.today), asked.today)


@verb(BOOKERS, lift_ids=their_lifts)
def book_visit(session: Session, asked: Asked, *, lift_ids: Sequence[int], day: date, half: str) -> Booked:
    """Book these lifts for a half day (am, pm) or over a whole one (day): a visit of each department, all or none."""
    return book_lifts(session, asked, lift_ids, day, half)


def book_lifts(
    session: Session, asked: Asked, lift_ids: Sequence[int], day: date, half: str, *, planned: bool = False
) -> Booked:
    """The same; `planned`: it is the day of a plan, however far ahead."""
    lift_ids = sorted(set(lift_ids))
    lock_lifts(session, lift_ids)
    if was_done(session, asked.key, lift_ids):
        return Booked(show_visits(session, _visits_of(session, lift_ids)), repeated=True)
    wish = wish_for(session, asked.actor, lift_ids, asked.today, planned=planned)
    _require_day(session, wish, day, half)
    places = take_for(session, wish, day, half, asked.today)
    for department, theirs in wish.departments.items():
        for unit, lifts in _by_unit(session, theirs).items():
            visit = Visit(
                department_id=department,
                party_id=unit,
                day=day,
                half=_stored(half),
                made_at=asked.now,
                made_by=asked.actor.contact_id,
            )
            add_visit(session, visit, {lift_id: places[lift_id] for lift_id in lifts})
    _book(session, asked, lift_ids, day, half)
    visits = _visits_of(session, lift_ids)
    tell_visits(session, visits, Deed.MADE, by=By.of(asked.actor), today=asked.today)
    ask_for_people(session, today=asked.today)
    return Booked(show_visits(session, visits), late=day > wish.last, last=wish.last)


@verb(BOOKERS, reads=True, visit_id=may_change_visit)
def days_to_move(session: Session, asked: Asked, *, visit_id: int) -> OpenDays:
    """The half days to which a visit can be moved, for all its lifts; not the one on which it is."""
    visit = session.get_one(Visit, visit_id)
    _require_changeable(session, asked, visit)
    wish = wish_for(session, asked.actor, _present_ids(session, visit_id), asked.today, moving=True)
    found = find_days(session, wish, asked.today)
    days = [one for day in found.days if (one := _without(day, visit)).halves]
    if not days:
        raise Refused("bookings.none_free", last=wish.last, desks=wish.desks)
    return replace(found, days=days)


@verb(BOOKERS, visit_id=may_change_visit)
def move_booking(session: Session, asked: Asked, *, visit_id: int, day: date, half: str) -> Booked:
    """Move a visit with all its lifts; the old places are free with it. Units until the day before."""
    visit, lift_ids = _lock_visit(session, visit_id)
    if was_done(session, asked.key, _all_lifts(session, visit_id)):
        return Booked(show_visits(session, [visit]), repeated=True)
    _require_changeable(session, asked, visit)
    if (visit.day, visit.half) == (day, _stored(half)):
        raise Refused("bookings.same_day", day=day)
    wish = wish_for(session, asked.actor, lift_ids, asked.today, moving=True)
    _require_day(session, wish, day, half)
    by = Mover(By.of(asked.actor), asked.actor.party_id, asked.now, asked.today, asked.key)
    move_visit(session, visit, wish, day, half, by)
    return Booked(show_visits(session, [visit]), late=day > wish.last, last=wish.last)


def move_visit(session: Session, visit: Visit, wish: Wish, day: date, half: str, by: Mover, *, why: str = "") -> None:
    """Give a visit with all its lifts another half day, and tell both sides. Refused where there is no room."""
    places, was = take_for(session, wish, day, half, by.today, moved=visit), visit.day
    end_to_move(session, visit, by.today)
    for row in _rows_of(session, visit.id):
        row.slot_id = places[row.lift_id]
        session.add(row)
    visit.day, visit.half, visit.sequence = day, _stored(half), visit.sequence + 1
    if visit.department_id not in wish.departments:  # the district has gone to another one, whose places it takes
        visit.department_id = min(wish.departments)
    session.add(visit)
    session.flush()
    book(
        session,
        lift_ids=sorted(places),
        visit_on=day,
        half=_stored(half),
        by=by.party_id,
        now=by.now,
        today=by.today,
        key=by.key,
    )
    too_late = wish.last if day > wish.last else None
    tell_visits(session, [visit], Deed.MOVED, by=by.told_as, today=by.today, was=was, why=why, too_late=too_late)


@verb(BOOKERS, visit_id=may_change_visit)
def cancel_visit(session: Session, asked: Asked, *, visit_id: int) -> Booked:
    """Call a visit off: its places are free, and the reminders of its lifts go on. Units until the day before."""
    visit, lift_ids = _lock_visit(session, visit_id)
    if was_done(session, asked.key, _all_lifts(session, visit_id)):
        return Booked(show_visits(session, [visit]), repeated=True)
    _require_changeable(session, asked, visit)
    end_to_move(session, visit, asked.today)
    visit.sequence += 1
    session.add(visit)
    by, key = asked.actor.party_id, asked.key
    cancel_booking(session, lift_ids=lift_ids, by=by, now=asked.now, today=asked.today, key=key)
    give_back_validities(session, Undoing(by, asked.now, asked.today, key), lift_ids)
    tell_visits(session, [visit], Deed.OFF, by=By.of(asked.actor), today=asked.today, lift_ids=lift_ids)
    return Booked(show_visits(session, [visit]))


@verb(READERS, reads=True)
def bookings_of(session: Session, asked: Asked) -> list[VisitShown]:
    """The visits from today on to the own unit, or to the lifts that one maintains, with the lifts that are theirs."""
    theirs = col(VisitLift.lift_id).in_(lifts_of(asked.actor))
    present = select(VisitLift.visit_id).where(col(VisitLift.gone).is_(None), theirs)
    query = select(Visit).where(Visit.day >= asked.today, col(Visit.id).in_(present))
    if asked.actor.role in UNIT:
        query = query.where(Visit.party_id == asked.actor.party_id)
    return show_visits(session, session.exec(query).all(), reader=asked.actor)


@verb(READERS | DEPARTMENT, reads=True, visit_id=may_read_visit)
def visit_of(session: Session, asked: Asked, *, visit_id: int) -> VisitShown:
    """One visit, with the lifts that are theirs."""
    shown = show_visits(session, [session.get_one(Visit, visit_id)], reader=asked.actor)[0]
    return replace(shown, changeable=not shown.is_off and may_change_visit(session, asked.actor, visit_id))


def _require_day(session: Session, wish: Wish, day: date, half: str) -> None:
    if half not in HALVES:
        raise NotAllowedError(f"{half!r} is no part of a day")
    if day < wish.first:
        raise Refused("bookings.not_open", day=day, first=wish.first)
    if day > wish.last and not may_be_late(session):
        raise Refused("bookings.past_last_day", last=wish.last, desks=wish.desks)


def _require_changeable(session: Session, asked: Asked, visit: Visit) -> None:
    if not _present_ids(session, visit.id):
        raise Refused("bookings.gone")
    if visit.day < asked.today or (visit.day == asked.today and asked.actor.role in UNIT):
        raise Refused("bookings.too_late_to_change", day=visit.day, desk=desk_line(session, visit.department_id))


def _book(session: Session, asked: Asked, lift_ids: Sequence[int], day: date, half: str) -> None:
    book(
        session,
        lift_ids=lift_ids,
        visit_on=day,
        half=_stored(half),
        by=asked.actor.party_id,
        now=asked.now,
        today=asked.today,
        key=asked.key,
    )


def _lock_visit(session: Session, visit_id: int) -> tuple[Visit, list[int]]:
    lock_lifts(session, _all_lifts(session, visit_id))
    visit = session.get_one(Visit, visit_id, populate_existing=True)
    return visit, _present_ids(session, visit_id)


def _visits_of(session: Session, lift_ids: Sequence[int]) -> list[Visit]:
    return list({visit.id: visit for _, visit in present_lifts(session, lift_ids).values()}.values())


def _rows_of(session: Session, visit_id: int) -> Sequence[VisitLift]:
    query = select(VisitLift).where(VisitLift.visit_id == visit_id, col(VisitLift.gone).is_(None))
    return session.exec(query.execution_options(populate_existing=True)).all()


def _present_ids(session: Session, visit_id: int) -> list[int]:
    return sorted(row.lift_id for row in _rows_of(session, visit_id))


def _all_lifts(session: Session, visit_id: int) -> list[int]:
    return list(session.exec(select(VisitLift.lift_id).where(VisitLift.visit_id == visit_id)))


def _by_unit(session: Session, lift_ids: Sequence[int]) -> dict[int | None, list[int]]:
    units = parties_of(session, lift_ids, [LiftRole.USE_UNIT])
    found: dict[int | None, list[int]] = defaultdict(list)
    for lift_id in lift_ids:
        found[units.get((lift_id, LiftRole.USE_UNIT))].append(lift_id)
    return found


def _without(one: OpenDay, visit: Visit) -> OpenDay:
    if one.day != visit.day:
        return one
    return replace(one, halves=tuple(half for half in one.halves if _stored(half) != visit.half))


def _stored(half: str) -> str | None:
    return None if half == WHOLE_DAY else half
