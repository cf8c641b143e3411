"""The two ways of 003 二(二): here, or by a platform that uploads. A contractor has exactly one at a time."""

from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from actions.actors import Asked, Role
from actions.refusals import Refused
from actions.registry import verb
from store.locks import hold
from store.paperless import Contractor, Platform, PlatformState, RecordWay
from store.records import PlatformRole

AHEAD = timedelta(days=92)  # so far ahead a change may be said


def way_on(session: Session, party_id: int, on: date) -> RecordWay | None:
    """The way of a contractor on a day; none chosen by then: None."""
    to_on = col(RecordWay.to_on)
    query = select(RecordWay).where(RecordWay.party_id == party_id, RecordWay.from_on <= on)
    return session.exec(query.where(or_(to_on.is_(None), to_on > on))).first()


def coming_way(session: Session, party_id: int, on: date) -> RecordWay | None:
    """The way that begins after that day, where a change is said."""
    return session.exec(select(RecordWay).where(RecordWay.party_id == party_id, RecordWay.from_on > on)).first()


@verb(frozenset({Role.MAINTAINER_ADMIN}))
def choose_way(
    session: Session, asked: Asked, *, way: PlatformRole, platform_id: int | None = None, from_on: date | None = None
) -> int:
    """Choose one of the two ways from a day on, today if none is named; the former one ends with the day before.

    A platform must stand on the city's list, and one that is a contractor's own is used by that contractor alone. A
    change that was to come and has not begun is replaced.
    """
    hold(session, f"way/{asked.actor.party_id}")
    if (known := session.exec(select(RecordWay).where(RecordWay.key == asked.key)).first()) is not None:
        return known.id
    begins = from_on or asked.today
    if not asked.today <= begins <= asked.today + AHEAD:
        raise Refused("paperless.way_when", days=AHEAD.days)
    _require_registered(session, asked.actor.party_id)
    _require_usable(session, asked.actor.party_id, way, platform_id)
    if (coming := coming_way(session, asked.actor.party_id, asked.today)) is not None:
        session.delete(coming)
        session.flush()
    last = way_on(session, asked.actor.party_id, asked.today)
    if last is not None:
        if (last.way, last.platform_id) == (way, platform_id):
            last.to_on = None
            session.add(last)
            session.flush()
            return last.id
        last.to_on = begins
        session.add(last)
        session.flush()
    chosen = RecordWay(
        party_id=asked.actor.party_id,
        way=way,
        platform_id=platform_id,
        from_on=begins,
        chosen_by=asked.actor.contact_id,
        key=asked.key,
    )
    session.add(chosen)
    session.flush()
    return chosen.id


def _require_registered(session: Session, party_id: int) -> None:
    query = select(Contractor.id).where(Contractor.party_id == party_id, col(Contractor.registered_on).is_not(None))
    if session.exec(query).first() is None:
        raise Refused("paperless.register_first")


def _require_usable(session: Session, party_id: int, way: PlatformRole, platform_id: int | None) -> None:
    platform = session.get(Platform, platform_id) if platform_id is not None else None
    if way is PlatformRole.CITY:
        if platform_id is not None:
            raise Refused("paperless.one_way")
        return
    if platform is None or platform.way != way or platform.state != PlatformState.LISTED:
        raise Refused("paperless.not_listed")
    if way is PlatformRole.OWN and platform.party_id != party_id:
        raise Refused("paperless.not_listed")
