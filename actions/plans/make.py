"""A plan of a department's year is made from its lifts and its places, kept, and published to units."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.plans.holding import hold_plan
from actions.plans.lifts import Listed, declined_early, lifts_to_plan, rounds_together
from actions.plans.telling import tell_plan
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from schedules.year_plan.bound import bound_of
from schedules.year_plan.concentrated import moved_together
from schedules.year_plan.inspectors import HALVES, Inspector, PlanDay, Shift, less_taken, plan_day, plan_days
from schedules.year_plan.outcome import Figures, Planned, YearPlan, figures_of
from schedules.year_plan.plan import make_plan
from store.held import give_up_places, held_by_plan
from store.locks import hold_city
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade

DECEMBER = (12, 31)
MOST_MONTHS = 11  # between the validities of lifts that are offered one visit
NOTICE = timedelta(days=14)  # units are to have time to answer


class PlanError(Exception):
    """There is nothing to plan so; the message is one sentence that says why."""


class YearOverError(PlanError):
    """No day of that year is left."""


@dataclass(frozen=True)
class Wanted:
    """What is to be planned: the rest of `year` from `first` on. Without inspectors the department's half days count.

    `most_months`: lifts of one unit and address whose validities end within so many months are offered one visit;
    0: none. `exempt`: units that pay no fee.
    """

    year: int
    first: date
    inspectors: Sequence[Inspector] | None = None
    most_months: int = 0
    exempt: frozenset[int] = frozenset()

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, *DECEMBER)


@dataclass(frozen=True)
class Made:
    """What came of it: how many lifts are planned, after their target, and on no day for which reason."""

    plan_id: int
    planned: int
    after_target: int
    refused: dict[str, int]
    rounds: int
    figures: Figures
    bound: Figures


@dataclass(frozen=True)
class Published:
    """How many units are told, and of how many rounds the places were not free and are not held."""

    units: int
    unheld: int


def make_year_plan(session: Session, department: Party, wanted: Wanted, *, today: date, now: datetime) -> Made:
    """Plan the lifts of this department and keep it, in place of one of that year that was not published.

    What was published holds until this one is published in its place, so its lifts and places are planned anew.
    """
    if wanted.first > wanted.last:
        raise YearOverError(f"{wanted.year} is over on {wanted.first}: plan a year of which some days are left")
    hold_city(session, department.city_id)
    _replace(session, _plan_of(session, department.id, wanted.year, published=False), now)
    listed = lifts_to_plan(session, department, wanted.year, today, wanted.last)
    if not listed:
        raise PlanError(
            f"{department.name} has no lift to plan in {wanted.year}: none is due, or all are booked or on another plan"
        )
    visits = (
        rounds_together(session, listed, wanted.first, wanted.most_months, wanted.exempt) if wanted.most_months else []
    )
    days = _days(session, department.id, wanted)
    plan = make_plan(moved_together([one.lift for one in listed], visits), days, wanted.first, wanted.last)
    adjusted = {one.lift_id: visit.adjusted for visit in visits for one in visit.lifts}
    kept = _keep(session, department.id, wanted.year, now)
    rounds = _keep_rounds(session, kept, plan, listed, adjusted, wanted.exempt)
    return Made(
        plan_id=kept.id,
        planned=len(plan.planned),
        after_target=sum(one.after_target for one in plan.planned),
        refused=dict(sorted(Counter(str(one.why) for one in plan.refused).items())),
        rounds=rounds,
        figures=figures_of(plan),
        bound=bound_of(plan),
    )


def first_day(year: int, today: date) -> date:
    """From when a year is planned if nothing else is said."""
    return max(today + NOTICE, date(year, 1, 1))


def current_plan(session: Session, department_id: int, year: int) -> YearPlanMade | None:
    """The plan that is to be published, else the one in force."""
    to_publish = _plan_of(session, department_id, year, published=False)
    return to_publish or _plan_of(session, department_id, year, published=True)


def publish_plan(session: Session, plan: YearPlanMade, now: datetime, *, today: date) -> Published | None:
    """From now on units see its rounds instead of those published before, are told of them, and may answer; None where
    they could already."""
    hold_city(session, session.get_one(Party, plan.department_id).city_id)
    session.refresh(plan)
    if plan.published_at is not None or plan.replaced_at is not None:
        return None
    _replace(session, _plan_of(session, plan.department_id, plan.year, published=True), now)
    plan.published_at = now
    _decline_again(session, plan)
    unheld = hold_plan(session, plan, today)
    return Published(tell_plan(session, plan, today), unheld)


def _decline_again(session: Session, plan: YearPlanMade) -> None:
    """What a unit has declined since this plan was made is not offered by it."""
    declined = declined_early(session)
    rounds = select(PlanRound, PlanLiftRow.lift_id).join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
    rounds = rounds.where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.PROPOSED)
    for one, lift_id in session.exec(rounds.where(col(PlanRound.adjusted).is_not(None))).all():
        if lift_id in declined:
            before = declined[lift_id]
            one.state, one.answered_by, one.answered_at = before.state, before.answered_by, before.answered_at
            session.add(one)
    session.flush()


def _plan_of(session: Session, department_id: int, year: int, *, published: bool) -> YearPlanMade | None:
    query = select(YearPlanMade).where(YearPlanMade.department_id == department_id, YearPlanMade.year == year)
    is_seen = col(YearPlanMade.published_at).is_not(None)
    query = query.where(col(YearPlanMade.replaced_at).is_(None), is_seen if published else ~is_seen)
    return session.exec(query).first()


def _days(session: Session, department_id: int, wanted: Wanted) -> list[PlanDay]:
    calendar = load_calendar(session)
    states = half_days(session, department_id, wanted.first, wanted.last, calendar)
    seen = _plan_of(session, department_id, wanted.year, published=True)
    own = held_by_plan(session, seen.id) if seen is not None else {}
    states = {key: replace(state, held=state.held - own.get(key, 0)) for key, state in states.items()}
    if wanted.inspectors is not None:
        taken = {(day, half): states[day, half].taken + states[day, half].held for day, _ in states for half in HALVES}
        return less_taken(plan_days(wanted.inspectors, wanted.first, wanted.last, calendar), taken)
    open_days = sorted({day for (day, _), state in states.items() if state.places})
    return [plan_day(day, [Shift("", {half: states[day, half].free for half in HALVES})]) for day in open_days]


def _replace(session: Session, before: YearPlanMade | None, now: datetime) -> None:
    """Whoever calls holds the city."""
    if before is not None:
        before.replaced_at = now
        session.add(before)
        session.flush()
        give_up_places(session, session.exec(select(PlanRound.id).where(PlanRound.plan_id == before.id)).all())


def _keep(session: Session, department_id: int, year: int, now: datetime) -> YearPlanMade:
    plan = YearPlanMade(department_id=department_id, year=year, made_at=now)
    session.add(plan)
    session.flush()
    return plan


def _keep_rounds(
    session: Session,
    kept: YearPlanMade,
    plan: YearPlan,
    listed: Sequence[Listed],
    adjusted: dict[int, date],
    exempt: frozenset[int],
) -> int:
    """A round for each unit, address and day, apart where validities would be shortened to different dates."""
    groups: dict[tuple[object, ...], list[Planned]] = defaultdict(list)
    for one in plan.planned:
        groups[one.day, *listed[one.at].place, adjusted.get(one.lift.lift_id)].append(one)
    for group in groups.values():
        lift_id, unit_id = group[0].lift.lift_id, listed[group[0].at].unit_id
        halves = {one.half for one in group}
        made = PlanRound(
            plan_id=kept.id,
            party_id=unit_id,
            day=group[0].day,
            half=halves.pop() if len(halves) == 1 else None,
            adjusted=adjusted.get(lift_id),
            exempt=unit_id is not None and unit_id in exempt,
        )
        session.add(made)
        session.flush()
        session.add_all(
            PlanLiftRow(
                plan_id=kept.id,
                lift_id=one.lift.lift_id,
                round_id=made.id,
                valid_until=listed[one.at].lift.valid_until,
                after_target=one.after_target,
            )
            for one in group
        )
    session.add_all(
        PlanLiftRow(plan_id=kept.id, lift_id=one.lift_id, why=one.why, valid_until=listed[one.at].lift.valid_until)
        for one in plan.refused
    )
    session.flush()
    return len(groups)
