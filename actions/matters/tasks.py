"""The task to report what a unit said on the telephone ends when it is reported for all lifts of the call."""

from sqlmodel import Session, col, select

from actions.actors import Asked
from store.lifts import Lift
from store.matters import Matter, MatterKind
from store.tasks import Task, TaskKind, TaskStatus


def end_tasks(session: Session, asked: Asked, key: str) -> None:
    """End the department's tasks about the lift of this key of which nothing is left to report."""
    open_tasks = select(Task).where(Task.kind == TaskKind.SPECIAL_REASON, Task.status == TaskStatus.OPEN)
    reported = (
        select(Lift.key)
        .join(Matter, col(Matter.lift_id) == Lift.id)
        .where(Matter.department_id == asked.actor.party_id, Matter.kind == MatterKind.SPECIAL_REASON)
        .where(col(Matter.closed_on).is_(None))
    )
    known = set(session.exec(reported))
    for task in session.exec(open_tasks.where(Task.owner_party_id == asked.actor.party_id)):
        keys = (task.detail or {}).get("lifts", [])
        if key in keys and known.issuperset(keys):
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, asked.today, "reported"
            session.add(task)
    session.flush()
