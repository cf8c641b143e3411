"""Items that nobody has to rectify for this inspection any more: another one has said since what the lift is."""

from datetime import date, datetime

from sqlmodel import Session, and_, col, exists, or_, select

from actions.inspecting.deeds import Hand, advance, hold
from actions.inspecting.lapses import owing
from actions.inspecting.machine import WITH_UNIT
from actions.regulator.results import SAID
from store.events import Event, EventKind, was_taken_back
from store.inspections import Inspection, InspectionDeed
from store.lifts import Lift, LiftStatus


def end_overtaken(session: Session, *, now: datetime, today: date) -> int:
    """End the inspections with items of which the lift was inspected elsewhere since; how many.

    So is one whose deadline has passed and of which a lift in use owes nothing: the register has said what it is now.
    Nothing is said of it: the items are owed no more since that day, and who owed them was told of the other result.
    What was handed in waits for the inspector, and what has lapsed for a conclusion.
    """
    conclusion = col(Event.payload)["conclusion"].as_string()
    another = exists().where(
        col(Event.lift_id) == col(Inspection.lift_id),
        col(Event.kind) == EventKind.INSPECTION_ENDED,
        conclusion.in_(SAID),
        col(Event.on_date) >= col(Inspection.begun_on),
        ~was_taken_back(),
    )
    in_use = exists().where(col(Lift.id) == col(Inspection.lift_id), col(Lift.status) == LiftStatus.IN_USE)
    owes_nothing = and_(col(Inspection.deadline) < today, in_use, col(Inspection.lift_id).not_in(owing()))
    query = select(Inspection.id).where(col(Inspection.state).in_(WITH_UNIT), or_(another, owes_nothing))
    ended = 0
    for inspection_id in session.exec(query.order_by(col(Inspection.id))).all():
        inspection = hold(session, inspection_id)
        if inspection.state in WITH_UNIT:
            hand = Hand(inspection.department_id, "", now, today, f"overtaken:{inspection_id}")
            advance(session, inspection, InspectionDeed.OVERTAKEN, hand)
            ended += 1
    return ended
