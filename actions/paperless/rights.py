"""Who may read records of maintenance (003 四(四)): their unit and contractor, the offices of the lift, and those whom
unit and contractor have both authorized."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from actions.actors import DEPARTMENT, MAINTAINER, REGULATORS, UNIT, Actor
from actions.sight import among_lifts_of
from store.lifts import LiftRole, Responsibility
from store.records import MaintenanceRecord
from store.supervision import RecordGrant

OFFICES = DEPARTMENT | REGULATORS


def may_read_records(session: Session, actor: Actor, lift_id: int, on: date | None = None) -> bool:
    """Whether this person may read the records of the lift; `on` is the day for grants (without it: none counts).

    A former unit or contractor reads its own records only, which `may_read_record` says of each.
    """
    if actor.role in OFFICES | UNIT | MAINTAINER and among_lifts_of(session, actor, [lift_id]):
        return True
    return on is not None and party_may_read(session, actor.party_id, lift_id, on)


def may_read_record(session: Session, actor: Actor, record: MaintenanceRecord, on: date) -> bool:
    """The same of one record: also the unit and the contractor of that time, which answer for it."""
    theirs = {record.unit_id, record.maintainer_id}
    if actor.role in UNIT | MAINTAINER and actor.party_id in theirs:
        return True
    if actor.role in OFFICES:
        return among_lifts_of(session, actor, [record.lift_id])
    if actor.role in UNIT and among_lifts_of(session, actor, [record.lift_id]):
        return True  # a lift comes to its new unit with its history
    return granted(session, actor.party_id, record.lift_id, record.unit_id, record.maintainer_id, on)


def party_may_read(session: Session, party_id: int, lift_id: int, on: date) -> bool:
    """Whether an organisation, such as a platform or an insurer, may read this lift's present records by a grant."""
    now = dict(
        session.exec(
            select(Responsibility.role, Responsibility.party_id).where(
                Responsibility.lift_id == lift_id, col(Responsibility.to_on).is_(None)
            )
        ).all()
    )
    return granted(session, party_id, lift_id, now.get(LiftRole.USE_UNIT), now.get(LiftRole.MAINTAINER), on)


def granted(
    session: Session, party_id: int, lift_id: int, unit_id: int | None, maintainer_id: int | None, on: date
) -> bool:
    """Whether both have agreed to it, for that day, and neither has withdrawn."""
    if unit_id is None or maintainer_id is None:
        return False
    query = select(RecordGrant.id).where(
        RecordGrant.to_id == party_id,
        RecordGrant.unit_id == unit_id,
        RecordGrant.maintainer_id == maintainer_id,
        col(RecordGrant.until_on) >= on,
        col(RecordGrant.unit_at).is_not(None),
        col(RecordGrant.maintainer_at).is_not(None),
        col(RecordGrant.withdrawn_at).is_(None),
        or_(col(RecordGrant.lift_id).is_(None), RecordGrant.lift_id == lift_id),
    )
    return session.exec(query).first() is not None


def side_of(actor: Actor) -> str:
    """Which side of a grant this person speaks for: unit or maintainer."""
    return "unit" if actor.role in UNIT else "maintainer"


def their_grant(session: Session, actor: Actor, grant_id: Any) -> bool:
    """A guard: one of their own unit or contractor."""
    grant = session.get(RecordGrant, grant_id)
    if grant is None:
        return False
    return actor.party_id == (grant.unit_id if side_of(actor) == "unit" else grant.maintainer_id)
