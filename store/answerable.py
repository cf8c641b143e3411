"""Which lifts of a plan's rounds can be agreed to as they were planned, and which are not what they were."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, not_, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from store.database import in_chunks
from store.duties import INSPECTIONS, Duty
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.parties import AreaRole, Jurisdiction
from store.plans import PlanLiftRow, PlanRound, RoundPlace, YearPlanMade
from store.slots import VisitLift

WHOLE_CITY = "*"


def answerable_lifts(session: Session, round_ids: Sequence[int]) -> dict[int, list[int]]:
    """Of each of these rounds the lifts that are what they were when it was planned; not rounds without any."""
    found: dict[int, list[int]] = defaultdict(list)
    for ids in in_chunks(sorted(set(round_ids))):
        query = _as_planned(select(col(PlanLiftRow.round_id), col(PlanLiftRow.lift_id)))
        for round_id, lift_id in session.exec(query.where(col(PlanLiftRow.round_id).in_(ids))):
            found[round_id or 0].append(lift_id)
    return {round_id: sorted(lift_ids) for round_id, lift_ids in found.items()}


def held_too_many(session: Session) -> dict[int, int]:
    """The rounds that hold more places than they have such lifts, with how many they have."""
    kept = (
        select(col(RoundPlace.round_id), func.sum(RoundPlace.held).label("kept"))
        .group_by(col(RoundPlace.round_id))
        .subquery()
    )
    wanted = (
        _as_planned(select(col(PlanLiftRow.round_id), func.count().label("wanted")))
        .where(col(PlanLiftRow.round_id).in_(select(RoundPlace.round_id)))
        .group_by(col(PlanLiftRow.round_id))
        .subquery()
    )
    left = func.coalesce(wanted.c.wanted, 0)
    query = select(kept.c.round_id, left).outerjoin(wanted, wanted.c.round_id == kept.c.round_id)
    return dict(session.exec(query.where(left < kept.c.kept)).all())


def _as_planned(query: Select[int | None, int]) -> Select[int | None, int]:
    """Those of these rows of a plan."""
    return (
        query.select_from(PlanLiftRow)
        .join(PlanRound, col(PlanRound.id) == PlanLiftRow.round_id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .join(Lift, col(Lift.id) == PlanLiftRow.lift_id)
        .where(not_(_is_changed()))
    )


def _is_changed() -> ColumnElement[bool]:
    """It has another unit or department by now, is out of use or booked, or is due on another date."""
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
    return or_(
        col(Lift.status) != LiftStatus.IN_USE,
        exists().where(col(VisitLift.lift_id) == lift_id, col(VisitLift.gone).is_(None)),
        unit.is_distinct_from(col(PlanRound.party_id)),
        due.is_distinct_from(col(PlanLiftRow.valid_until)),
        _department().is_distinct_from(col(YearPlanMade.department_id)),
    )


def _department() -> ScalarSelect[int]:
    """That of the lift's district, else the one for the whole city."""
    code = col(Jurisdiction.district_code)
    return (
        select(Jurisdiction.party_id)
        .where(Jurisdiction.city_id == Lift.city_id, Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT)
        .where(col(Jurisdiction.to_on).is_(None), code.in_([col(Lift.district_code), WHOLE_CITY]))
        .order_by(case((code == WHOLE_CITY, 1), else_=0))
        .limit(1)
        .correlate(Lift)
        .scalar_subquery()
    )
