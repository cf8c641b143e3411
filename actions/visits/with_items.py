"""An inspection that is not over needs no other one: its items are handed in, or its conclusion is waited for."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from actions.refusals import Refused
from actions.regulator.glance import has_items
from store.duties import Duty
from store.inspections import Inspection, InspectionState
from store.lifts import Lift

HAS_ITEMS = (
    InspectionState.WITH_ITEMS,
    InspectionState.SUBMITTED,
    InspectionState.RETURNED,
    InspectionState.LAPSED,
)


def refuse_with_items(session: Session, lifts: Sequence[Lift]) -> None:
    """Raises Refused, with what to do instead, where the last inspection of one of these lifts is not over."""
    named = {lift.id: lift.internal_number or lift.key for lift in lifts}
    owed = select(Duty.lift_id).where(has_items(), col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
    query = select(Inspection).where(col(Inspection.lift_id).in_(owed.where(col(Duty.lift_id).in_(list(named)))))
    one = session.exec(query.where(col(Inspection.state).in_(HAS_ITEMS)).order_by(col(Inspection.lift_id))).first()
    if one is not None:
        about = {"lift": named[one.lift_id], "state": one.state, "deadline": one.deadline, "count": len(lifts)}
        raise Refused("bookings.items_open", **about)
