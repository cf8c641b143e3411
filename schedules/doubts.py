"""Numbers in doubt that the register has put right: nobody is known under them any more."""

from datetime import date

from sqlmodel import Session, col, select

from store.doubted import PREFIX
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus

PUT_RIGHT = "the register has another number"


def settle_doubts(session: Session, *, today: date) -> int:
    """Close the tasks about numbers that the register no longer gives for anybody; how many."""
    doubts = select(Task).where(Task.kind == TaskKind.BAD_PHONE, Task.status == TaskStatus.OPEN)
    tasks = session.exec(doubts.where(col(Task.key).startswith(PREFIX)).order_by(col(Task.id))).all()
    if not tasks:
        return 0
    numbers = [task.key.removeprefix(PREFIX) for task in tasks]
    known = set(
        session.exec(select(Contact.phone).where(col(Contact.to_on).is_(None), col(Contact.phone).in_(numbers)))
    )
    over = [task for task, number in zip(tasks, numbers, strict=True) if number not in known]
    for task in over:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, PUT_RIGHT
        session.add(task)
    session.flush()
    return len(over)
