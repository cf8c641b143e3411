"""The task to report why lifts cannot be inspected in time ends when that is reported, or over, for each of them."""

from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from actions.regulator.glance import rules_of_kinds
from actions.visits.inspections import ENDS_INSPECTION
from store.database import in_chunks
from store.duties import INSPECTIONS, Duty
from store.events import Event, was_taken_back
from store.lifts import Lift
from store.matters import Matter, MatterKind
from store.tasks import Task, TaskKind, TaskStatus

LIFTS = "lifts"  # in the detail of the task: their keys
REPORTED, NOTHING_LEFT = "reported", "nothing left to report"


def end_reported(session: Session, lift: Lift, today: date) -> None:
    """It was reported for this lift now; a task that asks for no other ends."""
    for task in _open_tasks(session):
        if task.city_id == lift.city_id and lift.key in _keys(task):
            _keep_only(session, task, _not_reported(session, task, _keys(task)), REPORTED, today)
    session.flush()


def end_settled(session: Session, today: date) -> None:
    """The lifts that were reported or inspected since, or owe no inspection, are asked for no more."""
    for task in _open_tasks(session):
        keys = _keys(task)
        if keys:
            left = _not_reported(session, task, keys)
            outcome = NOTHING_LEFT if left else REPORTED
            _keep_only(session, task, left & _owing(session, task, keys), outcome, today)
    session.flush()


def _open_tasks(session: Session) -> list[Task]:
    query = select(Task).where(Task.kind == TaskKind.SPECIAL_REASON, Task.status == TaskStatus.OPEN)
    return list(session.exec(query.order_by(col(Task.id))))


def _keys(task: Task) -> list[str]:
    keys: list[str] = (task.detail or {}).get(LIFTS, [])
    return keys


def _keep_only(session: Session, task: Task, left: set[str], outcome: str, today: date) -> None:
    """What is left to report; of a task that ends its lifts stay to be read."""
    keys = [key for key in _keys(task) if key in left]
    if not keys:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, outcome
    elif len(keys) < len(_keys(task)):
        task.detail = (task.detail or {}) | {LIFTS: keys}
    session.add(task)


def _not_reported(session: Session, task: Task, keys: list[str]) -> set[str]:
    """Those of which nobody has reported a reason that stands, nor one since the task was opened."""
    since = or_(col(Matter.closed_on).is_(None), col(Matter.opened_on) >= task.opened_on)
    reported = select(Matter.lift_id).where(Matter.kind == MatterKind.SPECIAL_REASON, since)
    return _those(session, task, keys, col(Lift.id).not_in(reported))


def _owing(session: Session, task: Task, keys: list[str]) -> set[str]:
    """Those that owe an inspection, and have had none since the task was opened: what they owe then is the next one."""
    owing = select(Duty.lift_id).where(col(Duty.rule).in_(rules_of_kinds(*INSPECTIONS)), col(Duty.closed_on).is_(None))
    owing = owing.where(col(Duty.withdrawn_at).is_(None))
    inspected = select(Event.lift_id).where(col(Event.kind).in_(ENDS_INSPECTION), Event.known_on >= task.opened_on)
    inspected = inspected.where(col(Event.lift_id).is_not(None), ~was_taken_back())
    return _those(session, task, keys, col(Lift.id).in_(owing) & col(Lift.id).not_in(inspected))


def _those(session: Session, task: Task, keys: list[str], which: ColumnElement[bool]) -> set[str]:
    found: set[str] = set()
    for part in in_chunks(keys):
        query = select(Lift.key).where(Lift.city_id == task.city_id, col(Lift.key).in_(part), which)
        found |= set(session.exec(query))
    return found
