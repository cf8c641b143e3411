"""An inspector who is away for some days: fewer places, and the rounds that nobody has answered go to other days."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from actions.actors import Asked, Role
from actions.plans.holding import half_for, hold_rounds, lifts_by_round, lifts_of_round
from actions.plans.telling import tell_plan
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.days import WHOLE_DAY, Wish, wish_for
from actions.visits.inspections import RefusedError
from actions.visits.rules import crowds_of, rules_of
from actions.visits.slots import HalfState, half_days, set_places
from schedules.calendar import load_calendar
from schedules.dates import ONE_DAY
from store.held import give_up_places
from store.lifts import Lift
from store.locks import hold_city
from store.parties import Contact, ContactRole, Party
from store.plans import PlanRound, RoundState, YearPlanMade
from store.settings import Setting
from store.slots import Half, usual_places

LONGEST = 62  # days
SETTING = "away"  # and of which department: away:<party>


@dataclass(frozen=True)
class MovedRound:
    """A round that was on one of these days. `day`: none where no other is free in the time of its lifts."""

    round_id: int
    unit: str
    lifts: int
    was: date
    day: date | None


@dataclass(frozen=True)
class Away:
    """What came of it. `first`: later than tomorrow where somebody was said to be away until then. `fewer`: places in
    each half day; `over`: half days on which more is booked than fits."""

    first: date
    last: date
    fewer: int
    moved: Sequence[MovedRound]
    over: Sequence[HalfState]


def share_of_one(session: Session, department_id: int) -> tuple[int, int]:
    """How many inspectors the department has on file, and how many places of a half day are one's."""
    query = select(func.count()).where(Contact.party_id == department_id, Contact.role == ContactRole.INSPECTOR)
    count = session.exec(query.where(col(Contact.to_on).is_(None))).one()
    return count, -(-usual_places(session, department_id) // max(count, 1))


@verb(frozenset({Role.DUTY_OFFICER}))
def inspector_away(session: Session, asked: Asked, *, days: int) -> Away:
    """One inspector is away from tomorrow on for so many days: the half days of which that was not said yet lose their
    share of places, and what waits for an answer and fits no more goes to the nearest free day that its lifts' dates
    allow; its unit is told. What is booked stays, and is named where it is more than fits."""
    if not 1 <= days <= LONGEST:
        raise Refused("plans.away_days", most=LONGEST)
    desk = asked.actor.party_id
    hold_city(session, session.get_one(Party, desk).city_id)
    first, last = asked.today + ONE_DAY, asked.today + timedelta(days=days)
    said = _said(session, desk, asked.today)
    if (before := next((one for one in said if one["key"] == asked.key), None)) is not None:
        return _as_it_was(session, desk, before)
    first = max([first, *(date.fromisoformat(one["last"]) + ONE_DAY for one in said)])
    if first > last:
        raise Refused("plans.away_already", last=first - ONE_DAY)
    count, fewer = share_of_one(session, desk)
    if not count:
        raise Refused("plans.no_inspectors")
    states = half_days(session, desk, first, last, load_calendar(session))
    for key, state in states.items():
        if state.places:
            set_places(session, desk, [key], max(state.places - fewer, 0))
    plans = session.exec(
        select(YearPlanMade).where(
            YearPlanMade.department_id == desk,
            col(YearPlanMade.published_at).is_not(None),
            col(YearPlanMade.replaced_at).is_(None),
        )
    ).all()
    moved = [one for plan in plans for one in _move_from(session, plan, first, last, asked.today)]
    for plan in plans:
        tell_plan(session, plan, asked.today)
    away = Away(first, last, fewer, moved, _over(session, desk, first, last))
    return _keep(session, desk, asked.key, away, said)


def _said(session: Session, desk: int, today: date) -> list[dict[str, Any]]:
    """What was said of the days to come: no day loses its share twice, however often it is said or the tap arrives."""
    row = session.get(Setting, f"{SETTING}:{desk}", populate_existing=True)
    return [one for one in (row.value if row is not None else []) if one["last"] > today.isoformat()]


def _keep(session: Session, desk: int, key: str, away: Away, said: list[dict[str, Any]]) -> Away:
    moved = [{**asdict(one), "was": one.was.isoformat(), "day": one.day and one.day.isoformat()} for one in away.moved]
    days = {"first": away.first.isoformat(), "last": away.last.isoformat()}
    now = {"key": key, **days, "fewer": away.fewer, "moved": moved}
    session.merge(Setting(key=f"{SETTING}:{desk}", value=[*said, now]))
    session.flush()
    return away


def _as_it_was(session: Session, desk: int, said: dict[str, Any]) -> Away:
    read = date.fromisoformat
    moved = [
        MovedRound(**{**one, "was": read(one["was"]), "day": read(one["day"]) if one["day"] else None})
        for one in said["moved"]
    ]
    first, last = read(said["first"]), read(said["last"])
    return Away(first, last, said["fewer"], moved, _over(session, desk, first, last))


def _over(session: Session, desk: int, first: date, last: date) -> list[HalfState]:
    states = half_days(session, desk, first, last, load_calendar(session))
    return [one for one in states.values() if one.taken > one.places]


def _move_from(session: Session, plan: YearPlanMade, first: date, last: date, today: date) -> list[MovedRound]:
    """Those that fit no more, most urgent ones keep their day; each with the day where it is now."""
    query = select(PlanRound).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    rounds = session.exec(query.where(PlanRound.day >= first, PlanRound.day <= last).order_by(col(PlanRound.id))).all()
    give_up_places(session, [one.id for one in rounds])
    if plan.holds_until is None or plan.holds_until < today:
        return []  # they hold nothing, and whoever agrees finds a free half day or reads of others
    lifts = lifts_by_round(session, [one.id for one in rounds])
    wishes = [(one, _wish(session, one, today)) for one in rounds if lifts[one.id]]
    found = []
    for one, wish in sorted(wishes, key=lambda it: (it[1].last if it[1] is not None else date.max, it[0].id)):
        if hold_rounds(session, plan, [one])[one.id]:
            continue
        was, day = one.day, _nearest(session, plan.department_id, one, wish) if wish is not None else None
        if day is not None:
            one.day, one.half = day
            session.add(one)
            session.flush()
            hold_rounds(session, plan, [one])
        unit = session.get(Party, one.party_id) if one.party_id is not None else None
        count = len(lifts[one.id])
        found.append(MovedRound(one.id, unit.name if unit else "", count, was, one.day if day is not None else None))
    return found


def _wish(session: Session, one: PlanRound, today: date) -> Wish | None:
    """What the dates of its lifts allow; of an earlier visit those of the lifts that are due first."""
    ids = lifts_of_round(session, one.id)
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(ids))).all()
    due = [lift.id for lift in lifts if one.adjusted is None or lift.valid_until == one.adjusted]
    try:
        return wish_for(session, None, due or ids, today, planned=True)
    except RefusedError:
        return None


def _nearest(session: Session, desk: int, one: PlanRound, wish: Wish) -> tuple[date, str | None] | None:
    """The free day nearest to its own, and the half (None: over the whole day); not before the first of its lifts."""
    lift_ids, begins = lifts_of_round(session, one.id), wish.first + ONE_DAY
    states = half_days(session, desk, begins, wish.last, load_calendar(session)) if begins <= wish.last else {}
    crowds = crowds_of(session, lift_ids, rules_of(session, desk), begins, wish.last)
    for day in sorted({day for day, _ in states}, key=lambda day: (abs(day - one.day), day)):
        free = {str(half): states[day, str(half)].free for half in Half}
        if sum(free.values()) >= len(lift_ids):
            fit = half_for(lift_ids, crowds, day, one.half, free)
            if fit is not None:
                return day, None if fit[0] == WHOLE_DAY else fit[0]
    return None
