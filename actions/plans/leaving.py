"""Lifts that go to another department: no plan of the former one proposes or holds anything for them any more."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from actions.plans.telling import tell_plan
from store.answerable import answerable_lifts
from store.database import in_chunks, table_of
from store.held import give_up_places
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade


def take_off_plans(session: Session, department_id: int, lift_ids: Collection[int], today: date) -> None:
    """Take these lifts off the department's plans, and tell their units; the rest of a round stays, as where a register
    has corrected the district of one of its lifts. What is agreed stays: it is booked."""
    query = select(YearPlanMade).where(
        YearPlanMade.department_id == department_id, col(YearPlanMade.replaced_at).is_(None)
    )
    for plan in session.exec(query.order_by(col(YearPlanMade.id))).all():
        rounds = _rounds(session, plan, lift_ids)
        rest = {one: len(set(ids) - set(lift_ids)) for one, ids in answerable_lifts(session, rounds).items()}
        give_up_places(session, rounds, rest)
        row, one = table_of(PlanLiftRow), table_of(PlanRound)
        agreed = select(PlanRound.id).where(PlanRound.plan_id == plan.id, PlanRound.state == RoundState.AGREED)
        for ids in in_chunks(sorted(lift_ids)):
            theirs = delete(row).where(row.c.plan_id == plan.id, row.c.lift_id.in_(ids))
            session.execute(theirs.where(or_(row.c.round_id.is_(None), row.c.round_id.not_in(agreed))))
        for ids in in_chunks(rounds):
            empty = delete(one).where(one.c.id.in_(ids))
            session.execute(empty.where(one.c.id.not_in(select(row.c.round_id).where(row.c.round_id.in_(ids)))))
        if rounds and plan.published_at is not None:
            tell_plan(session, plan, today)


def _rounds(session: Session, plan: YearPlanMade, lift_ids: Collection[int]) -> list[int]:
    found: set[int] = set()
    for ids in in_chunks(sorted(lift_ids)):
        query = select(PlanRound.id).join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        query = query.where(PlanRound.plan_id == plan.id, PlanRound.state != RoundState.AGREED)
        found |= set(session.exec(query.where(col(PlanLiftRow.lift_id).in_(ids))))
    return sorted(found)
