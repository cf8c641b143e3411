"""Whose record it is to sign, to answer, to read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import UNIT_HEADS, Actor
from actions.paperless.rights import may_read_record, may_read_records
from actions.sight import in_their_places
from store.database import table_of
from store.lifts import Lift
from store.records import MaintenanceRecord

ANY_DAY = date.min  # for guards, which know of no day: a grant until whichever
SIGNERS = UNIT_HEADS  # registered to sign for a unit; a contact's word is kept and does not decide (P07)


def is_for_them(session: Session, actor: Actor, record_id: Any) -> bool:
    """A guard: a record that they may read, or might until the day of a grant, which the verb asks."""
    record = session.get(MaintenanceRecord, record_id)
    return record is not None and may_read_record(session, actor, record, ANY_DAY)


def has_records_for_them(session: Session, actor: Actor, lift_id: Any) -> bool:
    """A guard: a lift of theirs, or one of whose records they may read some; the verb gives only those."""
    return may_read_records(session, actor, lift_id, ANY_DAY)


def are_of_own_unit(session: Session, actor: Actor, record_ids: Any) -> bool:
    """A guard: one record or several that were put before the own unit."""
    ids = {record_ids} if isinstance(record_ids, int) else set(record_ids)
    found = session.exec(select(MaintenanceRecord).where(col(MaintenanceRecord.id).in_(ids))).all()
    return len(found) == len(ids) > 0 and _is_units(session, actor, found)


def is_own_work(session: Session, actor: Actor, record_id: Any) -> bool:
    """A guard: a record that the own company made."""
    record = session.get(MaintenanceRecord, record_id)
    return record is not None and record.maintainer_id == actor.party_id


def _is_units(session: Session, actor: Actor, records: Sequence[MaintenanceRecord]) -> bool:
    """A lift that went to another unit leaves its records with the former one."""
    lifts, lift = {record.lift_id for record in records}, table_of(Lift).c
    theirs = select(lift.id).where(lift.id.in_(lifts), in_their_places(actor))
    return all(one.unit_id == actor.party_id for one in records) and set(session.execute(theirs).scalars()) == lifts
