"""Paper that need not be kept (003 四(六)): contractor by contractor and lift by lift, once uploads work and the city
has confirmed it. Inspectors and districts then ask for none (五(二), 五(四))."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from actions.actors import DEPARTMENT, EVERYONE, REGULATORS, Actor, Asked, Role
from actions.lifts.explain import place_of
from actions.paperless.notices import TO_MAINTAINER, TO_UNIT, tell
from actions.refusals import Refused
from actions.registry import their_lifts, verb
from schedules.announcements import parties_of
from schedules.moments import day_of
from schedules.records import paper_waived_from
from store.database import table_of
from store.lifts import Lift, LiftRole, LiftStatus, Responsibility
from store.locks import lock_lifts
from store.parties import Party
from store.records import MaintenanceRecord, RecordState
from store.rowsets import among
from store.supervision import Opinion, OpinionKind, OpinionState, PaperWaiver

CITY = frozenset({Role.CITY_REGULATOR})
SUSPENDED = (OpinionState.SENT, OpinionState.ANSWERED, OpinionState.RETURNED)
LONGEST_REASON = 300


@dataclass(frozen=True)
class PaperState:
    """Whether paper records of a lift are to be asked for. `since`: from when not; `why`: waived, not_confirmed,
    suspended, no_maintainer."""

    waived: bool
    since: date | None
    maintainer: str
    why: str


@dataclass(frozen=True)
class ToWaive:
    """The lifts that a confirmation would free of paper; `objected`: those whose only records are under objection."""

    places: Sequence[str]
    objected: Sequence[str]


@dataclass(frozen=True)
class WaiverLine:
    """A contractor's lifts: all, those with effective uploads, and those without paper."""

    party_id: int
    name: str
    lifts: int
    uploaded: int
    waived: int
    suspended: bool


def paper_state(session: Session, lift_id: int, on: date) -> PaperState:
    """How a lift stands on a day: by its present contractor, and not while the city has suspended that one."""
    party_id = parties_of(session, [lift_id], [LiftRole.MAINTAINER]).get((lift_id, LiftRole.MAINTAINER))
    if party_id is None:
        return PaperState(False, None, "", "no_maintainer")
    name = session.get_one(Party, party_id).name
    query = select(PaperWaiver).where(PaperWaiver.lift_id == lift_id, PaperWaiver.party_id == party_id)
    waiver = session.exec(query.where(col(PaperWaiver.revoked_on).is_(None), PaperWaiver.from_on <= on)).first()
    if waiver is None:
        return PaperState(False, None, name, "not_confirmed")
    if is_suspended(session, party_id):
        return PaperState(False, None, name, "suspended")
    return PaperState(True, waiver.from_on, name, "waived")


def is_suspended(session: Session, party_id: int) -> bool:
    """Whether the city has told this contractor to stop (五(一)), and has not closed that."""
    query = select(Opinion.id).where(
        Opinion.party_id == party_id, Opinion.kind == OpinionKind.SUSPENSION, col(Opinion.state).in_(SUSPENDED)
    )
    return session.exec(query).first() is not None


@verb(EVERYONE, reads=True, lift_id=their_lifts)
def paper_of_lift(session: Session, asked: Asked, *, lift_id: int) -> PaperState:
    """Whether paper records of this lift are to be asked for today."""
    return paper_state(session, lift_id, asked.today)


def in_their_city(session: Session, actor: Actor, party_id: Any) -> bool:
    """A guard: a contractor of one's own city."""
    party = session.get(Party, party_id)
    return party is not None and party.city_id == actor.city_id


@verb(CITY, party_id=in_their_city)
def confirm_paperless(session: Session, asked: Asked, *, party_id: int, lift_ids: Sequence[int] | None = None) -> int:
    """The city confirms: the contractor's lifts (all, or these) whose records come in need no paper from today.

    Returns how many. Left out are lifts of which nothing was uploaded in time yet, or only what the unit objects to,
    and those that are confirmed.
    """
    wanted = _lifts_of(session, party_id, lift_ids)
    lock_lifts(session, wanted)
    if is_suspended(session, party_id):
        raise Refused("paperless.suspended")
    uploaded = first_uploads(session, party_id, wanted)
    fresh = sorted(set(uploaded) - _waived(session, party_id))
    if not uploaded:
        raise Refused("paperless.nothing_uploaded")
    for lift_id in fresh:
        begins = paper_waived_from(uploaded[lift_id], asked.today)
        assert begins is not None  # both days are known
        session.add(
            PaperWaiver(
                lift_id=lift_id,
                party_id=party_id,
                uploaded_on=uploaded[lift_id],
                confirmed_on=asked.today,
                from_on=begins,
                confirmed_by=asked.actor.contact_id,
            )
        )
    session.flush()
    _tell(session, asked, party_id, fresh, "confirmed", "")
    return len(fresh)


@verb(CITY, reads=True, party_id=in_their_city)
def lifts_to_waive(session: Session, asked: Asked, *, party_id: int) -> ToWaive:
    """Which lifts of a contractor a confirmation would free of paper, and which an objection keeps from it."""
    theirs, waived = _lifts_of(session, party_id, None), _waived(session, party_id)
    fresh = set(first_uploads(session, party_id, theirs)) - waived
    record = table_of(MaintenanceRecord).c
    objected = select(record.lift_id).where(record.maintainer_id == party_id, record.state == RecordState.OBJECTED)
    kept = set(session.execute(objected.where(among(session, record.lift_id, theirs))).scalars()) - fresh - waived
    lifts = session.exec(select(Lift).where(among(session, table_of(Lift).c.id, sorted(fresh | kept)))).all()
    places = {lift.id: place_of(lift) for lift in lifts}
    return ToWaive([places[one] for one in sorted(fresh)], [places[one] for one in sorted(kept)])


@verb(CITY, party_id=in_their_city)
def revoke_paperless(
    session: Session, asked: Asked, *, party_id: int, reason: str, lift_ids: Sequence[int] | None = None
) -> int:
    """Paper is to be kept again for the contractor's lifts (all, or these), from today, and why; how many."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise Refused("paperless.say_why")
    query = select(PaperWaiver).where(PaperWaiver.party_id == party_id, col(PaperWaiver.revoked_on).is_(None))
    found = [one for one in session.exec(query).all() if lift_ids is None or one.lift_id in set(lift_ids)]
    for waiver in found:
        waiver.revoked_on, waiver.revoked_by, waiver.reason = asked.today, asked.actor.contact_id, said
        session.add(waiver)
    session.flush()
    _tell(session, asked, party_id, [one.lift_id for one in found], "revoked", said)
    return len(found)


@verb(DEPARTMENT | REGULATORS, reads=True)
def waivers_listed(session: Session, asked: Asked) -> list[WaiverLine]:
    """The contractors of the city: how many of their lifts upload, and how many need no paper."""
    return waiver_lines(session, asked.actor.city_id)


def waiver_lines(session: Session, city_id: str) -> list[WaiverLine]:
    """The same for the command line, those with lifts to confirm first."""
    lift, held = table_of(Lift).c, table_of(Responsibility).c
    own = (
        select(held.party_id, func.count())
        .join(Lift, lift.id == held.lift_id)
        .where(held.role == LiftRole.MAINTAINER, held.to_on.is_(None), lift.city_id == city_id)
        .where(lift.status != LiftStatus.SCRAPPED)
        .group_by(held.party_id)
    )
    lifts: dict[int, int] = dict(session.execute(own).tuples().all())
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(lifts))).all())
    now = select(PaperWaiver.party_id, func.count()).where(col(PaperWaiver.revoked_on).is_(None))
    waived = dict(session.exec(now.group_by(col(PaperWaiver.party_id))).all())
    found = [
        WaiverLine(
            party_id,
            names[party_id],
            count,
            len(first_uploads(session, party_id, _lifts_of(session, party_id, None))),
            waived.get(party_id, 0),
            is_suspended(session, party_id),
        )
        for party_id, count in lifts.items()
    ]
    return sorted(found, key=lambda one: (one.waived - one.uploaded, one.name))


def first_uploads(session: Session, party_id: int, lift_ids: Sequence[int]) -> dict[int, date]:
    """Of each of these lifts the day of the contractor's first record that came in time: since then upload works.

    A record that the unit objects to shows nothing, for as long as it does.
    """
    record = table_of(MaintenanceRecord).c
    query = (
        select(record.lift_id, func.min(record.uploaded_at))
        .where(record.maintainer_id == party_id, record.late_upload.is_(False), record.state != RecordState.OBJECTED)
        .where(among(session, record.lift_id, lift_ids))
        .group_by(record.lift_id)
    )
    return {lift_id: day_of(at) for lift_id, at in session.execute(query)}


def _waived(session: Session, party_id: int) -> set[int]:
    present = select(PaperWaiver.lift_id).where(PaperWaiver.party_id == party_id, col(PaperWaiver.revoked_on).is_(None))
    return set(session.exec(present))


def _lifts_of(session: Session, party_id: int, lift_ids: Sequence[int] | None) -> list[int]:
    held = select(Responsibility.lift_id).where(
        Responsibility.party_id == party_id,
        Responsibility.role == LiftRole.MAINTAINER,
        col(Responsibility.to_on).is_(None),
    )
    theirs = sorted(session.exec(held))
    return theirs if lift_ids is None else [one for one in theirs if one in set(lift_ids)]


def _tell(session: Session, asked: Asked, party_id: int, lift_ids: Sequence[int], deed: str, note: str) -> None:
    """The contractor, and each unit of its lifts, hear from when paper may stop, or is to be kept again."""
    if not lift_ids:
        return
    lifts = {one.id: one for one in session.exec(select(Lift).where(among(session, table_of(Lift).c.id, lift_ids)))}
    city_id, today = asked.actor.city_id, asked.today
    about: dict[str, Any] = {"deed": deed, "note": note, "on": today.isoformat()}
    about["name"] = session.get_one(Party, party_id).name
    every = list(lifts.values())
    tell(session, city_id, party_id, TO_MAINTAINER, "gp.waiver.maint", today=today, lifts=every, **about)
    units = parties_of(session, list(lifts), [LiftRole.USE_UNIT])
    for unit_id in sorted(set(units.values())):
        theirs = [lifts[lift_id] for (lift_id, _), one in units.items() if one == unit_id]
        tell(session, city_id, unit_id, TO_UNIT, "gp.waiver.unit", today=today, lifts=theirs, **about)
