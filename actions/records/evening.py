"""Who hears of records by telephone only, or opens no chat, is told of them once, in the evening.

A message at each upload goes to chats. By telephone a unit gets one a day about all that waits then: ten SMS a day
would be read by nobody. Only the first fault of a day goes there at once (actions.records.pushing).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, cast
from sqlmodel import Session, col, or_, select

from actions.records.pushing import ASKING, EVENING, SILENCE, matter_of, notice_of, records_of
from notifier.outbox import cancel
from schedules.regimes import numbers_of
from store.doors import WEBCHAT, WebAccount
from store.ledger import lock_notices
from store.lifts import City
from store.notices import FOR_EVENING, RECORD_SIGNATURE, RECORDS, Delivery, DeliveryStatus, Notice, NoticeStatus
from store.records import MaintenanceRecord, RecordState
from store.zone import SHANGHAI

ALWAYS_SMS = "sms_always"  # also to who prefers the chat that is not opened
LONGEST_WAIT = timedelta(days=7)  # what waited longer was told otherwise, or is open in every list
TOGETHER = "told with the others in the evening"


def ask_in_evening(session: Session, *, today: date, now: datetime) -> int:
    """Ask once today each unit that no chat has told; how many."""
    told = 0
    for city_id in session.exec(select(City.id)).all():
        numbers = numbers_of(session, city_id)
        if now.astimezone(SHANGHAI).hour < numbers.unsigned_hour:
            continue
        held = _held(session, city_id, today)
        unopened = _unopened(session, city_id, today, now - timedelta(hours=numbers.unopened_hours))
        done = _told_today(session, city_id, today)
        for party_id in sorted({*held, *unopened} - done):
            told += _ask(session, party_id, held.get(party_id, []), unopened.get(party_id, []), now)
    return told


def _held(session: Session, city_id: str, today: date) -> dict[int, list[Notice]]:
    """By party what waits because it could only go by telephone, and what an earlier evening could not send."""
    waits = (col(Notice.status) == NoticeStatus.PLANNED) & (col(Notice.planned_on) >= today - LONGEST_WAIT)
    left = select(Delivery.id).where(Delivery.notice_id == Notice.id, Delivery.status != DeliveryStatus.FAILED)
    asks = col(Notice.template).in_(ASKING) & (col(Notice.reason) == FOR_EVENING)
    earlier = (col(Notice.template) == EVENING) & (col(Notice.planned_on) < today) & ~left.exists()
    return _by_party(session, city_id, waits & or_(asks, earlier))


def _unopened(session: Session, city_id: str, today: date, since: datetime) -> dict[int, list[Notice]]:
    """By party the lines of today that nobody who has ever signed in to the web chat has had on a screen."""
    signed_in = select(cast(WebAccount.id, String))
    line = select(Delivery.id).where(
        Delivery.notice_id == Notice.id, Delivery.channel == WEBCHAT, Delivery.status == DeliveryStatus.SENT,
        Delivery.attempted_at < since, col(Delivery.address).in_(signed_in),
    )  # fmt: skip
    asked = (col(Notice.planned_on) == today) & col(Notice.template).in_(ASKING)
    return _by_party(session, city_id, asked & (col(Notice.status) == NoticeStatus.SENT) & line.exists())


def _by_party(session: Session, city_id: str, these: ColumnElement[bool]) -> dict[int, list[Notice]]:
    query = select(Notice).where(Notice.city_id == city_id, Notice.duty == RECORD_SIGNATURE, these)
    found: dict[int, list[Notice]] = defaultdict(list)
    for notice in session.exec(query.order_by(col(Notice.id))):
        found[notice.party_id].append(notice)
    return found


def _told_today(session: Session, city_id: str, today: date) -> set[int]:
    query = select(Notice.party_id).where(
        Notice.city_id == city_id, Notice.planned_on == today, Notice.template == EVENING,
        Notice.status != NoticeStatus.CANCELLED,
    )  # fmt: skip
    return set(session.exec(query))


def _ask(session: Session, party_id: int, held: Sequence[Notice], unopened: Sequence[Notice], now: datetime) -> bool:
    """One message about all that waits for its unit tonight, in place of those that were held."""
    free = lock_notices(session, [one.id for one in held], (NoticeStatus.PLANNED,))
    taken = [one for one in held if one.id in free]
    spoken_of = {record_id for one in taken for record_id in records_of(one)}
    tonight = col(MaintenanceRecord.sign_by) > now
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.unit_id == party_id, MaintenanceRecord.state == RecordState.PENDING,
        or_(col(MaintenanceRecord.id).in_(spoken_of), tonight),
    )  # fmt: skip
    records = session.exec(query.order_by(col(MaintenanceRecord.sign_by).desc(), col(MaintenanceRecord.id))).all()
    cancel(session, sorted(free), reason=TOGETHER, now=now)
    if not {one.id for one in records} & {record_id for one in (*taken, *unopened) for record_id in records_of(one)}:
        return False  # answered meanwhile
    notice = notice_of(session, party_id, EVENING, records, now)
    notice.channel_class = ALWAYS_SMS
    counts = {one.id for one in records if one.consent_id is not None and one.sign_by > now}
    matter = matter_of(notice)
    each = [one | {SILENCE: one["record"] in counts} for one in matter["each"]]
    notice.facts = (notice.facts or {}) | {RECORDS: matter | {"each": each}}
    session.add(notice)
    session.flush()
    return True
