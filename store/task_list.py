"""The list of open tasks: one for each (kind, key), however often the reason is found again."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store.tasks import Task, TaskKind, TaskStatus

CALL_WAITS = "call:"  # begins the key of a task that asks for a person whom a call is to go to; then the call's id
IDLE = "nothing waits for this party any more"  # how a task ends that asks for a person of a party


def find_open_task(session: Session, kind: TaskKind, key: str) -> Task | None:
    """The open task about (kind, key), if any."""
    query = select(Task).where(Task.kind == kind, Task.key == key, col(Task.status) == TaskStatus.OPEN)
    return session.exec(query).first()


def open_once(session: Session, task: Task, *, renew: bool = False) -> Task:
    """Put `task` on the list unless one about the same (kind, key) is open; `renew` gives that one the new detail."""
    known = find_open_task(session, TaskKind(task.kind), task.key) or _add(session, task)
    if known is not task and renew:
        known.detail = task.detail
        session.add(known)
        session.flush()
    return known


def _add(session: Session, task: Task) -> Task:
    """Add the task; the one that another process has opened at this moment, if any, stands for it."""
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        known = find_open_task(session, TaskKind(task.kind), task.key)
        if known is None:
            raise
        return known
    return task
