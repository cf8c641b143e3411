"""Uploading a record: it is kept for ever, the lift's dates follow from it, and the unit is asked to sign.

A record that comes through the city platform's own flow (二(二)1) may be signed by silence where the unit has agreed;
one that another platform uploads (二(二)2) never is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from actions.people.consents import consent_in_force
from actions.records.content import RecordContent, written
from actions.refusals import Refused
from schedules.duties import rebuild
from schedules.happenings import RecordCompleted
from schedules.moments import day_of, midnight_after
from schedules.records import record_flags, sign_day
from schedules.regimes import rulebook_of
from store.appending import NewEntry, append
from store.events import Event, EventKind
from store.lifts import Lift, LiftRole, Responsibility
from store.locks import lock_lifts
from store.parties import Party
from store.records import EntryKind, MaintenanceRecord, PlatformRole

CLOCKS_APART = timedelta(minutes=5)  # by so much the clock of a telephone or of another platform may be ahead


@dataclass(frozen=True)
class Origin:
    """By whom and how a record comes. `key` is one upload, however often it arrives.

    `source_id`, `external_id`: the organisation whose platform uploads it, and its own name for the record.
    """

    maintainer_id: int
    key: str
    platform: PlatformRole = PlatformRole.CITY
    source_id: int | None = None
    external_id: str | None = None


def upload_record(
    session: Session,
    lift_id: int,
    content: RecordContent,
    origin: Origin,
    *,
    now: datetime,
    today: date,
    photos: Sequence[tuple[int, str]] = (),
) -> MaintenanceRecord:
    """Keep a record of a lift; the same again where its key came before. `photos`: ids of stored files, sha256 (hex).

    The caller has asked whether the maintainer's people may. Refused: of another maintainer's lift, or completed later
    than now.
    """
    lock_lifts(session, [lift_id])
    known = session.exec(select(MaintenanceRecord).where(MaintenanceRecord.key == origin.key)).first()
    if known is not None:
        return known
    lift = session.get_one(Lift, lift_id)
    on = day_of(content.completed_at)
    if content.completed_at > now + CLOCKS_APART:
        raise Refused("records.not_yet", completed_at=content.completed_at)
    if _answered(session, lift_id, LiftRole.MAINTAINER, on) != origin.maintainer_id:
        raise Refused("records.not_their_lift", on=on)
    completed_at = min(content.completed_at, now)
    unit_id = _answered(session, lift_id, LiftRole.USE_UNIT, on)
    consent = None
    if unit_id is not None and origin.platform == PlatformRole.CITY:
        consent = consent_in_force(session, unit_id, now)
    happened = RecordCompleted(
        kind="record_completed",
        at=completed_at,
        uploaded_at=now,
        consent=consent is not None,
        platform=origin.platform.value,
    )
    short = timedelta(hours=rulebook_of(session, lift.city_id, today).numbers.short_notice_hours)
    flags = record_flags(happened, short_notice=short)
    said = content.to_keep() | _around(session, lift, origin, unit_id, now)
    entry = append(session, [NewEntry(lift_id, EntryKind.RECORD, said, people=content.people(), photos=photos)], today)[
        0
    ]
    record = MaintenanceRecord(
        city_id=lift.city_id,
        lift_id=lift_id,
        entry_id=entry.id,
        seq=entry.seq,
        maintainer_id=origin.maintainer_id,
        unit_id=unit_id,
        kind=content.kind,
        platform=origin.platform,
        source_id=origin.source_id,
        external_id=origin.external_id,
        completed_at=completed_at,
        uploaded_at=now,
        sign_by=midnight_after(sign_day(happened)),
        consent_id=consent.id if consent is not None else None,
        late_upload="late_upload" in flags,
        short_notice="short_notice" in flags,
        faults=content.faults,
        dangerous=content.dangerous,
        key=origin.key,
    )
    session.add(record)
    _write_events(session, record, happened, on, today, now)
    rebuild(session, city_id=lift.city_id, today=today, now=now, lift_ids=[lift_id])
    return record


def _answered(session: Session, lift_id: int, role: LiftRole, on: date) -> int | None:
    """Who answered for the lift on a day; who does since, where nobody is known for it."""
    query = select(Responsibility).where(Responsibility.lift_id == lift_id, Responsibility.role == role)
    to_on = col(Responsibility.to_on)
    then = query.where(col(Responsibility.from_on) <= on, or_(to_on.is_(None), to_on > on))
    newest = col(Responsibility.from_on).desc()
    found = session.exec(then.order_by(newest)).first() or session.exec(query.order_by(newest)).first()
    return found.party_id if found is not None else None


def _around(session: Session, lift: Lift, origin: Origin, unit_id: int | None, now: datetime) -> dict[str, object]:
    """Whose lift it is and whose work, as it was then: names of organisations that stay when the register moves on."""
    around: dict[str, object] = {
        "lift": {"city": lift.city_id, "key": lift.key},
        "maintainer": _party(session, origin.maintainer_id),
        "platform": origin.platform.value,
        "uploaded_at": written(now),
    }
    if unit_id is not None:
        around["unit"] = _party(session, unit_id)
    if origin.external_id is not None and origin.source_id is not None:
        around["source"] = {**_party(session, origin.source_id), "id": origin.external_id}
    return around


def _party(session: Session, party_id: int) -> dict[str, str]:
    party = session.get_one(Party, party_id)
    return {"ref": party.ref, "name": party.name}


def _write_events(
    session: Session, record: MaintenanceRecord, happened: RecordCompleted, on: date, today: date, now: datetime
) -> None:
    said = happened.model_dump(mode="json", exclude={"kind"})
    for kind, payload in ((EventKind.RECORD_COMPLETED, said), (EventKind.ONSITE_VISIT, {"on": on.isoformat()})):
        session.add(
            Event(
                kind=kind,
                lift_id=record.lift_id,
                party_id=record.maintainer_id,
                on_date=on,
                known_on=today,
                recorded_at=now,
                payload=payload,
                source="action",
                idempotency_key=f"{record.key}:{kind.value}",
            )
        )
    session.flush()
