"""Whose record it is: that of the unit and the maintainer of its day, and of the offices of its lift."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, UNIT, UNIT_HEADS, Actor
from actions.sight import among_lifts_of, in_their_places
from store.database import table_of
from store.lifts import Lift
from store.records import MaintenanceRecord

SIGNERS = UNIT_HEADS  # registered to sign for a unit; a contact's word is kept and does not decide (P07)


def is_their_record(session: Session, actor: Actor, record_id: Any) -> bool:
    """A guard: a record that they may read, of a lift that is theirs now or was when it was made."""
    record = session.get(MaintenanceRecord, record_id)
    if record is None or record.city_id != actor.city_id:
        return False
    if among_lifts_of(session, actor, [record.lift_id]):
        return True
    if actor.role in UNIT:
        return _is_units(session, actor, [record])
    return actor.role in MAINTAINER and record.maintainer_id == actor.party_id


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
