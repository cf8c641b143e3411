"""Which rounds of a plan cannot be answered as they were planned: a lift on them is not what it was."""

from sqlalchemy import exists, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.database import in_chunks
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.plans import PlanLiftRow, PlanRound
from store.slots import VisitLift


def changed() -> SelectOfScalar[int | None]:
    """The rounds of which a lift has another unit by now, is out of use or booked, or is due on another date."""
    lift_id = col(PlanLiftRow.lift_id)
    unit = (
        select(Responsibility.party_id)
        .where(col(Responsibility.lift_id) == lift_id, Responsibility.role == LiftRole.USE_UNIT)
        .where(col(Responsibility.to_on).is_(None))
        .scalar_subquery()
    )
    due = (
        select(func.min(Duty.due))
        .where(col(Duty.lift_id) == lift_id, col(Duty.kind).in_(INSPECTIONS))
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
        .scalar_subquery()
    )
    return (
        select(col(PlanLiftRow.round_id))
        .join(PlanRound, col(PlanRound.id) == PlanLiftRow.round_id)
        .join(Lift, col(Lift.id) == lift_id)
        .where(
            or_(
                col(Lift.status) != LiftStatus.IN_USE,
                exists().where(col(VisitLift.lift_id) == lift_id, col(VisitLift.gone).is_(None)),
                unit.is_distinct_from(col(PlanRound.party_id)),
                due.is_distinct_from(col(PlanLiftRow.valid_until)),
            )
        )
        .distinct()
    )


def changed_rounds(session: Session, round_ids: list[int]) -> set[int]:
    """Those of these rounds."""
    found: set[int | None] = set()
    for ids in in_chunks(round_ids):
        found |= set(session.exec(changed().where(col(PlanLiftRow.round_id).in_(ids))))
    return {round_id for round_id in found if round_id is not None}
