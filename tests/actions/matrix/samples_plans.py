"""A department's plan of the year, as its units see it."""

from datetime import date
from typing import Any

from phones.world import NOW, World
from sqlmodel import Session

from store.plans import PlanLiftRow, PlanRound, YearPlanMade

DESK_OF = {"own": "department", "other": "department", "elsewhere": "other_department"}


def round_to(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A round of a published plan to two of their lifts."""
    plan = YearPlanMade(department_id=world.parties[DESK_OF[whose]], year=2026, made_at=NOW, published_at=NOW)
    session.add(plan)
    session.flush()
    made = PlanRound(plan_id=plan.id, party_id=world.parties[whose], day=date(2026, 12, 8), half="am")
    session.add(made)
    session.flush()
    for lift_id in world.lifts[whose][:2]:
        session.add(PlanLiftRow(plan_id=plan.id, lift_id=lift_id, round_id=made.id, valid_until=date(2027, 2, 28)))
    session.flush()
    return {"round_id": made.id}


def unpublished(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A plan that nobody sees yet: each publishes their own."""
    plan = YearPlanMade(department_id=world.parties[DESK_OF[whose]], year=2026, made_at=NOW)
    session.add(plan)
    session.flush()
    return {"plan_id": plan.id}


SAMPLES = {
    "plan_rounds_of_unit": lambda session, world, whose: {},
    "plan_round_of_unit": round_to,
    "agree_to_round": round_to,
    "decline_round": round_to,
    "agree_to_all": lambda session, world, whose: {},
    "plans_of_desk": lambda session, world, whose: {},
    "make_plan_of_desk": lambda session, world, whose: {"year": 2027},
    "plan_of_desk": unpublished,
    "left_out_of_desk": unpublished,
    "publish_plan_of_desk": unpublished,
    "inspector_away": lambda session, world, whose: {"days": 3},
}
