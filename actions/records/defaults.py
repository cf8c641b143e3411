"""What becomes of records at the end of their day: silence signs where the unit has agreed to it, and nothing else.

Silence counts only up to the deadline, and only of who was asked: a record is signed by default when it came through
the city platform's own flow, with a consent that held when it was put before the unit and still at the deadline, when
that message had left before the deadline, and when nobody of the unit has objected. Whatever the unit has said before
this pass runs stands; what it said in time, and what reaches us later, still does (actions.records.answering).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.records.answering import OBJECTS, notes_after
from actions.records.answers import keep_answered
from actions.records.content import written
from actions.records.pushing import DEFAULTED, UNSIGNED, asked_between, silence_of, take_out, tell_morning
from schedules.dates import ONE_DAY
from schedules.moments import day_of, midnight_after
from schedules.regimes import numbers_of
from store.appending import NewEntry, append
from store.consents import SigningConsent
from store.lifts import City
from store.locks import lock_lifts
from store.notices import RECORD_SIGNATURE, Delivery, DeliveryStatus, Notice
from store.records import EntryKind, MaintenanceRecord, PlatformRole, RecordState

CALLS = ("voice", "call_task")  # that somebody is to be called asks for nothing yet
LEFT = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


def end_days(session: Session, *, today: date, now: datetime) -> int:
    """Sign by default what silence signs, and tell units and maintainers in the morning; how many were signed."""
    outages = {city_id: _longest_outage(session, city_id) for city_id in session.exec(select(City.id))}
    due = [record for city_id, outage in outages.items() for record in _due(session, city_id, now - outage, now)]
    signed = [record for chosen in _by_unit(due).values() for record in _sign(session, chosen, today, now)]
    for records in _by_unit(signed).values():
        for of_day in _by_deadline(records).values():
            tell_morning(session, records[0].unit_id or 0, DEFAULTED, of_day, now)
    for city_id, outage in outages.items():
        _tell_unsigned(session, city_id, outage, today, now)
    return len(signed)


def _longest_outage(session: Session, city_id: str) -> timedelta:
    """A deadline that passed longer ago is left alone: the record waits for the unit."""
    return timedelta(days=numbers_of(session, city_id).silence_outage_days)


def _due(session: Session, city_id: str, since: datetime, now: datetime) -> list[MaintenanceRecord]:
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.city_id == city_id, MaintenanceRecord.state == RecordState.PENDING,
        MaintenanceRecord.platform == PlatformRole.CITY,
        MaintenanceRecord.sign_by <= now, MaintenanceRecord.sign_by > since,
        col(MaintenanceRecord.consent_id).is_not(None),
    )  # fmt: skip
    return list(session.exec(query.order_by(col(MaintenanceRecord.lift_id), col(MaintenanceRecord.seq))))


def _sign(
    session: Session, records: Sequence[MaintenanceRecord], today: date, now: datetime
) -> list[MaintenanceRecord]:
    """Those of one unit that silence signs."""
    chosen = [one for one in records if _consent_held(session, one) is not None]
    asked = _asked_in_time(session, chosen)
    chosen = [one for one in chosen if one.id in asked]
    lock_lifts(session, {one.lift_id for one in chosen})
    for one in chosen:
        session.refresh(one)
    chosen = [one for one in chosen if one.state == RecordState.PENDING and not _objected(session, one)]
    if not chosen:
        return []
    append(session, [_entry(session, one, now) for one in chosen], today)
    for one in chosen:
        one.state, one.decided_at, one.decided_by = RecordState.SIGNED_BY_DEFAULT, one.sign_by, None
    session.add_all(chosen)
    session.flush()
    take_out(session, chosen, now)
    keep_answered(session, chosen, max(one.sign_by for one in chosen), today, now)
    return chosen


def _consent_held(session: Session, record: MaintenanceRecord) -> SigningConsent | None:
    """The consent by which silence counts: the same one, from the upload to the deadline."""
    consent = session.get(SigningConsent, record.consent_id, populate_existing=True)
    if consent is None or consent.party_id != record.unit_id or consent.given_at > record.uploaded_at:
        return None
    ended = consent.withdrawn_at
    return consent if ended is None or ended > record.sign_by else None


def _asked_in_time(session: Session, records: Sequence[MaintenanceRecord]) -> set[int]:
    """Those that the unit was asked to sign before their deadline: what quiet hours or an outage held back does not
    count."""
    if not records:
        return set()
    since = min(day_of(one.uploaded_at) for one in records)
    until = max(day_of(one.sign_by) for one in records)
    notices = asked_between(session, records[0].unit_id or 0, since, until)
    first = _first_left(session, notices)
    left: dict[int, datetime] = {}
    for one in notices:
        for record_id in silence_of(one) if one.id in first else ():
            left[record_id] = min(first[one.id], left.get(record_id, first[one.id]))
    return {one.id for one in records if one.id in left and left[one.id] < one.sign_by}


def _first_left(session: Session, notices: Sequence[Notice]) -> dict[int, datetime]:
    ids = [one.id for one in notices]
    query = select(Delivery.notice_id, func.min(Delivery.sent_at)).where(
        col(Delivery.notice_id).in_(ids), col(Delivery.status).in_(LEFT), col(Delivery.sent_at).is_not(None),
        col(Delivery.channel).not_in(CALLS),
    )  # fmt: skip
    return {notice_id: at for notice_id, at in session.exec(query.group_by(col(Delivery.notice_id))) if at is not None}


def _objected(session: Session, record: MaintenanceRecord) -> bool:
    """Whether a contact who does not sign has objected: nobody is silent then (P07)."""
    return any(said.get("what") == OBJECTS for _, said in notes_after(session, record))


def _entry(session: Session, record: MaintenanceRecord, now: datetime) -> NewEntry:
    consent = session.get_one(SigningConsent, record.consent_id)
    said = {
        "record": record.seq,
        "at": written(record.sign_by),
        "made_at": written(now),
        "consent": {"version": consent.version, "given_at": written(consent.given_at)},
    }
    return NewEntry(record.lift_id, EntryKind.DEFAULTED, said)


def _tell_unsigned(session: Session, city_id: str, outage: timedelta, today: date, now: datetime) -> None:
    """Each maintainer hears once a morning which records of the days before wait for a signature (P03)."""
    midnight = midnight_after(today - ONE_DAY)
    waits = (
        MaintenanceRecord.city_id == city_id,
        MaintenanceRecord.state == RecordState.PENDING,
        MaintenanceRecord.sign_by <= midnight,
        MaintenanceRecord.sign_by > midnight - outage,
    )
    latest = select(MaintenanceRecord.maintainer_id, func.max(MaintenanceRecord.sign_by)).where(*waits)
    told = _last_told(session, day_of(midnight - outage))
    for maintainer_id, last in session.exec(latest.group_by(col(MaintenanceRecord.maintainer_id))).all():
        before = told.get(maintainer_id, date.min)
        if day_of(last) <= before:
            continue
        theirs = select(MaintenanceRecord).where(*waits, MaintenanceRecord.maintainer_id == maintainer_id)
        records = session.exec(theirs.order_by(col(MaintenanceRecord.sign_by).desc(), col(MaintenanceRecord.id)))
        fresh = [one for one in records if day_of(one.sign_by) > before]
        for has_unit in (True, False):  # without a unit on file there is nobody to ask
            some = [one for one in fresh if (one.unit_id is not None) == has_unit]
            if some:
                tell_morning(session, maintainer_id, UNSIGNED, some, now)


def _last_told(session: Session, since: date) -> dict[int, date]:
    """On which day each maintainer was last told."""
    query = select(Notice.party_id, func.max(Notice.planned_on)).where(
        Notice.planned_on >= since, Notice.duty == RECORD_SIGNATURE, Notice.template == UNSIGNED
    )
    return dict(session.exec(query.group_by(col(Notice.party_id))).all())


def _by_unit(records: Iterable[MaintenanceRecord]) -> dict[int, list[MaintenanceRecord]]:
    found: dict[int, list[MaintenanceRecord]] = defaultdict(list)
    for record in records:
        if record.unit_id is not None:
            found[record.unit_id].append(record)
    return found


def _by_deadline(records: Iterable[MaintenanceRecord]) -> dict[datetime, list[MaintenanceRecord]]:
    found: dict[datetime, list[MaintenanceRecord]] = defaultdict(list)
    for record in records:
        found[record.sign_by].append(record)
    return found
