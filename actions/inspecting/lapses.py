"""A deadline that passes with nothing handed in: the inspection on site has ended on it (附件1-1 三2).

That decides no conclusion. The department has a task the same day, with 不合格 proposed; an inspector's word ends it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast
from sqlmodel import Session, col, exists, or_, select

from actions.actors import Asked
from actions.inspecting.deeds import Hand, advance, hold, was_done
from actions.inspecting.machine import WITH_UNIT
from actions.inspecting.notices import tell_desk, tell_sides
from actions.inspecting.onsite import INSPECTOR
from actions.inspecting.rights import is_their_inspection
from actions.refusals import Refused
from actions.registry import verb
from actions.regulator.glance import rules_of_kinds
from actions.visits.inspections import record_inspection
from store.duties import RECTIFICATION, Duty
from store.events import Event, EventKind, was_taken_back
from store.inspections import Inspection, InspectionDeed, InspectionState
from store.lifts import Lift
from store.parties import Party
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

CONCLUSIONS: dict[str, InspectionDeed] = {"pass": InspectionDeed.PASSED, "fail": InspectionDeed.FAILED}
PROPOSED = "fail"


class Alike(NamedTuple):
    """What lapsed inspections that are told together have in common."""

    department_id: int
    deadline: date
    was_returned: bool


def lapse_overdue(session: Session, *, now: datetime, today: date) -> int:
    """End the inspections whose deadline has passed with nothing handed in; how many. What is handed in waits.

    Where the items are owed no more nothing lapses.
    What ends alike is told together: one message of a unit's lifts, not one for each.
    """
    query = select(Inspection.id).where(col(Inspection.state).in_(WITH_UNIT), col(Inspection.deadline) < today)
    query = query.where(still_owed())
    alike: dict[Alike, list[int]] = defaultdict(list)
    for one in session.exec(query.order_by(col(Inspection.id))).all():
        if (lapsed := _lapse(session, one, now=now, today=today)) is not None:
            lift_id, of_which = lapsed
            alike[of_which].append(lift_id)
    for of_which, lift_ids in alike.items():
        _tell(session, of_which, lift_ids, today)
    return sum(len(lift_ids) for lift_ids in alike.values())


def still_owed() -> ColumnElement[bool]:
    """Whether the items of a notice are owed: by their duty, or where a city has no such rule as long as the lift was
    not inspected since, by us or elsewhere, with a conclusion."""
    ended = exists().where(
        col(Event.lift_id) == col(Inspection.lift_id),
        col(Event.kind) == EventKind.INSPECTION_ENDED,
        col(Event.on_date) > col(Inspection.begun_on),
        ~was_taken_back(),
    )
    return or_(asked_by_notice(still=True), and_(~asked_by_notice(), ~ended))


def asked_by_notice(*, still: bool = False) -> ColumnElement[bool]:
    """Whether a duty to rectify was made of its notice, or is owed `still`: no city but those with such a rule has one.

    `still`: not of a lift that was inspected elsewhere since, or is out of use.
    """
    asked = exists().where(
        col(Duty.lift_id) == col(Inspection.lift_id),
        col(Duty.rule).in_(rules_of_kinds(RECTIFICATION)),
        col(Duty.cycle) >= cast(col(Inspection.begun_on), String),
    )
    return asked.where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None)) if still else asked


def _lapse(session: Session, inspection_id: int, *, now: datetime, today: date) -> tuple[int, Alike] | None:
    """End this one, unless it was handed in meanwhile; its lift."""
    inspection = hold(session, inspection_id)
    deadline = inspection.deadline
    if inspection.state not in WITH_UNIT or deadline is None or deadline >= today:
        return None
    was_returned = inspection.state == InspectionState.RETURNED
    clock = Hand(inspection.department_id, "", now, today, f"lapse:{inspection_id}:{deadline.isoformat()}")
    inspection.ended_on = deadline
    advance(session, inspection, InspectionDeed.LAPSED, clock)
    lift = session.get_one(Lift, inspection.lift_id)
    task = Task(
        kind=TaskKind.RECTIFICATION_LAPSED,
        key=_key(inspection_id),
        city_id=inspection.city_id,
        owner_party_id=inspection.department_id,
        lift_id=lift.id,
        detail={"inspection": inspection_id, "lifts": [lift.key], "proposed": PROPOSED},
        opened_on=today,
    )
    open_once(session, task)
    return lift.id, Alike(inspection.department_id, deadline, was_returned)


def _tell(session: Session, of_which: Alike, lift_ids: Sequence[int], today: date) -> None:
    about: dict[str, Any] = {"deed": InspectionDeed.LAPSED, "note": "", "by": "", "again": of_which.was_returned}
    about |= {"deadline": of_which.deadline.isoformat()}
    office = session.get_one(Party, of_which.department_id).name
    tell_sides(session, lift_ids, "onsite.rectify", about | {"office": office}, today)
    tell_desk(session, lift_ids, of_which.department_id, about, today)


@verb(INSPECTOR, inspection_id=is_their_inspection)
def conclude_lapsed(session: Session, asked: Asked, *, inspection_id: int, conclusion: Literal["pass", "fail"]) -> bool:
    """The inspector's conclusion where the deadline has lapsed; False where this tap came before."""
    return conclude(session, Hand.of(asked), inspection_id, conclusion)


def conclude(session: Session, hand: Hand, inspection_id: int, conclusion: Literal["pass", "fail"]) -> bool:
    """The same by whoever may. The inspection has ended on the deadline, whenever this is said."""
    inspection = hold(session, inspection_id)
    if was_done(session, hand.key):
        return False
    if inspection.state != InspectionState.LAPSED or inspection.ended_on is None:
        raise Refused("onsite.stands_otherwise", state=inspection.state)
    advance(session, inspection, CONCLUSIONS[conclusion], hand)
    record_inspection(
        session,
        lift_ids=[inspection.lift_id],
        on=inspection.ended_on,
        conclusion=conclusion,
        by=inspection.department_id,
        now=hand.now,
        today=hand.today,
        key=f"{hand.key}:event",
    )
    end_task(session, inspection_id, hand.today, conclusion)
    office = session.get_one(Party, inspection.department_id).name
    ended_on = inspection.ended_on.isoformat()
    about = {"deed": CONCLUSIONS[conclusion], "office": office, "note": "", "deadline": ended_on}
    tell_sides(session, [inspection.lift_id], "onsite.concluded", about, hand.today)
    return True


def end_task(session: Session, inspection_id: int, today: date, outcome: str) -> None:
    """Nobody has to conclude it any more."""
    query = select(Task).where(Task.kind == TaskKind.RECTIFICATION_LAPSED, Task.key == _key(inspection_id))
    for task in session.exec(query.where(Task.status == TaskStatus.OPEN)):
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, outcome
    session.flush()


def _key(inspection_id: int) -> str:
    return f"inspection:{inspection_id}"
