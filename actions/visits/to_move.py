"""A visit of a closed day that found no other one waits for a person, as a task, until it is moved or called off."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from store.slots import Visit
from store.tasks import Task, TaskKind, TaskStatus

MOVED = "the visit was moved or called off"


def key_to_move(visit: Visit) -> str:
    """Of the task about this visit on its present day."""
    return f"visit:{visit.id}:{visit.day}"


def waiting_to_move(session: Session, visits: Collection[Visit]) -> set[int]:
    """Those of these visits whose day is closed, and which have no other one yet."""
    keys = {key_to_move(visit): visit.id for visit in visits}
    query = select(Task.key).where(Task.kind == TaskKind.VISIT_TO_MOVE, Task.status == TaskStatus.OPEN)
    return {keys[key] for key in session.exec(query) if key in keys}


def end_to_move(session: Session, visit: Visit, today: date) -> None:
    """Nobody has to move it any more; called before its day changes."""
    query = select(Task).where(Task.kind == TaskKind.VISIT_TO_MOVE, Task.key == key_to_move(visit))
    for task in session.exec(query.where(col(Task.status) == TaskStatus.OPEN)):
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, MOVED
        session.add(task)
