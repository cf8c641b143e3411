"""The log of who read personal data of records: names, telephones, certificates (003 四(四))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import REGULATORS, UNIT, UNIT_HEADS, Actor, Asked, Role
from actions.lifts.explain import place_of
from actions.paperless.rights import OFFICES
from actions.registry import their_lifts, verb
from actions.sight import among_lifts_of, lifts_of
from store.lifts import Lift
from store.parties import Contact, Party
from store.records import MaintenanceRecord
from store.supervision import ReadWhat, RecordRead

NEWEST = 40
ONE_LOOK = timedelta(minutes=1)  # a window that is drawn again within it is not read again
BY_LAW, OWN, BY_GRANT = "by law", "own", "by authorization"
READERS = UNIT_HEADS | REGULATORS | {Role.MAINTAINER_ADMIN}


@dataclass(frozen=True)
class ReadLine:
    """Who read what of which lift's records; `lift` is empty where it was a list."""

    at: datetime
    by: str
    party: str
    lift: str
    what: str
    why: str


def why_of(actor: Actor) -> str:
    """On what ground somebody reads of a lift that they see by their role."""
    return BY_LAW if actor.role in OFFICES else OWN


def log_read(
    session: Session,
    *,
    party_id: int,
    what: Sequence[ReadWhat],
    why: str,
    at: datetime,
    contact_id: int | None = None,
    owner_id: int | None = None,
    lift_id: int | None = None,
    seq: int | None = None,
) -> None:
    """Note that somebody reads personal data now: one line for each kind. Without a contact: an organisation's key.

    `owner_id`: the contractor whose people they are.
    """
    for one in what:
        session.add(
            RecordRead(
                at=at,
                contact_id=contact_id,
                party_id=party_id,
                owner_id=owner_id,
                lift_id=lift_id,
                seq=seq,
                what=one,
                why=why,
            )
        )
    session.flush()


def log_record(
    session: Session, actor: Actor, record: MaintenanceRecord, what: Sequence[ReadWhat], at: datetime
) -> None:
    """Note that a person reads personal data of a record, and on what ground.

    Of one's own people nothing is noted, nor again within a minute.
    """
    if actor.party_id == record.maintainer_id:
        return
    just_now = select(RecordRead.what).where(
        RecordRead.lift_id == record.lift_id, RecordRead.seq == record.seq,
        RecordRead.contact_id == actor.contact_id, col(RecordRead.at) > at - ONE_LOOK,
    )  # fmt: skip
    known = set(session.exec(just_now).all())
    is_sides = actor.role in UNIT and among_lifts_of(session, actor, [record.lift_id])
    why = why_of(actor) if is_sides or actor.party_id == record.unit_id or actor.role in OFFICES else BY_GRANT
    log_read(
        session,
        party_id=actor.party_id,
        contact_id=actor.contact_id,
        what=[one for one in what if one not in known],
        why=why,
        at=at,
        owner_id=record.maintainer_id,
        lift_id=record.lift_id,
        seq=record.seq,
    )


@verb(READERS, reads=True, lift_id=their_lifts)
def reads_listed(session: Session, asked: Asked, *, lift_id: int | None = None) -> list[ReadLine]:
    """Who read of one's own lifts and people, newest first."""
    actor = asked.actor
    theirs = col(RecordRead.lift_id).in_(lifts_of(actor))
    query = select(RecordRead).where((RecordRead.lift_id == lift_id) if lift_id is not None else theirs)
    if lift_id is None and actor.role is Role.MAINTAINER_ADMIN:
        query = select(RecordRead).where(theirs | (col(RecordRead.owner_id) == actor.party_id))
    return lines_of_reads(session, query)


def lines_of_reads(session: Session, query: Any, limit: int = NEWEST) -> list[ReadLine]:
    """The lines of a query, newest first; also for the command line."""
    found: Sequence[RecordRead] = session.exec(query.order_by(col(RecordRead.id).desc()).limit(limit)).all()
    people = dict(_names(session, Contact, {one.contact_id for one in found}))
    parties = dict(_names(session, Party, {one.party_id for one in found}))
    wanted = {one.lift_id for one in found if one.lift_id is not None}
    lifts = {lift.id: place_of(lift) for lift in session.exec(select(Lift).where(col(Lift.id).in_(wanted)))}
    return [
        ReadLine(
            one.at,
            people.get(one.contact_id or 0, ""),
            parties.get(one.party_id, ""),
            lifts.get(one.lift_id or 0, ""),
            one.what,
            one.why,
        )
        for one in found
    ]


def _names(session: Session, model: type[Contact] | type[Party], ids: set[int | None]) -> Sequence[tuple[int, str]]:
    return session.exec(select(model.id, model.name).where(col(model.id).in_(ids - {None}))).all()
