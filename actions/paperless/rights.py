"""Who may read records of maintenance (003 四(四)): their unit and contractor, the offices of the lift, and those whom
unit and contractor have both authorized."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlmodel import Session, and_, col, or_, select

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Actor
from actions.sight import among_lifts_of, in_their_places
from store.database import table_of
from store.lifts import Lift
from store.records import MaintenanceRecord
from store.supervision import RecordGrant

OFFICES = DEPARTMENT | REGULATORS


def readable(session: Session, actor: Actor, lift_id: int, on: date | None = None) -> ColumnElement[bool]:
    """The condition, of a record of this lift, that this person may read it; `on`: the day for grants (else none).

    A lift comes to its new unit with its history. To its new contractor it does not: the one before is its competitor,
    and its records name that one's people; so it reads them by grant, as everybody else does.
    """
    if actor.role in OFFICES | UNIT and among_lifts_of(session, actor, [lift_id]):
        return true()
    if actor.role in OFFICES:
        return false()
    ways: list[ColumnElement[bool]] = [by_grant(actor.party_id, on)]
    if actor.role in MAINTAINER:
        ways.append(col(MaintenanceRecord.maintainer_id) == actor.party_id)
    if actor.role in UNIT:
        lift = table_of(Lift).c
        here = select(lift.id).where(lift.id == MaintenanceRecord.lift_id, in_their_places(actor))
        ways.append(and_(col(MaintenanceRecord.unit_id) == actor.party_id, here.exists()))
    return or_(*ways)


def by_grant(party_id: int, on: date | None) -> ColumnElement[bool]:
    """The condition, of a record, that both sides have authorized this organisation to read it, until that day."""
    same = select(RecordGrant.id).where(
        *_good(party_id, on),
        RecordGrant.unit_id == MaintenanceRecord.unit_id,
        RecordGrant.maintainer_id == MaintenanceRecord.maintainer_id,
        or_(col(RecordGrant.lift_id).is_(None), RecordGrant.lift_id == MaintenanceRecord.lift_id),
    )
    return same.exists()


def may_read_records(session: Session, actor: Actor, lift_id: int, on: date | None = None) -> bool:
    """Whether a lift is theirs, or there are records of it that they may read (`readable` says which)."""
    if actor.role in OFFICES | UNIT | MAINTAINER and among_lifts_of(session, actor, [lift_id]):
        return True
    theirs = readable(session, actor, lift_id, on)
    query = select(MaintenanceRecord.id).where(MaintenanceRecord.lift_id == lift_id, theirs)
    return session.exec(query.limit(1)).first() is not None


def may_read_record(session: Session, actor: Actor, record: MaintenanceRecord, on: date | None = None) -> bool:
    """The same of one record: also the unit and the contractor of that time, which answer for it."""
    theirs = readable(session, actor, record.lift_id, on)
    query = select(MaintenanceRecord.id).where(MaintenanceRecord.id == record.id, theirs)
    return session.exec(query).first() is not None


def party_may_read(session: Session, party_id: int, lift_id: int, on: date) -> bool:
    """Whether an organisation, such as a platform or an insurer, may read records of this lift by a grant."""
    query = select(MaintenanceRecord.id).where(MaintenanceRecord.lift_id == lift_id, by_grant(party_id, on))
    return session.exec(query.limit(1)).first() is not None


def _good(party_id: int, on: date | None) -> list[ColumnElement[bool]]:
    """The conditions, of a grant to this party, that both have agreed, neither has withdrawn, and it still runs."""
    return [
        col(RecordGrant.to_id) == party_id,
        col(RecordGrant.until_on) >= on if on is not None else false(),
        col(RecordGrant.unit_at).is_not(None),
        col(RecordGrant.maintainer_at).is_not(None),
        col(RecordGrant.withdrawn_at).is_(None),
    ]


def side_of(actor: Actor) -> str:
    """Which side of a grant this person speaks for: unit or maintainer."""
    return "unit" if actor.role in UNIT else "maintainer"


def their_grant(session: Session, actor: Actor, grant_id: Any) -> bool:
    """A guard: one of their own unit or contractor."""
    grant = session.get(RecordGrant, grant_id)
    if grant is None:
        return False
    return actor.party_id == (grant.unit_id if side_of(actor) == "unit" else grant.maintainer_id)
