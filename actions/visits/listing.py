"""Visits as people read them: when, where, which lifts, who comes and whom to call."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, Actor
from actions.desk.lines import DeskLine, desk_line
from actions.visits.rights import lifts_seen
from actions.visits.rules import starts_at
from store.attendance import Coming, who_comes
from store.database import in_chunks
from store.duties import INSPECTIONS, Duty, booked_too_late
from store.lifts import Lift
from store.parties import Contact, Party
from store.place_names import join_names
from store.slots import Visit, VisitLift


@dataclass(frozen=True)
class VisitedLift:
    """A lift on a visit; `place`: as its unit calls it."""

    lift_id: int
    key: str
    place: str
    address: str
    gone: str | None
    late: bool = False  # inspected after its backstop


@dataclass(frozen=True)
class VisitShown:
    """A visit. `half`: am, pm, or None where it is in the course of the day; `lifts` are those that are on it still,
    or, of a visit that is off, all that were."""

    visit_id: int
    uid: str
    sequence: int
    day: date
    half: str | None
    unit: str
    unit_id: int | None
    desk: DeskLine
    desk_id: int
    lifts: Sequence[VisitedLift]
    is_off: bool
    contact: str
    phone: str
    changeable: bool = True  # by whoever reads it
    others: int = 0  # lifts on it that are not theirs to see
    starts: str = ""  # the time before which a morning does not begin: the rush hour
    coming: Sequence[Coming] = ()  # who is there for the unit and for the maintainers, as they have said

    @property
    def late(self) -> int:
        """How many of its lifts are inspected after their backstop: they do not count as booked."""
        return sum(lift.late for lift in self.lifts)

    @property
    def addresses(self) -> list[str]:
        """Where the lifts stand, each address once; the place where no address is known."""
        return list(dict.fromkeys(lift.address or lift.place for lift in self.lifts))


def show_visits(session: Session, visits: Iterable[Visit], *, reader: Actor | None = None) -> list[VisitShown]:
    """These visits, by day and half; those agreed for a day alone come last on it.

    A `reader` sees the lifts that are theirs, and how many others there are.
    """
    listed = sorted(visits, key=lambda visit: (visit.day, visit.half or "z", visit.id))
    every = _lifts_of(session, [visit.id for visit in listed])
    shown = {one.id: [lift for lift in every[one.id] if lift.gone is None] or every[one.id] for one in listed}
    seen = {lift.lift_id for lifts in shown.values() for lift in lifts}
    if reader is not None:
        seen = lifts_seen(session, reader, seen)
    parties = {visit.party_id for visit in listed if visit.party_id}
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(parties))).all())
    people, coming = _people_of(session, listed), who_comes(session, [visit.id for visit in listed])
    desks = {desk_id: desk_line(session, desk_id) for desk_id in {visit.department_id for visit in listed}}
    return [
        VisitShown(
            visit_id=visit.id,
            uid=visit.uid,
            sequence=visit.sequence,
            day=visit.day,
            half=visit.half,
            unit=names.get(visit.party_id or 0, ""),
            unit_id=visit.party_id,
            desk=desks[visit.department_id],
            desk_id=visit.department_id,
            lifts=[lift for lift in shown[visit.id] if lift.lift_id in seen],
            others=sum(lift.lift_id not in seen for lift in shown[visit.id]),
            is_off=all(lift.gone is not None for lift in every[visit.id]),
            contact=people[visit.id].name if visit.id in people else "",
            phone=people[visit.id].phone or "" if visit.id in people else "",
            coming=_shown_to(reader, coming.get(visit.id, ())),
            starts=starts_at(session, visit.department_id, visit.half, [lift.lift_id for lift in shown[visit.id]]),
        )
        for visit in listed
    ]


def place_of(lift: Lift) -> str:
    """What people call a lift; its identifier where they have no name for it."""
    return join_names(lift.compound, lift.building, lift.internal_number) or lift.key


def _shown_to(reader: Actor | None, coming: Sequence[Coming]) -> Sequence[Coming]:
    """A maintainer reads who comes for the unit and for itself, not for another maintainer."""
    if reader is None or reader.role not in MAINTAINER:
        return coming
    return tuple(one for one in coming if one.is_unit or one.party_id == reader.party_id)


def _lifts_of(session: Session, visit_ids: Sequence[int]) -> dict[int, list[VisitedLift]]:
    found: dict[int, list[VisitedLift]] = defaultdict(list)
    for ids in in_chunks(visit_ids):
        query = select(VisitLift, Lift).join(Lift, col(Lift.id) == VisitLift.lift_id)
        query = query.where(col(VisitLift.visit_id).in_(ids)).order_by(col(Lift.compound), col(Lift.id))
        rows = session.exec(query).all()
        late = _booked_late(session, [lift.id for on, lift in rows if on.gone is None])
        for on, lift in rows:
            is_late = on.gone is None and lift.id in late
            shown = VisitedLift(lift.id, lift.key, place_of(lift), lift.address, on.gone, is_late)
            found[on.visit_id].append(shown)
    return found


def _booked_late(session: Session, lift_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for ids in in_chunks(sorted(lift_ids)):
        query = select(Duty.lift_id).where(col(Duty.lift_id).in_(ids), col(Duty.kind).in_(INSPECTIONS))
        query = query.where(
            col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None), booked_too_late(after=date.min)
        )
        found.update(lift_id for lift_id in session.exec(query) if lift_id is not None)
    return found


def _people_of(session: Session, visits: Sequence[Visit]) -> dict[int, Contact]:
    """Who is to be asked for: whoever of the unit booked, else the first of its people with a number."""
    units = {visit.party_id for visit in visits if visit.party_id}
    query = select(Contact).where(col(Contact.party_id).in_(units), col(Contact.to_on).is_(None))
    people: dict[int, list[Contact]] = defaultdict(list)
    for person in session.exec(query.order_by(col(Contact.id))):
        people[person.party_id].append(person)
    found = {}
    for visit in visits:
        theirs = people.get(visit.party_id or 0, [])
        first = [person for person in theirs if person.id == visit.made_by]
        reachable = [person for person in theirs if person.phone]
        if chosen := next(iter((*first, *reachable, *theirs)), None):
            found[visit.id] = chosen
    return found
