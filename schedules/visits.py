"""Which visit each lift is on, as the events say: places of a department's half days are taken and given back so.

Every change of a lift's events is followed by a rebuild of its duties, and every rebuild comes by here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from schedules.announcements import parties_of
from schedules.dates import add_months
from schedules.happenings import (
    AnyEvent,
    Booked,
    BookingEnded,
    InspectedElsewhere,
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationConfirmed,
)
from schedules.lift_facts import KnownEvents, KnownLift
from schedules.tasks import desk_of
from store.database import in_chunks
from store.lifts import Lift, LiftRole, LiftStatus
from store.slots import (
    Gone,
    Half,
    HalfDay,
    Slot,
    Visit,
    VisitLift,
    change_taken,
    find_slots,
    present_lifts,
    usual_places,
)

OTHER_CYCLE_MONTHS = 6  # an inspection that ended so long before the visit was not the one that it is for
TOOK_PLACE = (InspectionEnded, OpinionNoticeIssued, RectificationConfirmed)


@dataclass(frozen=True)
class Wanted:
    """What the events of a lift say of its visit: the one that is booked, or why none is."""

    booked: Booked | None = None
    why_not: Gone = Gone.VOID


@dataclass
class Changes:
    """What is to be written: places to give back, and lifts that need one, by department, unit and day."""

    given_back: Counter[HalfDay] = field(default_factory=Counter)
    needed: dict[tuple[int, int | None, Booked], list[int]] = field(default_factory=lambda: defaultdict(list))
    lifts: int = 0


def wanted_visit(events: Iterable[AnyEvent]) -> Wanted:
    """Of a lift in use, by its events in the order in which they became known. Pure.

    What is booked or was inspected elsewhere takes the place of a visit and is none.
    """
    wanted = Wanted()
    for event in events:
        booked = wanted.booked
        if isinstance(event, Booked):
            wanted = Wanted(why_not=Gone.CANCELLED) if event.elsewhere else Wanted(event)
        elif booked and isinstance(event, BookingEnded):
            wanted = Wanted(why_not=Gone.MISSED if event.kind == "visit_missed" else Gone.CANCELLED)
        elif booked and isinstance(event, TOOK_PLACE) and event.on > add_months(booked.visit_on, -OTHER_CYCLE_MONTHS):
            is_elsewhere = isinstance(event, InspectedElsewhere)
            wanted = Wanted(why_not=Gone.CANCELLED if is_elsewhere else Gone.ENDED)
    return wanted


def settle_visits(
    session: Session, lifts: Sequence[KnownLift], events: Mapping[int, KnownEvents], *, today: date, now: datetime
) -> int:
    """Bring the visits of these lifts to what their events say; of how many lifts they differed.

    A booking that names no half day, or was made past the slots, takes a place whether one is free or not. Visits of
    days that have passed are not made any more.
    """
    wanted = {lift.id: _wanted_of(lift, events.get(lift.id)) for lift in lifts}
    present = present_lifts(session, wanted)
    changes = Changes()
    for lift_id, (place, visit) in present.items():
        booked = wanted[lift_id].booked
        if booked is None or not _is_for(visit, booked):
            _leave(session, place, Gone.MOVED if booked else wanted[lift_id].why_not, changes)
    session.flush()
    missing = {
        lift_id: one.booked
        for lift_id, one in wanted.items()
        if one.booked and one.booked.visit_on >= today and _is_missing(present.get(lift_id))
    }
    if missing:
        _group(session, missing, changes)
    if changes.lifts:
        _write(session, changes, now)
    return changes.lifts


def _wanted_of(lift: KnownLift, known: KnownEvents | None) -> Wanted:
    return wanted_visit(known.events) if known and lift.status == LiftStatus.IN_USE else Wanted()


def _is_for(visit: Visit, booked: Booked) -> bool:
    return visit.day == booked.visit_on and booked.half in (None, visit.half)


def _is_missing(present: tuple[VisitLift, Visit] | None) -> bool:
    return present is None or present[0].gone is not None


def _leave(session: Session, place: VisitLift, why: Gone, changes: Changes) -> None:
    slot = session.get_one(Slot, place.slot_id)
    place.gone = why
    session.add(place)
    changes.given_back[HalfDay(slot.party_id, slot.day, slot.half)] += 1
    changes.lifts += 1


def _group(session: Session, missing: Mapping[int, Booked], changes: Changes) -> None:
    """A lift of a district for which no department answers is on nobody's list."""
    units = parties_of(session, missing, [LiftRole.USE_UNIT])
    desks: dict[tuple[str, str | None], int | None] = {}
    for ids in in_chunks(sorted(missing)):
        for lift in session.exec(select(Lift).where(col(Lift.id).in_(ids)).order_by(col(Lift.id))):
            place = (lift.city_id, lift.district_code)
            if place not in desks:
                desks[place] = desk_of(session, *place)
            desk = desks[place]
            if desk is not None:
                changes.needed[desk, units.get((lift.id, LiftRole.USE_UNIT)), missing[lift.id]].append(lift.id)
                changes.lifts += 1


def _write(session: Session, changes: Changes, now: datetime) -> None:
    wanted = [HalfDay(desk, booked.visit_on, half) for desk, _, booked in changes.needed for half in Half]
    slots = find_slots(session, [*changes.given_back, *wanted])
    change_taken(session, {slots[one]: -count for one, count in changes.given_back.items()})
    for (desk, unit, booked), lift_ids in changes.needed.items():
        halves = [slots[HalfDay(desk, booked.visit_on, half)] for half in Half if booked.half in (None, half)]
        places = _shared_out(session, halves, lift_ids)
        visit = Visit(department_id=desk, party_id=unit, day=booked.visit_on, half=booked.half, made_at=now)
        add_visit(session, visit, places)
        change_taken(session, Counter(places.values()))


def add_visit(session: Session, visit: Visit, places: Mapping[int, int]) -> Visit:
    """Store a visit with its lifts (lift → slot), whose places are taken already."""
    session.add(visit)
    session.flush()
    for lift_id, slot_id in places.items():
        session.add(VisitLift(visit_id=visit.id, lift_id=lift_id, slot_id=slot_id))
    session.flush()
    return visit


def _shared_out(session: Session, slot_ids: Sequence[int], lift_ids: Sequence[int]) -> dict[int, int]:
    """Lift → slot: the half in which more places are free, the morning where it makes no difference; both where one is
    too small and both together are not."""
    slots = session.exec(select(Slot).where(col(Slot.id).in_(slot_ids)).execution_options(populate_existing=True)).all()
    usual = usual_places(session, slots[0].party_id)
    first, *others = sorted(sorted(slots, key=lambda slot: slot.half), key=lambda slot: -_free(slot, usual))
    room, more = _free(first, usual), sum(max(_free(slot, usual), 0) for slot in others)
    places = dict.fromkeys(lift_ids, first.id)
    if others and room < len(lift_ids) <= room + more:
        places |= dict.fromkeys(lift_ids[room:], others[0].id)
    return places


def _free(slot: Slot, usual: int) -> int:
    return (usual if slot.places is None else slot.places) - slot.taken - slot.held
