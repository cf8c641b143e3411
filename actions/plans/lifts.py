"""Which lifts of a department belong on the plan of a time, with the days on which they may be inspected."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import false
from sqlmodel import Session, col, or_, select

from actions.regulator.streets import COLUMN, street_of
from actions.visits.spans import next_inspections, spans_of
from schedules.announcements import parties_of
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.rulebook import Ladder, rule_named
from schedules.tasks import desk_of
from schedules.year_plan.concentrated import Together, together
from schedules.year_plan.lifts import TARGET, PlanLift, Window, window_of
from store.answerable import answerable_lifts
from store.database import in_chunks
from store.duties import Duty
from store.lifts import Lift, LiftRole, LiftStatus
from store.parties import Party
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade


@dataclass(frozen=True)
class Listed:
    """A lift to be planned, the unit that answers for it, and the rule by which it is inspected."""

    lift: PlanLift
    unit_id: int | None
    rule: str | None

    @property
    def place(self) -> tuple[int | None, str, str]:
        """Whom and where an inspector visits."""
        return self.unit_id, self.lift.neighbourhood, self.lift.address


def lifts_to_plan(session: Session, department: Party, year: int, today: date, last: date) -> list[Listed]:
    """The lifts of this department that are in use, not booked, and aimed at a day up to `last`, or without a validity;
    not those that the plan of another year proposes: nobody is offered two days for one lift.

    The address is the compound, else what the register calls so; the neighbourhood is the street office's area in the
    district, as far as the register says it.
    """
    lifts = _lifts_of(session, department)
    every, duties = [lift.id for lift in lifts], dict[int, Duty]()
    for ids in in_chunks(every):
        duties |= next_inspections(session, ids)
    units = parties_of(session, every, [LiftRole.USE_UNIT])
    spans, calendar = spans_of(session, duties), load_calendar(session)
    found, asked = [], _asked(session, department.id, year, today)
    for lift in lifts:
        if lift.id in asked:
            continue
        duty, unit_id = duties.get(lift.id), units.get((lift.id, LiftRole.USE_UNIT))
        if duty is None:
            if lift.valid_until is None:
                found.append(Listed(_plan_lift(lift, None, None), unit_id, None))
            continue
        first, end, _ = spans[lift.id]
        window = _window(duty, first, end, calendar)
        if window.target <= last and (duty.booked_on is None or duty.booked_on < today):
            found.append(Listed(_plan_lift(lift, duty.due, window), unit_id, duty.rule))
    return found


def rounds_together(
    session: Session, listed: Iterable[Listed], first: date, most_months: int, exempt: frozenset[int]
) -> list[Together]:
    """Where lifts of one unit and address could be inspected together earlier (000 四2), what each would lose.

    Not those that have declined it before, nor those that are overdue. Only rules with a target know such rounds.
    """
    calendar, declined = load_calendar(session), declined_early(session)
    groups: dict[tuple[str, tuple[int | None, str, str]], list[Listed]] = defaultdict(list)
    for one in listed:
        runs = one.lift.valid_until is not None and one.lift.valid_until >= first
        if runs and one.rule and one.lift.lift_id not in declined and _has_target(rule_named(one.rule)):
            groups[one.rule, one.place].append(one)
    found = []
    for (rule, place), members in groups.items():
        lifts = [one.lift for one in members]
        found += together(lifts, rule_named(rule), calendar, most_months=most_months, exempt=place[0] in exempt)
    return [visit for visit in found if any(one.days_lost for one in visit.lifts)]


def _asked(session: Session, department_id: int, year: int, today: date) -> set[int]:
    """What waits for an answer, or is to, on a day to come, by another plan than the one that is made anew."""
    query = (
        select(PlanRound.id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .where(PlanRound.state == RoundState.PROPOSED, PlanRound.day > today)
        .where(col(YearPlanMade.replaced_at).is_(None))
        .where(or_(col(YearPlanMade.department_id) != department_id, col(YearPlanMade.year) != year))
    )
    found = answerable_lifts(session, session.exec(query).all())
    return {lift_id for lift_ids in found.values() for lift_id in lift_ids}


def _lifts_of(session: Session, department: Party) -> Sequence[Lift]:
    in_use = select(Lift).where(Lift.city_id == department.city_id, Lift.status == LiftStatus.IN_USE)
    codes = session.exec(select(Lift.district_code).where(Lift.city_id == department.city_id).distinct()).all()
    theirs = [code for code in codes if desk_of(session, department.city_id, code) == department.id]
    here = or_(
        col(Lift.district_code).in_([code for code in theirs if code is not None]),
        col(Lift.district_code).is_(None) if None in theirs else false(),
    )
    return session.exec(in_use.where(here).order_by(col(Lift.id))).all()


def _window(duty: Duty, first: date, last: date, calendar: WorkingCalendar) -> Window:
    """As it is for bookings; aimed at where the rule aims."""
    assert duty.due is not None
    return Window(first, min(window_of(rule_named(duty.rule), duty.due, calendar).target, last), last)


def _has_target(rule: Ladder) -> bool:
    return any(step.step == TARGET for step in rule.steps)


def _plan_lift(lift: Lift, valid_until: date | None, window: Window | None) -> PlanLift:
    street = street_of((lift.extra or {}).get(COLUMN), lift.address)
    neighbourhood = f"{lift.district_code or lift.district} {street}".strip()
    return PlanLift(lift.id, neighbourhood, lift.compound or lift.address, valid_until, window)


def declined_early(session: Session) -> dict[int, PlanRound]:
    """By lift the round on which an earlier visit was declined: it is not offered again."""
    query = (
        select(PlanLiftRow.lift_id, PlanRound)
        .join(PlanRound, col(PlanRound.id) == PlanLiftRow.round_id)
        .where(PlanRound.state == RoundState.DECLINED, col(PlanRound.adjusted).is_not(None))
    )
    return dict(session.exec(query.order_by(col(PlanRound.id))).all())
