"""A day on which nobody inspects (a typhoon): it is closed, and its visits go to the next days that have room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from actions.actors import Asked, Role
from actions.handovers.why import WHY
from actions.plans.moving import MovedRound, move_rounds
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.bookings import Mover, move_visit
from actions.visits.days import find_days, wish_for
from actions.visits.inspections import RefusedError
from actions.visits.notices import WEATHER, By, Deed, lifts_on, tell_visits
from actions.visits.slots import set_places
from actions.visits.to_move import key_to_move
from schedules.dates import ONE_DAY
from store.lifts import Lift
from store.locks import hold_city, lock_lifts
from store.parties import Party
from store.slots import Half, Visit, VisitLift
from store.task_list import open_once
from store.tasks import Task, TaskKind


class Stuck(StrEnum):
    """Why a visit found no other day."""

    LATE = "late"  # none up to the last day of its lifts, and a later one is refused
    FULL = "full"
    UNCLEAR = "unclear"  # the dates of its lifts lie apart, or they owe no inspection any more


REASONS = {
    "bookings.past_last_day": Stuck.LATE,
    "bookings.none_free": Stuck.FULL,
    "bookings.full": Stuck.FULL,
    "bookings.too_many": Stuck.FULL,
    "bookings.all_of_a_building": Stuck.FULL,
}


@dataclass(frozen=True)
class MovedVisit:
    """A visit that was moved, with its new half day. `late`: after the last day of its lifts."""

    visit_id: int
    unit: str
    lifts: int
    day: date
    half: str | None
    late: bool


@dataclass(frozen=True)
class StuckVisit:
    """A visit that found no other day, and why; a task of the department asks for it."""

    visit_id: int
    unit: str
    lifts: int
    why: Stuck


@dataclass(frozen=True)
class ClosedDay:
    """What came of the visits of a day, and of the rounds of a plan on it that nobody had answered."""

    day: date
    moved: Sequence[MovedVisit]
    stuck: Sequence[StuckVisit]
    rounds: Sequence[MovedRound] = ()


@verb(frozenset({Role.DUTY_OFFICER}))
def close_for_weather(session: Session, asked: Asked, *, day: date) -> ClosedDay:
    """Close a day of the own department, and move all its visits, and what its plan has on it, to days with room."""
    by = Mover(By.of(asked.actor), asked.actor.party_id, asked.now, asked.today, asked.key)
    return close_day(session, asked.actor.party_id, day, by)


def close_day(session: Session, department_id: int, day: date, by: Mover) -> ClosedDay:
    """The same for whoever runs the service. Done again it moves what found no day before, and nothing else.

    Whole visits, those that must be soonest first, and each told once to both sides; then rounds of the plan.
    """
    if day < by.today:
        raise Refused("slots.day_passed", day=day)
    hold_city(session, session.get_one(Party, department_id).city_id)
    set_places(session, department_id, [(day, half) for half in Half], 0)
    here = select(VisitLift.visit_id).where(col(VisitLift.gone).is_(None))
    query = select(Visit).where(Visit.department_id == department_id, Visit.day == day, col(Visit.id).in_(here))
    visits = session.exec(query.order_by(col(Visit.id))).all()
    lock_lifts(session, [lift_id for visit in visits for lift_id in lifts_on(session, visit.id)])
    moved: list[MovedVisit] = []
    stuck: list[StuckVisit] = []
    for visit in sorted(visits, key=lambda one: (_last_day(session, one, by.today), one.id)):
        unit = session.get(Party, visit.party_id) if visit.party_id is not None else None
        name, lift_ids = unit.name if unit else "", lifts_on(session, visit.id)
        try:
            with session.begin_nested():
                late = _move(session, visit, lift_ids, by)
        except RefusedError as refused:
            session.refresh(visit)
            why = REASONS.get(refused.name, Stuck.UNCLEAR) if isinstance(refused, Refused) else Stuck.UNCLEAR
            stuck.append(StuckVisit(visit.id, name, len(lift_ids), why))
            if _ask_to_move(session, visit, lift_ids, stuck[-1], by.today):
                tell_visits(session, [visit], Deed.CLOSED, by=by.told_as, today=by.today, why=WEATHER)
        else:
            moved.append(MovedVisit(visit.id, name, len(lift_ids), visit.day, visit.half, late))
    return ClosedDay(day, moved, stuck, move_rounds(session, department_id, day, day, by.today))


def _move(session: Session, visit: Visit, lift_ids: Sequence[int], by: Mover) -> bool:
    """To the first day after its own, in its half where that is free; whether that is too late."""
    wish = wish_for(session, None, lift_ids, by.today, moving=True)
    wish = replace(wish, first=max(wish.first, visit.day + ONE_DAY))
    one = find_days(session, wish, by.today).days[0]
    half = visit.half if visit.half in one.halves else one.halves[0]
    move_visit(
        session, visit, wish, one.day, half or one.halves[0], replace(by, key=f"{by.key}:{visit.id}"), why=WEATHER
    )
    return one.late


def _last_day(session: Session, visit: Visit, today: date) -> date:
    """By which day its lifts are to be inspected; those of which nobody knows come last."""
    try:
        return wish_for(session, None, lifts_on(session, visit.id), today, moving=True).last
    except RefusedError:
        return date.max


def _ask_to_move(session: Session, visit: Visit, lift_ids: Sequence[int], stuck: StuckVisit, today: date) -> bool:
    """Whether nobody was asked for it before."""
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.id))).all()
    detail = {
        "lifts": [lift.key for lift in lifts],
        "unit": stuck.unit,
        "reason": visit.day.isoformat(),
        WHY: stuck.why,
    }
    asked = Task(
        kind=TaskKind.VISIT_TO_MOVE,
        key=key_to_move(visit),
        city_id=lifts[0].city_id,
        owner_party_id=visit.department_id,
        party_id=visit.party_id,
        detail=detail,
        opened_on=today,
    )
    return open_once(session, asked, renew=True) is asked
