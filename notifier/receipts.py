"""Receipts: what a provider says afterwards about a message it took."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from notifier.deliveries import PERMANENT
from notifier.outbox import write_log
from store.database import table_of
from store.duties import Told, ToldState
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus

LOCK = {"key_share": True}  # first the delivery, then its notice: in the order of a pass that settles
FINAL = (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)
NOT_ANSWERED = "not answered: "
# After the n-th call that nobody answers the next one comes so much later; after the last the number counts as failed.
CALL_AGAIN_AFTER = (timedelta(minutes=30), timedelta(hours=2))


class Receipt(StrEnum):
    """What providers tell us in the end, in our words."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    MISSED = "missed"  # it rang, or the line was busy: a later call may be answered


def find_delivery(session: Session, channel: str, provider_id: str) -> Delivery | None:
    """The delivery that a provider knows under `provider_id`."""
    return session.exec(
        select(Delivery).where(Delivery.channel == channel, Delivery.provider_id == provider_id)
    ).first()


def apply_receipt(
    session: Session, delivery: Delivery, receipt: Receipt, *, now: datetime, provider_id: str = "", error: str = ""
) -> bool:
    """Record a receipt; False when it comes too late to change anything: a final state is never overwritten.

    It may arrive before our own settling; then it settles the delivery, and the pass leaves that as it is.
    """
    session.refresh(delivery, with_for_update=LOCK)
    if delivery.status in FINAL or (receipt is Receipt.SENT and delivery.status == DeliveryStatus.SENT):
        return False
    missed = _missed_before(session, delivery) if receipt is Receipt.MISSED else 0
    again = now + CALL_AGAIN_AFTER[missed] if receipt is Receipt.MISSED and missed < len(CALL_AGAIN_AFTER) else None
    failed = receipt in (Receipt.FAILED, Receipt.MISSED)
    delivery.status = DeliveryStatus.FAILED if failed else DeliveryStatus(receipt.value)
    delivery.settled_at = now
    delivery.sent_at = delivery.sent_at or (None if failed else now)
    delivery.provider_id = delivery.provider_id or provider_id or None
    delivery.error = _error_of(receipt, error, again)
    session.add(delivery)
    session.flush()
    _carry_over(session, delivery, receipt, now, again or now)
    return True


def _error_of(receipt: Receipt, error: str, again: datetime | None) -> str:
    if receipt is Receipt.MISSED:
        return ("" if again else PERMANENT) + NOT_ANSWERED + error
    return f"{PERMANENT}{error}" if receipt is Receipt.FAILED else ""


def _missed_before(session: Session, delivery: Delivery) -> int:
    """How many calls of the same notice to the same number nobody had answered."""
    query = select(Delivery.id).where(
        Delivery.notice_id == delivery.notice_id,
        Delivery.channel == delivery.channel,
        Delivery.address == delivery.address,
        col(Delivery.error).startswith(NOT_ANSWERED),
    )
    return len(session.exec(query).all())


def _carry_over(session: Session, delivery: Delivery, receipt: Receipt, now: datetime, again: datetime) -> None:
    """What the receipt means for the notice; one that is being sent at this moment is settled by its own pass.

    One that did not arrive is planned for `again`.
    """
    notice = session.get_one(Notice, delivery.notice_id, with_for_update=LOCK, populate_existing=True)
    waiting = (NoticeStatus.SENT, NoticeStatus.UNKNOWN)
    if notice.status not in waiting:
        return
    if receipt in (Receipt.FAILED, Receipt.MISSED):
        if _reached_otherwise(session, delivery):
            return
        notice.status, notice.not_before, notice.settled_at = NoticeStatus.PLANNED, again, None
        _set_told(session, notice.id, ToldState.TOLD, ToldState.RESERVED)
    else:
        delivered = receipt is Receipt.DELIVERED
        notice.status = NoticeStatus.DELIVERED if delivered else NoticeStatus.SENT
        notice.not_before, notice.settled_at = None, now
        _set_told(session, notice.id, ToldState.RESERVED, ToldState.TOLD)
    session.add(notice)
    write_log(session, [(notice.id, notice.status, f"receipt: {receipt.value} {delivery.error}".strip())], now)


def _reached_otherwise(session: Session, delivery: Delivery) -> bool:
    arrived = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
    others = select(Delivery).where(Delivery.notice_id == delivery.notice_id, Delivery.id != delivery.id)
    return any(other.status in arrived for other in session.exec(others))


def _set_told(session: Session, notice_id: int, old: ToldState, new: ToldState) -> None:
    told = table_of(Told)
    session.execute(told.update().where(told.c.notice_id == notice_id, told.c.state == old).values(state=new))
