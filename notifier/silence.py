"""Messages that a provider took and of which no receipt ever came: after a while the next way is tried.

Silence says something only where receipts come at all: some networks give none, and when our own door for them is shut
nobody must be phoned for that. So a message counts as unheard only if others by the same channel into the same country
were called delivered lately.

A line of the web chat is acknowledged by our own page, once it was on a screen. So it counts as unheard wherever
somebody has ever signed in to that chat. What is said once in the evening by telephone has no next way of its own.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from sqlalchemy import ColumnElement, String, cast, exists, func, select, update
from sqlmodel import Session

from notifier.deliveries import NO_RECEIPT
from notifier.index import load_index
from notifier.outbox import write_log
from notifier.routing import SMS, VOICE
from store.database import table_of
from store.doors import WEBCHAT, WebAccount
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus

# How long a receipt is waited for. Twilio keeps an SMS for up to four hours, and tells of a call when it is over.
RECEIPT_WITHIN = {SMS: timedelta(hours=4), VOICE: timedelta(hours=1)}
# How long a line of the web chat may wait for its reader; the next way keeps the quiet hours by itself.
READ_WITHIN = timedelta(hours=2)
LOOK_BACK = timedelta(days=1)  # what is older was looked at, or nobody was there to look for a day: then it stays sent
AT_ONCE = 1_000
LONGEST_CODE = 4  # characters of a calling code, with its +; none is how another one begins


def give_up_waiting(session: Session, *, now: datetime) -> int:
    """Plan again, by their next way, the notices of which no receipt came in time; returns how many."""
    planned = sum(_give_up(session, channel, within, now) for channel, within in RECEIPT_WITHIN.items())
    return planned + _try_next(session, _unread(session, now), READ_WITHIN, now)


def _give_up(session: Session, channel: str, within: timedelta, now: datetime) -> int:
    since, until = now - within - LOOK_BACK, now - within
    beginnings = _silent_beginnings(session, channel, since, until)
    codes = {code for one in beginnings if (code := calling_code(one))}
    heard = {code for code in codes if _is_heard_from(session, channel, code, now - LOOK_BACK)}
    unheard = _silent(session, channel, [one for one in beginnings if calling_code(one) in heard], since, until)
    return _try_next(session, unheard, within, now)


def _try_next(session: Session, unheard: Sequence[int], within: timedelta, now: datetime) -> int:
    """Plan the notices of these attempts again; how many."""
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


def _silent_beginnings(session: Session, channel: str, since: datetime, until: datetime) -> list[str]:
    """How the numbers begin that were not heard of: enough of them to tell their countries."""
    beginning = func.substr(table_of(Delivery).c.address, 1, LONGEST_CODE)
    return list(session.execute(select(beginning).where(*_is_silent(channel, since, until)).distinct()).scalars())


def _silent(session: Session, channel: str, beginnings: Sequence[str], since: datetime, until: datetime) -> list[int]:
    """Attempts to such numbers that were taken in this time and never acknowledged, up to so many at once."""
    if not beginnings:
        return []
    delivery = table_of(Delivery).c
    return _attempts(session, channel, since, until, func.substr(delivery.address, 1, LONGEST_CODE).in_(beginnings))


def _unread(session: Session, now: datetime) -> list[int]:
    """Lines to somebody who has signed in to the web chat, and who did not open it in time."""
    since, until = now - READ_WITHIN - LOOK_BACK, now - READ_WITHIN
    signed_in = select(cast(table_of(WebAccount).c.id, String))
    goes_on = table_of(Notice).c.template.not_in(_in_evening())
    return _attempts(session, WEBCHAT, since, until, table_of(Delivery).c.address.in_(signed_in) & goes_on)


def _in_evening() -> list[str]:
    return [name for name, entry in load_index().templates.items() if entry.phone_in_evening]


def _attempts(session: Session, channel: str, since: datetime, until: datetime, to: ColumnElement[bool]) -> list[int]:
    """Attempts to such addresses that were taken in this time and never acknowledged, up to so many at once."""
    delivery, notice = table_of(Delivery).c, table_of(Notice)
    query = (
        select(delivery.id)
        .join(notice, notice.c.id == delivery.notice_id)
        .where(*_is_silent(channel, since, until), notice.c.status == NoticeStatus.SENT)
        .where(to)
        .order_by(delivery.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)  # both rows: a receipt that comes now waits, or is passed by
    )
    return list(session.execute(query).scalars())


def _is_silent(channel: str, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    delivery = table_of(Delivery).c
    return [
        delivery.attempted_at >= since,
        delivery.attempted_at < until,
        delivery.channel == channel,
        delivery.status == DeliveryStatus.SENT,
        delivery.error == "",
    ]


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
    """`+86` of a number in E.164, or of its beginning; empty where it is none."""
    digits = phone.removeprefix("+")[: LONGEST_CODE - 1]
    if not phone.startswith("+") or not digits.isdecimal():
        return ""
    codes = (int(digits[:length]) for length in range(1, len(digits) + 1))
    return next((f"+{code}" for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), "")
