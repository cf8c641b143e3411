"""What people said of their calls, as receipts of the attempts that opened them."""

from datetime import datetime

from sqlmodel import Session, col, select

from notifier.receipts import Receipt, apply_receipt, find_delivery
from notifier.routing import CALL_TASK
from store.inbox import CALLS
from store.notices import Delivery, DeliveryStatus, Inbox


def take_call_receipts(session: Session, *, now: datetime) -> int:
    """Apply what waits in the inbox; how many calls it was. One whose attempt is still being settled waits on."""
    waiting = select(Inbox).where(Inbox.source == CALLS, col(Inbox.handled_at).is_(None))
    rows = session.exec(waiting.order_by(col(Inbox.id)).with_for_update(skip_locked=True)).all()
    return sum(_take(session, row, now) for row in rows)


def _take(session: Session, row: Inbox, now: datetime) -> bool:
    delivery = find_delivery(session, CALL_TASK, str(row.payload["task"]))
    if delivery is None and _is_settling(session, row.payload["notice"]):
        return False
    if delivery is not None:  # a call that somebody asked for belongs to no attempt
        receipt = Receipt.DELIVERED if row.payload["arrived"] else Receipt.FAILED
        apply_receipt(session, delivery, receipt, now=now, error=row.payload["error"])
    row.handled_at = now
    session.add(row)
    session.flush()
    return True


def _is_settling(session: Session, notice_id: int) -> bool:
    """Whether the pass that opened the call has not recorded it yet."""
    on_its_way = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)
    query = select(Delivery.id).where(Delivery.notice_id == notice_id, Delivery.channel == CALL_TASK)
    return session.exec(query.where(col(Delivery.status).in_(on_its_way))).first() is not None
