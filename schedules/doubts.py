"""Numbers in doubt, or failing, that the register has put right: nobody is known under them any more, or nobody of the
party for which alone they are in doubt.

A failing one is settled too when something arrives there.
"""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, or_, select

from store.doubted import FAILING, PREFIX, number_of, party_of
from store.notices import Delivery, DeliveryStatus
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus
from store.zone import SHANGHAI

PUT_RIGHT = "the register has another number"
ARRIVES = "a message has arrived there"


def settle_doubts(session: Session, *, today: date) -> int:
    """Close the tasks about numbers that the register no longer gives for anybody, or that work again; how many."""
    doubts = select(Task).where(Task.kind == TaskKind.BAD_PHONE, Task.status == TaskStatus.OPEN)
    about = or_(col(Task.key).startswith(PREFIX), col(Task.key).startswith(FAILING))
    tasks = session.exec(doubts.where(about).order_by(col(Task.id))).all()
    if not tasks:
        return 0
    numbers = {task.id: number_of(task.key) for task in tasks}
    listed = select(Contact.phone, Contact.party_id).where(col(Contact.to_on).is_(None))
    known: set[tuple[str | None, int | None]] = set()
    for phone, party_id in session.exec(listed.where(col(Contact.phone).in_(set(numbers.values())))):
        known |= {(phone, None), (phone, party_id)}
    over = 0
    for task in tasks:
        if (numbers[task.id], None if task.key.startswith(FAILING) else party_of(task.key)) not in known:
            task.outcome = PUT_RIGHT
        elif task.key.startswith(FAILING) and _has_arrived(session, task, numbers[task.id]):
            task.outcome = ARRIVES
        else:
            continue
        task.status, task.closed_on, over = TaskStatus.DONE, today, over + 1
        session.add(task)
    session.flush()
    return over


def _has_arrived(session: Session, task: Task, number: str) -> bool:
    """By a receipt for something sent on a later day."""
    since = datetime.combine(task.opened_on + timedelta(days=1), time(), SHANGHAI)
    found = select(Delivery.id).where(Delivery.attempted_at >= since, Delivery.address == number)
    return session.exec(found.where(Delivery.status == DeliveryStatus.DELIVERED).limit(1)).first() is not None
