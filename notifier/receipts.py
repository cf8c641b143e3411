"""Receipts: what a provider says afterwards about a message it took."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, select

from notifier.deliveries import PERMANENT
from notifier.outbox import write_log
from store.database import table_of
from store.duties import Told, ToldState
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus

LOCK = {"key_share": True}  # first the delivery, then its notice: in the order of a pass that settles
FINAL = (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


class Receipt(StrEnum):
    """What providers tell us in the end, in our words."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


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
    delivery.status = DeliveryStatus(receipt.value)
    delivery.settled_at = now
    delivery.sent_at = delivery.sent_at or (None if receipt is Receipt.FAILED else now)
    delivery.provider_id = delivery.provider_id or provider_id or None
    delivery.error = f"{PERMANENT}{error}" if receipt is Receipt.FAILED else ""
    session.add(delivery)
    session.flush()
    _carry_over(session, delivery, receipt, now)
    return True


def _carry_over(session: Session, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """What the receipt means for the notice; one that is being sent at this moment is settled by its own pass."""
    notice = session.get_one(Notice, delivery.notice_id, with_for_update=LOCK, populate_existing=True)
    waiting = (NoticeStatus.SENT, NoticeStatus.UNKNOWN)
    if notice.status not in waiting:
        return
    if receipt is Receipt.FAILED:
        if _reached_otherwise(session, delivery):
            return
        notice.status, notice.not_before, notice.settled_at = NoticeStatus.PLANNED, now, None
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
