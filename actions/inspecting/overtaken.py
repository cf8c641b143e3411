"""Items that nobody has to rectify for this inspection any more: another one has said since what the lift is."""

from datetime import date, datetime

from sqlmodel import Session, col, exists, select

from actions.inspecting.deeds import Hand, advance, hold
from actions.inspecting.lapses import still_owed
from actions.inspecting.machine import WITH_UNIT
from actions.inspecting.objections import end_objection
from store.inspections import Inspection, InspectionDeed
from store.lifts import Lift, LiftStatus


def end_overtaken(session: Session, *, now: datetime, today: date) -> int:
    """End the inspections with items that a lift in use owes no more, as it was inspected elsewhere since; how many.

    Nothing is said of it: who owed them was told of the other result. What was handed in waits for the inspector, and
    what has lapsed for a conclusion.
    """
    in_use = exists().where(col(Lift.id) == col(Inspection.lift_id), col(Lift.status) == LiftStatus.IN_USE)
    query = select(Inspection.id).where(col(Inspection.state).in_(WITH_UNIT), in_use)
    query = query.where(~still_owed())
    ended = 0
    for inspection_id in session.exec(query.order_by(col(Inspection.id))).all():
        inspection = hold(session, inspection_id)
        if inspection.state in WITH_UNIT:
            hand = Hand(inspection.department_id, "", now, today, f"overtaken:{inspection_id}")
            end_objection(session, inspection, today, InspectionDeed.OVERTAKEN)
            advance(session, inspection, InspectionDeed.OVERTAKEN, hand)
            ended += 1
    return ended
