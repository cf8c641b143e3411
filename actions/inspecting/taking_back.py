"""A result that was recorded wrongly is taken back before its report is issued: it and all that followed is no fact.

Nothing is removed: the inspection stays as it was with who took it back and why, and events name those that do not
count. After the report there is its correction (actions.reporting.issue).
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Asked
from actions.inspecting.deeds import Hand, advance, hold, open_inspections, plain, report_on, required, was_done
from actions.inspecting.lapses import end_task
from actions.inspecting.notices import tell_bureau, tell_sides
from actions.inspecting.objections import end_objection
from actions.inspecting.rights import is_their_inspection
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.inspections import Deed, act
from store.events import Event, EventKind, was_taken_back
from store.inspections import Inspection, InspectionDeed, InspectionState, InspectionStep
from store.parties import Party
from store.pushes import PushedResult

FACTS = (
    EventKind.INSPECTION_ENDED,
    EventKind.OPINION_NOTICE_ISSUED,
    EventKind.RECTIFICATION_SUBMITTED,
    EventKind.RECTIFICATION_RETURNED,
    EventKind.RECTIFICATION_CONFIRMED,
)
NO_RESULT = (InspectionState.UNDER_WAY, InspectionState.TAKEN_BACK, InspectionState.OVERTAKEN)


@verb(DEPARTMENT, inspection_id=is_their_inspection)
def take_back_result(session: Session, asked: Asked, *, inspection_id: int, note: str, was_inspected: bool) -> int:
    """Take a wrong result back, with why; the inspection that waits for the right one, where the lift was inspected."""
    return take_back(session, Hand.of(asked), inspection_id, note, was_inspected=was_inspected)


def take_back(session: Session, hand: Hand, inspection_id: int, note: str, *, was_inspected: bool) -> int:
    """The same by whoever may. The right result counts for the day of the wrong one."""
    inspection = hold(session, inspection_id)
    if was_done(session, hand.key):
        return inspection_id
    if inspection.state in NO_RESULT:
        raise Refused("onsite.stands_otherwise", state=inspection.state)
    other = open_inspections(session, [inspection.lift_id]).get(inspection.lift_id, inspection)
    if was_inspected and other.id != inspection.id:
        raise Refused("onsite.another_open")
    events = _events_of(session, inspection)
    if (number := report_on(session, inspection)) is not None:
        raise Refused("onsite.report_issued", number=number)
    words, was = required(note, "onsite.say_why"), InspectionState(inspection.state)
    found_on = events[0].on_date if events else inspection.begun_on
    end_objection(session, inspection, hand.today, InspectionDeed.TAKEN_BACK)
    inspection.ended_on = None
    advance(session, inspection, InspectionDeed.TAKEN_BACK, hand, note=words)
    end_task(session, inspection.id, hand.today, InspectionDeed.TAKEN_BACK)
    _void(session, hand, inspection, events)
    about = {
        "deed": InspectionDeed.TAKEN_BACK,
        "was": was,
        "again": was_inspected,
        "office": session.get_one(Party, inspection.department_id).name,
        "note": plain(words),
        "deadline": found_on.isoformat(),
    }
    tell_sides(session, [inspection.lift_id], "onsite.taken_back", about, hand.today)
    if _was_pushed(session, events):
        tell_bureau(session, inspection.lift_id, "onsite.taken_back.reg", about, hand.today)
    return _begin_again(session, hand, inspection, found_on) if was_inspected else inspection_id


def _events_of(session: Session, inspection: Inspection) -> list[Event]:
    """What its steps have written, by their taps."""
    lift_id = inspection.lift_id
    steps = session.exec(select(InspectionStep.key).where(InspectionStep.inspection_id == inspection.id)).all()
    keys = {f"{tap}:event:{lift_id}" for key in steps for tap in (key, key.removesuffix(f":{lift_id}"))}
    query = select(Event).where(col(Event.idempotency_key).in_(keys), Event.lift_id == lift_id)
    query = query.where(col(Event.kind).in_(FACTS), ~was_taken_back())
    return list(session.exec(query.order_by(col(Event.id))))


def _void(session: Session, hand: Hand, inspection: Inspection, events: Sequence[Event]) -> None:
    """All at once: the dates are worked out anew when the last one does not count any more."""
    lift_id, kind = inspection.lift_id, EventKind.RESULT_TAKEN_BACK
    for event in events[:-1]:
        session.add(
            Event(
                kind=kind,
                lift_id=lift_id,
                party_id=hand.party_id,
                on_date=event.on_date,
                known_on=hand.today,
                recorded_at=hand.now,
                payload={"of": event.id},
                source="action",
                idempotency_key=f"{hand.key}:also:{event.id}",
            )
        )
    for event in events[-1:]:
        deed = Deed([lift_id], hand.party_id, hand.now, hand.today, f"{hand.key}:void")
        act(session, deed, kind, event.on_date, {"of": event.id})


def _was_pushed(session: Session, events: Sequence[Event]) -> bool:
    ids = [event.id for event in events]
    return session.exec(select(PushedResult.event_id).where(col(PushedResult.event_id).in_(ids))).first() is not None


def _begin_again(session: Session, hand: Hand, wrong: Inspection, found_on: date) -> int:
    """The inspection itself was made: it goes on where its result was to be said."""
    again = Inspection(
        city_id=wrong.city_id,
        lift_id=wrong.lift_id,
        department_id=wrong.department_id,
        inspector_id=wrong.inspector_id,
        begun_on=wrong.begun_on,
        counts_on=found_on,
    )
    session.add(again)
    session.flush()
    session.add(hand.step(again.id, InspectionDeed.STARTED, InspectionState.UNDER_WAY, f"{hand.key}:again"))
    session.flush()
    return again.id
