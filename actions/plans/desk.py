"""A department's own plans: made, how each stands, what is on no day and why, and published."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions.actors import DEPARTMENT, Actor, Asked, Role
from actions.plans.away import share_of_one
from actions.plans.listing import BOOKED, CHANGED, LeftOut, RoundShown, left_out, rounds_of, show_rounds
from actions.plans.make import MOST_MONTHS, PlanError, Wanted, YearOverError, first_day, make_year_plan, publish_plan
from actions.refusals import Refused
from actions.registry import verb
from store.parties import Party
from store.plans import YearPlanMade

YEARS_AHEAD = 1


@dataclass(frozen=True)
class PlanShown:
    """`lifts`: how many of them by what their units have said (`booked`: on another day; `changed`: not what they
    were); `left_out`: how many are on
    no day, by reason. `inspectors`, `share`: on file, and the places of one of them in a half day."""

    plan_id: int
    year: int
    published: bool
    holds_until: date | None
    rounds: Sequence[RoundShown]
    lifts: Mapping[str, int]
    left_out: Mapping[str, int]
    inspectors: int
    share: int


@dataclass(frozen=True)
class PlanLine:
    """A plan among those of the department."""

    plan_id: int
    year: int
    published: bool


def own_plan(session: Session, actor: Actor, plan_id: Any) -> bool:
    """A guard: a plan of one's own department."""
    plan = session.get(YearPlanMade, plan_id)
    return plan is not None and plan.department_id == actor.party_id


@verb(DEPARTMENT, reads=True)
def plans_of_desk(session: Session, asked: Asked) -> list[PlanLine]:
    """The plans of all years, the latest first: those in force, and those that wait to be published."""
    found = session.exec(_in_force(asked)).all()
    return [PlanLine(one.id, one.year, one.published_at is not None) for one in found]


@verb(frozenset({Role.DUTY_OFFICER}))
def make_plan_of_desk(session: Session, asked: Asked, *, year: int, together: int = 0) -> int:
    """Plan a year, or what is left of it, by the department's half days; its number. Nobody is told before it is
    published. `together`: lifts of one unit and address that end within so many months are offered one visit."""
    if not asked.today.year <= year <= asked.today.year + YEARS_AHEAD or not 0 <= together <= MOST_MONTHS:
        raise Refused("plans.no_such_year")
    department = session.get_one(Party, asked.actor.party_id)
    wanted = Wanted(year, first_day(year, asked.today), most_months=together)
    try:
        return make_year_plan(session, department, wanted, today=asked.today, now=asked.now).plan_id
    except YearOverError as error:
        raise Refused("plans.year_over", year=year) from error
    except PlanError as error:
        raise Refused("plans.nothing_to_plan", year=year) from error


@verb(DEPARTMENT, reads=True, plan_id=own_plan)
def plan_of_desk(session: Session, asked: Asked, *, plan_id: int | None = None) -> PlanShown | None:
    """A plan by day; if none is named, that of the latest year."""
    plan = _plan_of(session, asked, plan_id)
    if plan is None:
        return None
    rounds, lifts = show_rounds(session, plan, rounds_of(session, plan)), Counter[str]()
    for one in rounds:
        lifts.update({BOOKED: one.booked, CHANGED: one.off - one.booked})
        if one.state not in (BOOKED, CHANGED):
            lifts[one.state] += len(one.lifts)
    why = Counter(one.why for one in left_out(session, plan))
    count, share = share_of_one(session, asked.actor.party_id)
    return PlanShown(
        plan_id=plan.id,
        year=plan.year,
        published=plan.published_at is not None,
        holds_until=plan.holds_until,
        rounds=rounds,
        lifts=dict(+lifts),
        left_out=dict(why),
        inspectors=count,
        share=share,
    )


@verb(DEPARTMENT, reads=True, plan_id=own_plan)
def left_out_of_desk(session: Session, asked: Asked, *, plan_id: int | None = None) -> list[LeftOut]:
    """What is on no day of it, with the reason."""
    plan = _plan_of(session, asked, plan_id)
    return left_out(session, plan) if plan is not None else []


@verb(frozenset({Role.DUTY_OFFICER}), plan_id=own_plan)
def publish_plan_of_desk(session: Session, asked: Asked, *, plan_id: int | None = None) -> int:
    """Publish it: places are held, and each unit is told; of how many rounds the places are not free."""
    plan = _plan_of(session, asked, plan_id)
    if plan is None:
        raise Refused("plans.none")
    if plan_id not in (None, plan.id):
        raise Refused("plans.replaced")
    published = publish_plan(session, plan, asked.now, today=asked.today)
    return published.unheld if published is not None else 0


def _plan_of(session: Session, asked: Asked, plan_id: int | None) -> YearPlanMade | None:
    """That one; where it was replaced or none is named, the latest."""
    plan = session.get_one(YearPlanMade, plan_id) if plan_id is not None else None
    return plan if plan is not None and plan.replaced_at is None else session.exec(_in_force(asked)).first()


def _in_force(asked: Asked) -> SelectOfScalar[YearPlanMade]:
    theirs = select(YearPlanMade).where(YearPlanMade.department_id == asked.actor.party_id)
    theirs = theirs.where(col(YearPlanMade.replaced_at).is_(None))
    return theirs.order_by(col(YearPlanMade.year).desc(), col(YearPlanMade.id).desc())
