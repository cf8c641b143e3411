"""Receipts: what a provider says afterwards about a message it took."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from notifier.channels.base import NO_SUCH
from notifier.dead_addresses import note_dead_delivery
from notifier.deliveries import ARRIVED, CALL_AGAIN_AFTER, NO_RECEIPT, NOT_ANSWERED, OPEN, PERMANENT
from notifier.outbox import GIVEN_UP, write_log
from notifier.routing import EACH_OF
from notifier.settling import HELD
from store.database import table_of
from store.duties import Told, ToldState
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus
from store.zone import SHANGHAI

LOCK = {"key_share": True}  # first the delivery, then its notice: in the order of a pass that settles
OF_ONE = "one of two has it"
FINAL = (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


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
    if receipt is Receipt.FAILED and error.startswith(NO_SUCH):
        note_dead_delivery(session, delivery, error, now.astimezone(SHANGHAI).date())
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
    others = _latest_of_others(session, delivery)
    if not _is_open_to(receipt, delivery, notice, others):
        return
    if receipt in (Receipt.FAILED, Receipt.MISSED):
        arrived = _arrived(session, delivery)
        if any(_is_for_the_same(one, delivery, notice.audience) for one in arrived):
            return
        notice.status, notice.not_before, notice.settled_at = NoticeStatus.PLANNED, again, None
        notice.reason = delivery.error
        if delivery.error.startswith(PERMANENT):
            notice.tries = 0  # another address begins a count of its own
        if not arrived:
            _set_told(session, notice.id, ToldState.TOLD, ToldState.RESERVED)
    elif notice.status == NoticeStatus.UNKNOWN and notice.audience in EACH_OF and not _all_have_it(others):
        # of the other person the receipt says nothing: the next pass sees who is still owed it, and by which way
        notice.status, notice.not_before, notice.settled_at, notice.reason = NoticeStatus.PLANNED, now, None, OF_ONE
        _set_told(session, notice.id, ToldState.RESERVED, ToldState.TOLD)
    else:
        waited_for = [one for one in others if _is_alive(one)] if notice.audience in EACH_OF else []
        is_whole = receipt is Receipt.DELIVERED and all(one.status == DeliveryStatus.DELIVERED for one in waited_for)
        notice.status = NoticeStatus.DELIVERED if is_whole else NoticeStatus.SENT
        notice.not_before, notice.settled_at = None, now
        _set_told(session, notice.id, ToldState.RESERVED, ToldState.TOLD)
    session.add(notice)
    write_log(session, [(notice.id, notice.status, f"receipt: {receipt.value} {delivery.error}".strip())], now)


def _is_open_to(receipt: Receipt, delivery: Delivery, notice: Notice, others: list[Delivery]) -> bool:
    """Whether the receipt says something new of the notice.

    While another of its messages is in doubt its channel is asked first, and the next pass sees the whole. A late word
    that a message arrived counts also while its next way is waited for, or when the notice was given up.
    """
    if any(one.status in OPEN for one in others):
        return False
    if notice.status in (NoticeStatus.SENT, NoticeStatus.UNKNOWN):
        return True
    if receipt in (Receipt.FAILED, Receipt.MISSED):
        is_held = notice.status == NoticeStatus.PLANNED and notice.reason == HELD
        return is_held or (notice.status == NoticeStatus.DELIVERED and notice.audience in EACH_OF)
    if receipt is not Receipt.DELIVERED or not all(_has_it(one) for one in others if _is_alive(one)):
        return False
    return notice.status == NoticeStatus.FAILED or _waits_unheard(notice)


def _waits_unheard(notice: Notice) -> bool:
    return notice.status == NoticeStatus.PLANNED and notice.reason.startswith(NO_RECEIPT)


def _latest_of_others(session: Session, delivery: Delivery) -> list[Delivery]:
    """The last attempt of the notice to each other person."""
    query = select(Delivery).where(Delivery.notice_id == delivery.notice_id, Delivery.address != delivery.address)
    latest = {one.address: one for one in session.exec(query.order_by(col(Delivery.id)))}
    return [one for one in latest.values() if one.contact_id is None or one.contact_id != delivery.contact_id]


def _is_alive(attempt: Delivery) -> bool:
    """Whether it arrived, or may have."""
    return attempt.status != DeliveryStatus.FAILED and not attempt.error.startswith(GIVEN_UP)


def _has_it(attempt: Delivery) -> bool:
    return attempt.status in ARRIVED and not attempt.error.startswith(NO_RECEIPT)


def _all_have_it(others: list[Delivery]) -> bool:
    """Whether each other person got it; where nobody else was written to, somebody may still be owed it."""
    got = {one.contact_id for one in others if _has_it(one)}
    return bool(others) and all(_has_it(one) or one.contact_id in got for one in others)


def _arrived(session: Session, delivery: Delivery) -> list[Delivery]:
    """The other attempts of the notice that somebody got."""
    query = select(Delivery).where(
        Delivery.notice_id == delivery.notice_id,
        Delivery.id != delivery.id,
        col(Delivery.status).in_((DeliveryStatus.SENT, DeliveryStatus.DELIVERED)),
        ~col(Delivery.error).startswith(NO_RECEIPT),
    )
    return list(session.exec(query))


def _is_for_the_same(arrived: Delivery, failed: Delivery, audience: str) -> bool:
    """Whether who got the one need not get the other: where two people are to be told, each of them is."""
    if audience not in EACH_OF:
        return True
    return arrived.contact_id == failed.contact_id or arrived.address == failed.address


def _set_told(session: Session, notice_id: int, old: ToldState, new: ToldState) -> None:
    told = table_of(Told)
    session.execute(told.update().where(told.c.notice_id == notice_id, told.c.state == old).values(state=new))
