"""Uploading a record: it is kept for ever, the lift's dates follow from it, and the unit is asked to sign.

A record that comes through the city platform's own flow (二(二)1) may be signed by silence where the unit has agreed;
one that another platform uploads (二(二)2) never is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from actions.alerts.of_items import Named, follow_faults
from actions.people.consents import consent_in_force
from actions.records.content import RecordContent, written
from actions.records.pushing import tell_units
from actions.refusals import Refused
from schedules.duties import rebuild
from schedules.happenings import RecordCompleted
from schedules.moments import day_of, midnight_after
from schedules.records import record_flags, sign_day
from schedules.regimes import numbers_of
from store.appending import NewEntry, append
from store.database import in_chunks, table_of
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


@dataclass(frozen=True)
class Upload:
    """One record that comes. `photos`: ids of stored files, with their sha256 (hex). `said_at`: when it was sent to us,
    where an outage of ours kept it waiting: it is not late by that. `by`: who signed it, where it was written here.
    """

    lift_id: int
    content: RecordContent
    origin: Origin
    photos: Sequence[tuple[int, str]] = ()
    said_at: datetime | None = None
    by: int | None = None


def upload_record(
    session: Session,
    lift_id: int,
    content: RecordContent,
    origin: Origin,
    *,
    now: datetime,
    today: date,
    photos: Sequence[tuple[int, str]] = (),
    said_at: datetime | None = None,
    by: int | None = None,
) -> MaintenanceRecord:
    """Keep one record; see `upload_records`. Raises Refused."""
    [kept] = upload_records(session, [Upload(lift_id, content, origin, photos, said_at, by)], now=now, today=today)
    if isinstance(kept, Refused):
        raise kept
    return kept


def upload_records(
    session: Session, uploads: Sequence[Upload], *, now: datetime, today: date
) -> list[MaintenanceRecord | Refused]:
    """Keep records, and let follow what does: the dates of their lifts, and that their units are asked.

    One answer for each, in their order: the record (the same again where its key came before), or why it is refused: it
    is of another maintainer's lift, or of later than now. The caller has asked whether the maintainer's people may.
    Many at once cost far less than one by one.
    """
    lift_ids = sorted({one.lift_id for one in uploads})
    lock_lifts(session, lift_ids)
    desk = _Desk(session, lift_ids, now, today)
    kept = _by_key(session, [one.origin.key for one in uploads])
    drafts: dict[str, _Draft] = {}
    refused: dict[str, Refused] = {}
    for one in uploads:
        key = one.origin.key
        if key in kept or key in drafts:
            continue
        try:
            drafts[key] = desk.draft(one)
        except Refused as why:
            refused[key] = why
    if drafts:
        kept |= _keep(session, list(drafts.values()), now=now, today=today)
        _follow(session, [kept[key] for key in drafts], now=now, today=today)
        named = [Named(kept[key], draft.upload.content, draft.upload.by) for key, draft in drafts.items()]
        follow_faults(session, named, now=now, today=today)
    return [kept.get(one.origin.key) or refused[one.origin.key] for one in uploads]


@dataclass(frozen=True)
class _Draft:
    """A record that is to be kept: its entry, the fact that it states, and its row but for the entry."""

    entry: NewEntry
    happened: RecordCompleted
    row: Mapping[str, Any]
    upload: Upload


class _Desk:
    """What is known of the lifts of an upload, read once."""

    def __init__(self, session: Session, lift_ids: Sequence[int], now: datetime, today: date) -> None:
        self._session, self._now, self._today = session, now, today
        self._lifts: dict[int, Lift] = {}
        self._answering: dict[tuple[int, str], list[Responsibility]] = defaultdict(list)
        self._consents: dict[int, int | None] = {}
        self._short: dict[str, timedelta] = {}
        self._parties: dict[int, dict[str, str]] = {}
        for ids in in_chunks(lift_ids):
            self._lifts |= {one.id: one for one in session.exec(select(Lift).where(col(Lift.id).in_(ids)))}
            answering = select(Responsibility).where(col(Responsibility.lift_id).in_(ids))
            for row in session.exec(answering.order_by(col(Responsibility.from_on).desc())):
                self._answering[row.lift_id, row.role].append(row)

    def draft(self, upload: Upload) -> _Draft:
        """What is kept of it. Raises Refused."""
        content, origin = upload.content, upload.origin
        on = day_of(content.completed_at)
        if content.completed_at > self._now + CLOCKS_APART:
            raise Refused("records.not_yet", completed_at=content.completed_at)
        if self._answered(upload.lift_id, LiftRole.MAINTAINER, on) != origin.maintainer_id:
            raise Refused("records.not_their_lift", on=on)
        lift, unit_id = self._lifts[upload.lift_id], self._answered(upload.lift_id, LiftRole.USE_UNIT, on)
        consent_id = self._consent(unit_id) if origin.platform == PlatformRole.CITY else None
        completed_at = min(content.completed_at, self._now)
        happened = RecordCompleted(
            kind="record_completed",
            at=completed_at,
            uploaded_at=self._now,
            consent=consent_id is not None,
            platform=origin.platform.value,
        )
        flags = record_flags(happened, short_notice=self._short_notice(lift.city_id))
        said = content.to_keep() | self._around(lift, origin, unit_id)
        row = {
            "city_id": lift.city_id,
            "lift_id": lift.id,
            "maintainer_id": origin.maintainer_id,
            "unit_id": unit_id,
            "kind": content.kind,
            "platform": origin.platform,
            "source_id": origin.source_id,
            "external_id": origin.external_id,
            "completed_at": completed_at,
            "uploaded_at": self._now,
            "sign_by": midnight_after(sign_day(happened)),
            "consent_id": consent_id,
            "late_upload": "late_upload" in flags and day_of(upload.said_at or self._now) > day_of(completed_at),
            "short_notice": "short_notice" in flags,
            "faults": content.faults,
            "dangerous": content.dangerous,
            "key": origin.key,
        }
        entry = NewEntry(lift.id, EntryKind.RECORD, said, people=content.people(), photos=upload.photos)
        return _Draft(entry, happened, row, upload)

    def _answered(self, lift_id: int, role: LiftRole, on: date) -> int | None:
        """Who answered for the lift on a day; who does since, where nobody is known for it."""
        known = self._answering[lift_id, role]
        then = [one for one in known if one.from_on <= on and (one.to_on is None or one.to_on > on)]
        since = [one for one in known if one.from_on > on]
        return next((one.party_id for one in [*then, *since]), None)

    def _consent(self, unit_id: int | None) -> int | None:
        if unit_id is None:
            return None
        if unit_id not in self._consents:
            given = consent_in_force(self._session, unit_id, self._now)
            self._consents[unit_id] = given.id if given is not None else None
        return self._consents[unit_id]

    def _short_notice(self, city_id: str) -> timedelta:
        if city_id not in self._short:
            self._short[city_id] = timedelta(hours=numbers_of(self._session, city_id).short_notice_hours)
        return self._short[city_id]

    def _around(self, lift: Lift, origin: Origin, unit_id: int | None) -> dict[str, object]:
        """Whose lift it is and whose work, as it was then: names that stay when the register moves on."""
        around: dict[str, object] = {
            "lift": {"city": lift.city_id, "key": lift.key},
            "maintainer": self._party(origin.maintainer_id),
            "platform": origin.platform.value,
            "uploaded_at": written(self._now),
        }
        if unit_id is not None:
            around["unit"] = self._party(unit_id)
        if origin.external_id is not None and origin.source_id is not None:
            around["source"] = {**self._party(origin.source_id), "id": origin.external_id}
        return around

    def _party(self, party_id: int) -> dict[str, str]:
        if party_id not in self._parties:
            party = self._session.get_one(Party, party_id)
            self._parties[party_id] = {"ref": party.ref, "name": party.name}
        return self._parties[party_id]


def _by_key(session: Session, keys: Sequence[str]) -> dict[str, MaintenanceRecord]:
    known: dict[str, MaintenanceRecord] = {}
    for part in in_chunks(keys):
        query = select(MaintenanceRecord).where(col(MaintenanceRecord.key).in_(part))
        known |= {one.key: one for one in session.exec(query)}
    return known


def _keep(session: Session, drafts: Sequence[_Draft], *, now: datetime, today: date) -> dict[str, MaintenanceRecord]:
    """The entries, how each record stands, and the facts from which dates follow."""
    entries = append(session, [one.entry for one in drafts], today)
    records = [
        MaintenanceRecord(entry_id=entry.id, seq=entry.seq, **one.row)
        for entry, one in zip(entries, drafts, strict=True)
    ]
    session.add_all(records)
    events: list[dict[str, Any]] = []
    for record, one in zip(records, drafts, strict=True):
        on = day_of(record.completed_at)
        said = one.happened.model_copy(update={"seq": record.seq}).model_dump(mode="json", exclude={"kind"})
        for kind, payload in ((EventKind.RECORD_COMPLETED, said), (EventKind.ONSITE_VISIT, {"on": on.isoformat()})):
            event: dict[str, Any] = {
                "kind": kind.value,
                "lift_id": record.lift_id,
                "party_id": record.maintainer_id,
                "on_date": on,
            }
            event |= {"known_on": today, "recorded_at": now, "payload": payload, "source": "action"}
            events.append(event | {"idempotency_key": f"{record.key}:{kind.value}"})
    session.flush()
    session.execute(insert(table_of(Event)), events)
    return {record.key: record for record in records}


def _follow(session: Session, records: Sequence[MaintenanceRecord], *, now: datetime, today: date) -> None:
    lifts: dict[str, set[int]] = defaultdict(set)
    for record in records:
        lifts[record.city_id].add(record.lift_id)
    for city_id, lift_ids in lifts.items():
        rebuild(session, city_id=city_id, today=today, now=now, lift_ids=sorted(lift_ids))
    tell_units(session, records)
