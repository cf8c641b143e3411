"""That a unit has answered closes what it owed: a fact of the lift, from which its duties follow."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session

from schedules.duties import rebuild
from schedules.happenings import RecordCompleted
from schedules.moments import day_of
from schedules.records import recent_since, record_key
from store.database import insert_new, table_of
from store.duties import Duty
from store.events import Event, EventKind
from store.notices import RECORD_SIGNATURE
from store.records import MaintenanceRecord


def keep_answered(
    session: Session, records: Sequence[MaintenanceRecord], at: datetime, today: date, now: datetime
) -> None:
    """Close the signature that is owed for these records; nothing where it was closed before."""
    by_city: dict[str, set[int]] = defaultdict(set)
    for record in records:
        fact = RecordCompleted(
            kind="record_completed",
            at=record.completed_at,
            seq=record.seq,
            uploaded_at=record.uploaded_at,
            consent=record.consent_id is not None,
            platform=record.platform,
            answered_at=max(at, record.uploaded_at),
        )
        row = {
            "kind": EventKind.RECORD_COMPLETED,
            "lift_id": record.lift_id,
            "party_id": record.unit_id,
            "on_date": day_of(record.completed_at),
            "known_on": today,
            "recorded_at": now,
            "payload": fact.model_dump(mode="json", exclude={"kind"}),
            "source": "action",
            "idempotency_key": f"{record.key}:answered",
        }
        insert_new(session, Event, row)
        if day_of(record.uploaded_at) < recent_since(today):
            _close(session, record, fact, at)
        by_city[record.city_id].add(record.lift_id)
    for city_id, lift_ids in by_city.items():
        rebuild(session, city_id=city_id, today=today, now=now, lift_ids=sorted(lift_ids))


def _close(session: Session, record: MaintenanceRecord, fact: RecordCompleted, at: datetime) -> None:
    """What is too long ago for a rebuild."""
    duty = table_of(Duty)
    theirs = (duty.c.lift_id == record.lift_id, duty.c.kind == RECORD_SIGNATURE, duty.c.cycle == record_key(fact))
    session.execute(update(duty).where(*theirs).values(closed_on=day_of(at), next_step=None, next_on=None))
