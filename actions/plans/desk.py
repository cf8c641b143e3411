"""A department's own plan of the year: how it stands, what is on no day and why, and its publication."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Asked, Role
from actions.plans.away import share_of_one
from actions.plans.listing import BOOKED, CHANGED, LeftOut, RoundShown, left_out, rounds_of, show_rounds
from actions.plans.make import publish_plan
from actions.refusals import Refused
from actions.registry import verb
from store.plans import YearPlanMade


@dataclass(frozen=True)
class PlanShown:
    """`lifts`: how many of them by what their units have said (`booked`: on another day; `changed`: not what they
    were); `left_out`: how many are on
    no day, by reason. `inspectors`, `share`: on file, and the places of one of them in a half day."""

    year: int
    published: bool
    holds_until: date | None
    rounds: Sequence[RoundShown]
    lifts: Mapping[str, int]
    left_out: Mapping[str, int]
    inspectors: int
    share: int


@verb(DEPARTMENT, reads=True)
def plan_of_desk(session: Session, asked: Asked) -> PlanShown | None:
    """The plan in force of the latest year, by day."""
    plan = _plan_of(session, asked)
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
        plan.year, plan.published_at is not None, plan.holds_until, rounds, dict(+lifts), dict(why), count, share
    )


@verb(DEPARTMENT, reads=True)
def left_out_of_desk(session: Session, asked: Asked) -> list[LeftOut]:
    """What is on no day of it, with the reason."""
    plan = _plan_of(session, asked)
    return left_out(session, plan) if plan is not None else []


@verb(frozenset({Role.DUTY_OFFICER}))
def publish_plan_of_desk(session: Session, asked: Asked) -> int:
    """Publish it: places are held, and each unit is told; of how many rounds the places are not free."""
    plan = _plan_of(session, asked)
    if plan is None:
        raise Refused("plans.none")
    published = publish_plan(session, plan, asked.now, today=asked.today)
    return published.unheld if published is not None else 0


def _plan_of(session: Session, asked: Asked) -> YearPlanMade | None:
    query = select(YearPlanMade).where(
        YearPlanMade.department_id == asked.actor.party_id,
        col(YearPlanMade.replaced_at).is_(None),
        YearPlanMade.year >= asked.today.year,
    )
    return session.exec(query.order_by(col(YearPlanMade.year).desc())).first()
