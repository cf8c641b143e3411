"""What was given up after its tries, or had no words, is tried again, when an operator says so."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import literal, or_, select, update
from sqlmodel import Session

from notifier.attempts import UNWRITTEN
from notifier.outbox import GIVEN_UP, write_log
from notifier.waking import REPLACED, earlier_lists, supersede_earlier
from store.database import in_chunks, table_of
from store.ledger import lock_notices
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus
from store.rowsets import among

RESENT = "tried again by the operator"


def resend(session: Session, *, city_id: str | None, today: date, now: datetime) -> int:
    """Try again the notices (of one city) that were given up after their tries; returns how many.

    So are those whose words could not be written. What may have left is asked about first. Those of which every address
    has failed for good wait for another address, as before. Of several rungs of one duty only the latest goes out.
    """
    notice = table_of(Notice)
    given_up = or_(notice.c.reason.startswith(GIVEN_UP), notice.c.reason.startswith(UNWRITTEN))
    query = select(notice.c.id).where(
        notice.c.status == NoticeStatus.FAILED, given_up, *([notice.c.city_id == city_id] if city_id else [])
    )
    found = lock_notices(session, list(session.execute(query).scalars()), (NoticeStatus.FAILED,))
    replaced = supersede_earlier(session, found) | earlier_lists(session, found)
    _cancel_replaced(session, sorted(replaced), now)
    ids = sorted(found - replaced)
    late = or_(notice.c.late, notice.c.send_on < today)
    values = {"reason": RESENT, "tries": 0, "not_before": None, "settled_at": None, "send_on": today, "late": late}
    doubted = _doubted(session, ids)
    for status, chosen in ((NoticeStatus.UNKNOWN, doubted), (NoticeStatus.PLANNED, [*{*ids} - {*doubted}])):
        for part in in_chunks(sorted(chosen)):
            session.execute(update(notice).where(notice.c.id.in_(part)).values(status=status, **values))
            _try_addresses_again(session, part)
        write_log(session, [(notice_id, status, RESENT) for notice_id in sorted(chosen)], now)
    return len(ids)


def _cancel_replaced(session: Session, notice_ids: Sequence[int], now: datetime) -> None:
    notice = table_of(Notice)
    values = {"status": NoticeStatus.CANCELLED, "reason": REPLACED, "settled_at": now}
    for part in in_chunks(notice_ids):
        session.execute(update(notice).where(notice.c.id.in_(part)).values(**values))
    write_log(session, [(notice_id, NoticeStatus.CANCELLED, REPLACED) for notice_id in notice_ids], now)


def _doubted(session: Session, notice_ids: Sequence[int]) -> list[int]:
    """Those of these notices of which some attempt may have left."""
    delivery = table_of(Delivery).c
    unknown = select(delivery.notice_id).where(delivery.status == DeliveryStatus.UNKNOWN).distinct()
    mine = among(session, delivery.notice_id, notice_ids)
    return list(session.execute(unknown.where(mine)).scalars())


def _try_addresses_again(session: Session, notice_ids: Sequence[int]) -> None:
    delivery = table_of(Delivery)
    given_up = delivery.c.notice_id.in_(notice_ids) & delivery.c.error.startswith(GIVEN_UP)
    session.execute(update(delivery).where(given_up).values(error=literal("then, ") + delivery.c.error))
