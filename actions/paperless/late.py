"""Whose uploads came late, by worker: names of records, so that each look is logged with who looked and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked, Role
from actions.paperless.figures import month_of
from actions.paperless.reads import log_read, why_of
from actions.registry import verb
from actions.sight import lifts_of
from schedules.moments import midnight_after
from store.parties import Party
from store.records import MaintenanceRecord, RecordPersonal
from store.supervision import ReadWhat

SHOWN = 40


@dataclass(frozen=True)
class LateWorker:
    """A worker with so many records that were uploaded after their day."""

    name: str
    contractor: str
    late: int


@verb(REGULATORS | {Role.MAINTAINER_ADMIN})
def late_workers(session: Session, asked: Asked, *, month: date | None = None) -> Sequence[LateWorker]:
    """Who of one's own people, or in one's own districts, was late in a month; that somebody looks is logged."""
    actor, (first, after) = asked.actor, month_of(month or asked.today)
    begin, end = (midnight_after(day - timedelta(days=1)) for day in (first, after))
    query = (
        select(RecordPersonal.value, MaintenanceRecord.maintainer_id)
        .join(MaintenanceRecord, col(MaintenanceRecord.entry_id) == RecordPersonal.entry_id)
        .where(MaintenanceRecord.city_id == actor.city_id, col(MaintenanceRecord.late_upload))
        .where(col(MaintenanceRecord.completed_at) >= begin, col(MaintenanceRecord.completed_at) < end)
        .where(col(RecordPersonal.field).like("worker%.name"), col(RecordPersonal.value).is_not(None))
    )
    is_own = actor.role is Role.MAINTAINER_ADMIN
    if is_own:
        query = query.where(MaintenanceRecord.maintainer_id == actor.party_id)
    else:
        query = query.where(col(MaintenanceRecord.lift_id).in_(lifts_of(actor)))
    counted = Counter(session.exec(query).all())
    ids = {party_id for _, party_id in counted}
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(ids))).all())
    for owner_id in sorted(ids):
        log_read(
            session, party_id=actor.party_id, contact_id=actor.contact_id, what=[ReadWhat.NAMES], why=why_of(actor),
            at=asked.now, owner_id=owner_id,
        )  # fmt: skip
    found = [LateWorker(name or "", names[party_id], count) for (name, party_id), count in counted.items()]
    return sorted(found, key=lambda one: (-one.late, one.contractor, one.name))[:SHOWN]
