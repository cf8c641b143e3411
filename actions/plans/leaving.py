"""Lifts that go to another department: no plan of the former one proposes or holds anything for them any more."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete
from sqlmodel import Session, col, select

from actions.plans.telling import tell_plan
from store.database import in_chunks, table_of
from store.held import give_up_places
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade


def take_off_plans(session: Session, department_id: int, lift_ids: Collection[int], today: date) -> None:
    """Take these lifts off the department's plans, with the whole rounds on which they are (a round is in one district
    unless a register has corrected that since), and tell their units. What is agreed stays: it is booked."""
    query = select(YearPlanMade).where(
        YearPlanMade.department_id == department_id, col(YearPlanMade.replaced_at).is_(None)
    )
    for plan in session.exec(query.order_by(col(YearPlanMade.id))).all():
        rounds = _rounds(session, plan, lift_ids)
        give_up_places(session, rounds)
        row, one = table_of(PlanLiftRow), table_of(PlanRound)
        for ids in in_chunks(rounds):
            session.execute(delete(row).where(row.c.round_id.in_(ids)))
            session.execute(delete(one).where(one.c.id.in_(ids)))
        for ids in in_chunks(sorted(lift_ids)):
            nowhere = row.c.round_id.is_(None)
            session.execute(delete(row).where(row.c.plan_id == plan.id, row.c.lift_id.in_(ids), nowhere))
        if rounds and plan.published_at is not None:
            tell_plan(session, plan, today)


def _rounds(session: Session, plan: YearPlanMade, lift_ids: Collection[int]) -> list[int]:
    found: set[int] = set()
    for ids in in_chunks(sorted(lift_ids)):
        query = select(PlanRound.id).join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        query = query.where(PlanRound.plan_id == plan.id, PlanRound.state != RoundState.AGREED)
        found |= set(session.exec(query.where(col(PlanLiftRow.lift_id).in_(ids))))
    return sorted(found)
