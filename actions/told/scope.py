"""What of a party's notices somebody may read: who is there for some of its places only, what is about those."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions.actors import Actor
from actions.sight import in_their_places
from store.duties import Duty, Told
from store.lifts import Lift
from store.notices import LISTING, Delivery, Notice
from store.parties import ContactScope

AT_ONCE = 100  # notices that are looked through together
ALERT = "alert"  # among a notice's own facts; it names its lifts by their keys


@dataclass(frozen=True)
class Reading:
    """What of one notice somebody may read: the `whole`, or of its lifts those in their places."""

    whole: bool
    lift_ids: frozenset[int]

    def shows(self, lift_id: int) -> bool:
        """Whether this lift of the notice."""
        return self.whole or lift_id in self.lift_ids


def readings(session: Session, actor: Actor, notices: Iterable[Notice]) -> dict[int, Reading]:
    """What they may read of these notices, by number; those of which nothing are left out.

    Whole is what is about their places alone or about no lift, and what they were sent themselves.
    """
    theirs = {notice.id: notice for notice in notices if notice.party_id == actor.party_id}
    if not theirs or not _has_places(session, actor):
        return dict.fromkeys(theirs, Reading(True, frozenset()))
    told = _lifts_told(session, actor, theirs)
    in_place = _in_their_places(session, actor, {lift_id for lifts in told.values() for lift_id in lifts})
    had = select(Delivery.notice_id).where(Delivery.contact_id == actor.contact_id)
    sent = {*session.exec(had.where(col(Delivery.notice_id).in_(theirs)))}
    found: dict[int, Reading] = {}
    for number in theirs:
        lifts = told.get(number, set())
        if number in sent or lifts <= in_place or lifts & in_place:
            found[number] = Reading(number in sent or lifts <= in_place, frozenset(lifts & in_place))
    return found


def newest_readable(
    session: Session, actor: Actor, query: SelectOfScalar[Notice], most: int
) -> list[tuple[Notice, Reading]]:
    """Of the party's notices that `query` asks for, the newest that they may read, up to so many."""
    found: list[tuple[Notice, Reading]] = []
    query = query.where(Notice.party_id == actor.party_id).order_by(col(Notice.id).desc())
    some: Sequence[Notice] = session.exec(query.limit(AT_ONCE)).all()
    while some:
        may = readings(session, actor, some)
        found += [(notice, may[notice.id]) for notice in some if notice.id in may]
        if len(found) >= most or len(some) < AT_ONCE:
            break
        some = session.exec(query.where(col(Notice.id) < some[-1].id).limit(AT_ONCE)).all()
    return found[:most]


def _has_places(session: Session, actor: Actor) -> bool:
    query = select(ContactScope.id).where(ContactScope.contact_id == actor.contact_id).limit(1)
    return session.exec(query).first() is not None


def _lifts_told(session: Session, actor: Actor, notices: Mapping[int, Notice]) -> dict[int, set[int]]:
    """The lifts of each notice, by the ledger or among its own facts."""
    found: dict[int, set[int]] = {}
    query = select(Told.notice_id, Duty.lift_id).join(Duty, col(Duty.id) == Told.duty_id)
    for number, lift_id in session.exec(query.where(col(Told.notice_id).in_(notices))):
        if number is not None and lift_id is not None:
            found.setdefault(number, set()).add(lift_id)
    keys = {number: keys_of(notice) for number, notice in notices.items() if notice.facts}
    named = {key for some in keys.values() for key in some}
    if named:
        lifts = select(Lift.key, Lift.id).where(Lift.city_id == actor.city_id, col(Lift.key).in_(named))
        ids = dict(session.exec(lifts).all())
        for number, some in keys.items():
            found.setdefault(number, set()).update(ids[key] for key in some if key in ids)
    return found


def keys_of(notice: Notice) -> list[str]:
    """The lifts that a notice names among its own facts."""
    facts = notice.facts or {}
    named = [lift["key"] for matter in LISTING for lift in (facts.get(matter) or {}).get("lifts", ())]
    return [*named, *((facts.get(ALERT) or {}).get("lifts") or ())]


def _in_their_places(session: Session, actor: Actor, lift_ids: Collection[int]) -> set[int]:
    query = select(Lift.id).where(col(Lift.id).in_(lift_ids), in_their_places(actor))
    return {*session.exec(query)} if lift_ids else set()
