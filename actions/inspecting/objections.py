"""An objection to a raw record is answered: the record stands, or it was put right. It stays among the steps for ever.

The document says that who has no objection signs (附件1-1 二3), not by when an objection is answered: that it becomes a
task after two working days is ours.
"""

from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Asked
from actions.inspecting.deeds import RECORD, Hand, advance, hold, required, was_done
from actions.inspecting.notices import BOTH, tell_sides
from actions.inspecting.rights import is_their_inspection
from actions.refusals import Refused
from actions.registry import verb
from schedules.announcements import parties_of
from schedules.calendar import load_calendar
from schedules.regimes import numbers_of
from schedules.tasks import desk_of_lift
from store.inspections import Inspection, InspectionDeed, InspectionStep, Signature
from store.lifts import Lift
from store.parties import Party
from store.task_list import find_open_task, open_once
from store.tasks import Task, TaskKind, TaskStatus

ANSWERS = (InspectionDeed.UPHELD, InspectionDeed.PUT_RIGHT)


@verb(DEPARTMENT, inspection_id=is_their_inspection)
def answer_objection(session: Session, asked: Asked, *, inspection_id: int, note: str, put_right: bool) -> bool:
    """Say why the raw record stands, or what was put right in it; False where this tap came before."""
    return answer(session, Hand.of(asked), inspection_id, note, put_right=put_right)


def answer(session: Session, hand: Hand, inspection_id: int, note: str, *, put_right: bool) -> bool:
    """The same by whoever may. A record that was put right is another one: both sides sign it anew."""
    inspection = hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if inspection.objected_on is None:
        raise Refused("onsite.nothing_to_answer")
    deed = InspectionDeed.PUT_RIGHT if put_right else InspectionDeed.UPHELD
    words = required(note, "onsite.say_what")
    parties, waiting = parties_of(session, [inspection.lift_id], BOTH), objecting(session, inspection.id)
    concerned = [role for role in BOTH if put_right or parties.get((inspection.lift_id, role)) in waiting]
    if put_right:
        inspection.by_unit = inspection.by_maintainer = Signature.UNSIGNED
    end_objection(session, inspection, hand.today, deed)
    advance(session, inspection, deed, hand, note=words)
    office = session.get_one(Party, inspection.department_id).name
    about = {"deed": deed, "office": office, "note": words, "deadline": ""}
    tell_sides(session, [inspection.lift_id], "onsite.answered", about, hand.today, roles=concerned)
    return True


def end_objection(session: Session, inspection: Inspection, today: date, outcome: str) -> None:
    """Nobody has to answer one any more."""
    inspection.objected_on = None
    task = find_open_task(session, TaskKind.OBJECTION_UNANSWERED, _key(inspection.id))
    if task is not None:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, outcome
    session.flush()


def objecting(session: Session, inspection_id: int) -> set[int]:
    """The parties that wait for an answer: what was answered before does not, nor whoever has signed since."""
    query = select(InspectionStep.party_id, InspectionStep.deed, InspectionStep.note)
    query = query.where(InspectionStep.inspection_id == inspection_id).order_by(col(InspectionStep.id))
    waiting: set[int] = set()
    for party_id, deed, note in session.exec(query):
        if deed in ANSWERS:
            waiting.clear()
        elif deed == InspectionDeed.OBJECTED and party_id is not None:
            waiting.add(party_id)
        elif deed == InspectionDeed.SIGNED and note == RECORD and party_id is not None:
            waiting.discard(party_id)
    return waiting


def ask_for_answers(session: Session, *, today: date) -> int:
    """Objections that nobody has answered for some working days become tasks; how many are open."""
    calendar = load_calendar(session)
    query = select(Inspection, Lift).join(Lift, col(Lift.id) == Inspection.lift_id)
    query = query.where(col(Inspection.objected_on).is_not(None)).order_by(col(Inspection.id))
    waiting = [
        (one, lift)
        for one, lift in session.exec(query)
        if one.objected_on is not None
        and calendar.add_working(one.objected_on, numbers_of(session, one.city_id).objection_answer_days) < today
    ]
    for one, lift in waiting:
        task = Task(
            kind=TaskKind.OBJECTION_UNANSWERED,
            key=_key(one.id),
            city_id=one.city_id,
            owner_party_id=desk_of_lift(session, lift.id) or one.department_id,
            lift_id=lift.id,
            detail={"inspection": one.id, "lifts": [lift.key]},
            opened_on=today,
        )
        open_once(session, task)
    return len(waiting)


def _key(inspection_id: int) -> str:
    return f"inspection:{inspection_id}"
