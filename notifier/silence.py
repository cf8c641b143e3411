"""Messages that a provider took and of which no receipt ever came: after a while the next way is tried.

Silence says something only where receipts come at all: some networks give none, and when our own door for them is shut
nobody must be phoned for that. So a message counts as unheard only if others by the same channel into the same country
were called delivered lately.
"""

from datetime import datetime, timedelta

from phonenumbers import NumberParseException, parse
from sqlalchemy import exists, select, update
from sqlmodel import Session

from notifier.deliveries import NO_RECEIPT
from notifier.outbox import write_log
from notifier.routing import SMS, VOICE
from store.database import table_of
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus

# How long a receipt is waited for. Twilio keeps an SMS for up to four hours, and tells of a call when it is over.
RECEIPT_WITHIN = {SMS: timedelta(hours=4), VOICE: timedelta(hours=1)}
LOOK_BACK = timedelta(days=1)  # what is older was looked at, or nobody was there to look for a day: then it stays sent
AT_ONCE = 1_000


def give_up_waiting(session: Session, *, now: datetime) -> int:
    """Plan again, by their next way, the notices of which no receipt came in time; returns how many."""
    return sum(_give_up(session, channel, within, now) for channel, within in RECEIPT_WITHIN.items())


def _give_up(session: Session, channel: str, within: timedelta, now: datetime) -> int:
    silent = _silent(session, channel, now - within - LOOK_BACK, now - within)
    heard = {code for code in set(silent.values()) if code and _is_heard_from(session, channel, code, now - LOOK_BACK)}
    unheard = [delivery_id for delivery_id, code in silent.items() if code in heard]
    if not unheard:
        return 0
    delivery, notice = table_of(Delivery), table_of(Notice)
    why = f"{NO_RECEIPT}{within.total_seconds() / 3600:g} h"
    marked = update(delivery).where(delivery.c.id.in_(unheard)).values(error=why).returning(delivery.c.notice_id)
    notice_ids = sorted(set(session.execute(marked).scalars()))
    # Its duties stay told as far as we know; another try begins a count of its own.
    values = {"status": NoticeStatus.PLANNED, "reason": why, "not_before": now, "settled_at": None, "tries": 0}
    session.execute(update(notice).where(notice.c.id.in_(notice_ids)).values(**values))
    write_log(session, [(notice_id, NoticeStatus.PLANNED, why) for notice_id in notice_ids], now)
    return len(notice_ids)


def _silent(session: Session, channel: str, since: datetime, until: datetime) -> dict[int, str]:
    """Attempts that were taken in this time and never acknowledged, with their countries' calling codes."""
    delivery, notice = table_of(Delivery).c, table_of(Notice)
    query = (
        select(delivery.id, delivery.address)
        .join(notice, notice.c.id == delivery.notice_id)
        .where(delivery.attempted_at >= since, delivery.attempted_at < until, delivery.channel == channel)
        .where(delivery.status == DeliveryStatus.SENT, delivery.error == "", notice.c.status == NoticeStatus.SENT)
        .order_by(delivery.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)  # both rows: a receipt that comes now waits, or is passed by
    )
    return {row.id: calling_code(row.address) for row in session.execute(query)}


def _is_heard_from(session: Session, channel: str, code: str, since: datetime) -> bool:
    delivery = table_of(Delivery).c
    receipt = exists().where(
        delivery.attempted_at >= since,
        delivery.channel == channel,
        delivery.status == DeliveryStatus.DELIVERED,
        delivery.address.startswith(code),
    )
    return bool(session.execute(select(receipt)).scalar_one())


def calling_code(phone: str) -> str:
    """`+86` of a number in E.164; empty where it is none."""
    try:
        return f"+{parse(phone).country_code}"
    except NumberParseException:
        return ""


def still_unheard(session: Session, notice_id: int, *, but: int) -> bool:
    """Whether another attempt of the notice than `but` is waited for in vain."""
    delivery = table_of(Delivery).c
    query = select(delivery.id).where(delivery.notice_id == notice_id, delivery.id != but)
    unheard = query.where(delivery.status == DeliveryStatus.SENT, delivery.error.startswith(NO_RECEIPT))
    return session.execute(unheard.limit(1)).first() is not None
