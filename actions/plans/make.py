"""A plan of a department's year is made from its lifts and its places, kept, and published to units."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.plans.holding import hold_plan
from actions.plans.lifts import Listed, lifts_to_plan, rounds_together
from actions.plans.telling import tell_plan
from actions.visits.slots import half_days
from schedules.calendar import load_calendar
from schedules.year_plan.bound import bound_of
from schedules.year_plan.concentrated import moved_together
from schedules.year_plan.inspectors import HALVES, Inspector, PlanDay, Shift, less_taken, plan_day, plan_days
from schedules.year_plan.outcome import Figures, Planned, YearPlan, figures_of
from schedules.year_plan.plan import make_plan
from store.held import give_up_places
from store.locks import hold_city
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, YearPlanMade

DECEMBER = (12, 31)


class PlanError(Exception):
    """There is nothing to plan so; the message is one sentence that says why."""


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
    """Plan the lifts of this department and keep it in place of the plan of that year before."""
    if wanted.first > wanted.last:
        raise PlanError(f"{wanted.year} is over on {wanted.first}: plan a year of which some days are left")
    _replace_plan(session, department, wanted.year, now)  # before its places are counted: it holds some
    listed = lifts_to_plan(session, department, today, wanted.last)
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


def current_plan(session: Session, department_id: int, year: int) -> YearPlanMade | None:
    """The plan in force."""
    query = select(YearPlanMade).where(YearPlanMade.department_id == department_id, YearPlanMade.year == year)
    return session.exec(query.where(col(YearPlanMade.replaced_at).is_(None))).first()


def publish_plan(session: Session, plan: YearPlanMade, now: datetime, *, today: date) -> Published | None:
    """From now on units see their rounds, are told of them, and may answer; None where they could already."""
    hold_city(session, session.get_one(Party, plan.department_id).city_id)
    session.refresh(plan)
    if plan.published_at is not None or plan.replaced_at is not None:
        return None
    plan.published_at = now
    unheld = hold_plan(session, plan, today)
    return Published(tell_plan(session, plan, today), unheld)


def _days(session: Session, department_id: int, wanted: Wanted) -> list[PlanDay]:
    calendar = load_calendar(session)
    states = half_days(session, department_id, wanted.first, wanted.last, calendar)
    if wanted.inspectors is not None:
        taken = {(day, half): states[day, half].taken + states[day, half].held for day, _ in states for half in HALVES}
        return less_taken(plan_days(wanted.inspectors, wanted.first, wanted.last, calendar), taken)
    open_days = sorted({day for (day, _), state in states.items() if state.places})
    return [plan_day(day, [Shift("", {half: states[day, half].free for half in HALVES})]) for day in open_days]


def _replace_plan(session: Session, department: Party, year: int, now: datetime) -> None:
    hold_city(session, department.city_id)
    before = current_plan(session, department.id, year)
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
