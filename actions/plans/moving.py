"""Rounds that nobody has answered go to other days where their half days have lost places, and their units are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from actions.plans.holding import half_for, hold_rounds
from actions.plans.telling import tell_plan
from actions.visits.days import WHOLE_DAY, Wish, wish_for
from actions.visits.inspections import RefusedError
from actions.visits.rules import crowds_of, rules_of
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from store.answerable import answerable_lifts
from store.held import give_up_places
from store.lifts import Lift
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundState, Why, YearPlanMade
from store.slots import Half

SOONEST = timedelta(days=3)  # its places are held until two days before


@dataclass(frozen=True)
class MovedRound:
    """A round that was on one of these days. `day`: none where no other is free in the time of its lifts: they are off
    the plan."""

    round_id: int
    unit: str
    lifts: int
    was: date
    day: date | None


def move_rounds(session: Session, department_id: int, first: date, last: date, today: date) -> list[MovedRound]:
    """What of the department's published plans fits no more on these days goes to the nearest free day that its lifts'
    dates allow, else off the plan; its unit is told. Whoever calls holds the city."""
    plans = session.exec(
        select(YearPlanMade).where(
            YearPlanMade.department_id == department_id,
            col(YearPlanMade.published_at).is_not(None),
            col(YearPlanMade.replaced_at).is_(None),
        )
    ).all()
    moved = [one for plan in plans for one in _move_from(session, plan, max(first, today + ONE_DAY), last, today)]
    for plan in plans:
        tell_plan(session, plan, today)
    return moved


def _move_from(session: Session, plan: YearPlanMade, first: date, last: date, today: date) -> list[MovedRound]:
    """Those that fit no more, most urgent ones keep their day; each with the day where it is now."""
    query = select(PlanRound).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    rounds = session.exec(query.where(PlanRound.day >= first, PlanRound.day <= last).order_by(col(PlanRound.id))).all()
    give_up_places(session, [one.id for one in rounds])
    if plan.holds_until is None or plan.holds_until < today:
        return []  # they hold nothing, and whoever agrees finds a free half day or reads of others
    lifts = answerable_lifts(session, [one.id for one in rounds if one.party_id is not None])
    wishes = [(one, _wish(session, one, lifts[one.id], today)) for one in rounds if one.id in lifts]
    found = []
    for one, wish in sorted(wishes, key=lambda it: (it[1].last if it[1] is not None else date.max, it[0].id)):
        if hold_rounds(session, plan, [one])[one.id]:
            continue
        was, ids = one.day, lifts[one.id]
        day = _nearest(session, plan.department_id, one, ids, wish, today) if wish is not None else None
        if day is not None:
            one.day, one.half = day
            session.add(one)
            session.flush()
            hold_rounds(session, plan, [one])
        else:
            _take_off(session, plan, ids)
        unit = session.get(Party, one.party_id) if one.party_id is not None else None
        found.append(MovedRound(one.id, unit.name if unit else "", len(ids), was, one.day if day is not None else None))
    return found


def _take_off(session: Session, plan: YearPlanMade, lift_ids: Sequence[int]) -> None:
    """Nobody is left to believe in a day on which nobody comes: the unit reads that it is to book these itself."""
    query = select(PlanLiftRow).where(PlanLiftRow.plan_id == plan.id, col(PlanLiftRow.lift_id).in_(lift_ids))
    for row in session.exec(query).all():
        row.round_id, row.why = None, Why.NO_CAPACITY
        session.add(row)
    session.flush()


def _wish(session: Session, one: PlanRound, lift_ids: Sequence[int], today: date) -> Wish | None:
    """What the dates of its lifts allow; of an earlier visit those of the lifts that are due first."""
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids))).all()
    due = [lift.id for lift in lifts if one.adjusted is None or lift.valid_until == one.adjusted]
    try:
        return wish_for(session, None, due or lift_ids, today, planned=True)
    except RefusedError:
        return None


def _nearest(
    session: Session, desk: int, one: PlanRound, lift_ids: Sequence[int], wish: Wish, today: date
) -> tuple[date, str | None] | None:
    """The free day nearest to its own, and the half (None: over the whole day); not before the first of its lifts, and
    late enough that its unit reads of it and answers."""
    begins = max(wish.first, today + SOONEST)
    states = half_days(session, desk, begins, wish.last, load_calendar(session)) if begins <= wish.last else {}
    crowds = crowds_of(session, lift_ids, rules_of(session, desk), begins, wish.last)
    for day in sorted({day for day, _ in states}, key=lambda day: (abs(day - one.day), day)):
        free = {str(half): states[day, str(half)].free for half in Half}
        if sum(free.values()) >= len(lift_ids):
            fit = half_for(lift_ids, crowds, day, one.half, free)
            if fit is not None:
                return day, None if fit[0] == WHOLE_DAY else fit[0]
    return None
