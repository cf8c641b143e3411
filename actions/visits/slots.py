"""Half days of an inspection department: how many lifts fit, how many are booked, and who changes it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import Session, select

from actions.actors import DEPARTMENT, Asked, Role
from actions.refusals import Refused
from actions.registry import verb
from schedules.calendar import WorkingCalendar, load_calendar
from store.database import table_of
from store.settings import Setting
from store.slots import SETTING, Half, HalfDay, Slot, find_slots, usual_places

MOST_PLACES = 500
LONGEST_LIST = timedelta(days=62)


@dataclass(frozen=True)
class HalfState:
    """A half day as it is. `places`: what fits (0: closed), `stated`: it was said for this day, `held`: of a published
    plan, for units that have not answered."""

    day: date
    half: str
    places: int
    taken: int
    stated: bool
    held: int = 0

    @property
    def free(self) -> int:
        """How many lifts more can be booked."""
        return max(self.places - self.taken - self.held, 0)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day of [first, last]."""
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def too_soon(calendar: WorkingCalendar, today: date) -> date | None:
    """On a day off the next working day: of a visit on its morning the department would hear as it begins."""
    return None if calendar.is_working(today) else calendar.first_working(today)


def half_days(
    session: Session, party_id: int, first: date, last: date, calendar: WorkingCalendar
) -> dict[tuple[date, str], HalfState]:
    """The half days of [first, last]. A day off has no places unless somebody has given it some."""
    usual = usual_places(session, party_id)
    query = select(Slot).where(Slot.party_id == party_id, Slot.day >= first, Slot.day <= last)
    slots = {(slot.day, slot.half): slot for slot in session.exec(query.execution_options(populate_existing=True))}
    found = {}
    for day in days_between(first, last):
        plain = usual if calendar.is_working(day) else 0
        for half in Half:
            slot = slots.get((day, half))
            stated = slot is not None and slot.places is not None
            places = slot.places if slot is not None and slot.places is not None else plain
            taken, held = (slot.taken, slot.held) if slot is not None else (0, 0)
            found[day, str(half)] = HalfState(day, half, places, taken, stated, held)
    return found


def set_places(session: Session, party_id: int, wanted: Iterable[tuple[date, str]], places: int | None) -> None:
    """So many lifts fit into these half days; None: as on other days."""
    slots = find_slots(session, [HalfDay(party_id, day, half) for day, half in wanted])
    slot = table_of(Slot)
    session.execute(update(slot).where(slot.c.id.in_(list(slots.values()))).values(places=places))
    session.expire_all()


def set_usual_places(session: Session, party_id: int | None, places: int) -> None:
    """So many lifts fit into each half day of which nothing else is said; of one department, or of all."""
    session.merge(Setting(key=f"{SETTING}:{party_id}" if party_id else SETTING, value=places))
    session.flush()


@verb(DEPARTMENT, reads=True)
def slots_of(session: Session, asked: Asked, *, first: date, last: date) -> list[HalfState]:
    """The half days of the own department in [first, last], at most two months."""
    until = min(last, first + LONGEST_LIST)
    return list(half_days(session, asked.actor.party_id, first, until, load_calendar(session)).values())


@verb(frozenset({Role.DUTY_OFFICER}))
def change_places(
    session: Session, asked: Asked, *, first: date, last: date, half: str | None, places: int | None
) -> list[HalfState]:
    """Say how many lifts fit into these half days (0 closes them; None: as usual); they are returned as they are then.

    What is booked already stays booked: more may be taken than fits, and somebody moves it. On a row of days those off
    stay off; a single day is opened as is asked.
    """
    _require_places(places)
    if first < asked.today:
        raise Refused("slots.day_passed", day=first)
    calendar, party_id = load_calendar(session), asked.actor.party_id
    until = min(last, first + LONGEST_LIST)
    days = [day for day in days_between(first, until) if first == until or calendar.is_working(day)]
    halves = [half] if half else list(Half)
    set_places(session, party_id, [(day, one) for day in days for one in halves], places)
    found = half_days(session, party_id, first, until, calendar)
    return [state for (day, one), state in found.items() if day in days and one in halves]


@verb(frozenset({Role.DUTY_OFFICER}))
def change_usual_places(session: Session, asked: Asked, *, places: int) -> int:
    """Say how many lifts fit into a half day of the own department; how many it was before."""
    _require_places(places)
    before = usual_places(session, asked.actor.party_id)
    set_usual_places(session, asked.actor.party_id, places)
    return before


def _require_places(places: int | None) -> None:
    if places is not None and not 0 <= places <= MOST_PLACES:
        raise Refused("slots.no_such_number", most=MOST_PLACES)
