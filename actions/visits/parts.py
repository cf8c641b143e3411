"""Lifts that cannot all be inspected on one day, in parts that can: none of them keeps the others from a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, UNIT, Asked
from actions.registry import their_lifts, verb
from actions.visits.days import FARTHEST, LATE_DAYS, farthest_day, may_be_late
from actions.visits.listing import place_of
from actions.visits.slots import days_between, half_days, too_soon
from actions.visits.spans import next_inspections, spans_of
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.dates import ONE_DAY
from schedules.tasks import desk_of
from store.lifts import Lift
from store.slots import Half

LEAST = 1


@dataclass(frozen=True)
class Part:
    """Lifts that can be booked together. `last`: the day by which; `late`: it is over, or nothing is free up to it.

    `places`: what they are called.
    """

    lift_ids: Sequence[int]
    places: Sequence[str]
    last: date | None
    late: bool


@dataclass(frozen=True)
class _Wanted:
    """A lift with its first and last day, and who inspects it."""

    lift: Lift
    first: date
    last: date
    desk: int | None


@verb(UNIT | DEPARTMENT, reads=True, lift_ids=their_lifts)
def booking_parts(session: Session, asked: Asked, *, lift_ids: Sequence[int]) -> list[Part]:
    """These lifts in parts, each of which finds a day if there is one: those in time by their last day, late ones last.

    One part where all of them go together: a visit soon enough for late ones takes the others along.
    """
    earliest = asked.today + ONE_DAY if asked.actor.role in UNIT else asked.today
    wanted, undated = _wanted(session, lift_ids, earliest)
    calendar = load_calendar(session)
    soon = too_soon(calendar, asked.today) if asked.actor.role in UNIT else None
    rooms = _Rooms(session, earliest, calendar, soon)
    late = [one for one in wanted if one.last < earliest]
    groups = list(_by_days([one for one in wanted if one.last >= earliest]))
    if late and len(groups) == 1 and may_be_late(session) and rooms.take_soon(groups[0], late):
        parts = [_part(wanted, late=True)]
    else:
        parts = [part for group in groups for part in rooms.split(group)]
        parts += rooms.split(late, late=True) if late else []
    if undated:
        parts.append(Part([lift.id for lift in undated], [place_of(lift) for lift in undated], None, late=False))
    return sorted(parts, key=lambda part: (part.late, part.last or date.max))


def _wanted(session: Session, lift_ids: Sequence[int], earliest: date) -> tuple[list[_Wanted], list[Lift]]:
    query = select(Lift).where(col(Lift.id).in_(sorted(set(lift_ids))))
    lifts = session.exec(query.order_by(col(Lift.compound), col(Lift.building), col(Lift.id))).all()
    spans = spans_of(session, next_inspections(session, [lift.id for lift in lifts]))
    desks = {place: desk_of(session, *place) for place in {(lift.city_id, lift.district_code) for lift in lifts}}
    dated = [
        _Wanted(lift, max(spans[lift.id][0], earliest), spans[lift.id][1], desks[lift.city_id, lift.district_code])
        for lift in lifts
        if lift.id in spans
    ]
    return dated, [lift for lift in lifts if lift.id not in spans]


def _by_days(wanted: Sequence[_Wanted]) -> Iterator[list[_Wanted]]:
    """Those that have a day in common, beginning with what must be first."""
    rest = list(wanted)
    while rest:
        last = min(one.last for one in rest)
        yield [one for one in rest if one.first <= last]
        rest = [one for one in rest if one.first > last]


def _until(group: Sequence[_Wanted], *, late: bool) -> date | None:
    return None if late else min(one.last for one in group)


def _part(chunk: Sequence[_Wanted], *, late: bool) -> Part:
    last = min(one.last for one in chunk)
    return Part([one.lift.id for one in chunk], [place_of(one.lift) for one in chunk], last, late)


class _Rooms:
    """How many places the departments have free on each day; on the morning of `soon` only where nothing else is."""

    def __init__(self, session: Session, earliest: date, calendar: WorkingCalendar, soon: date | None) -> None:
        self._session = session
        self._earliest = earliest
        self._calendar = calendar
        self._soon = soon
        self._free: dict[int, Mapping[tuple[date, str], int]] = {}

    def split(self, group: Sequence[_Wanted], *, late: bool = False) -> list[Part]:
        """A group by its last days where nothing is free up to the first of them, and by what a day holds."""
        desks = {one.desk for one in group}
        if len(desks) > 1 and None not in desks and self._most(group, _until(group, late=late)) < len(group):
            shares = [[one for one in group if one.desk == desk] for desk in sorted(filter(None, desks))]
            return [part for share in shares for part in self.split(share, late=late)]
        parts: list[Part] = []
        rest = sorted(group, key=lambda one: one.last)
        while rest:
            last = min(one.last for one in rest)
            most = self._most(rest, _until(rest, late=late))
            if most < LEAST and not late and any(one.last > last for one in rest):
                first = [one for one in rest if one.last == last]  # they alone are too late: the others are not
                parts += self.split(first, late=True)
                rest = [one for one in rest if one.last > last]
                continue
            size = max(most, LEAST) if most < len(rest) and most >= LEAST else len(rest)
            chunk, rest = rest[:size], rest[size:]
            parts.append(_part(chunk, late=late or most < LEAST))
        return parts

    def take_soon(self, group: Sequence[_Wanted], late: Sequence[_Wanted]) -> bool:
        """Whether one of the days that are offered for late ones takes these too, all in time."""
        both = [*group, *late]
        until = min(_until(group, late=False) or date.max, self._earliest + LATE_DAYS)
        return max(one.first for one in both) <= until and self._most(both, until) == len(both)

    def _most(self, group: Sequence[_Wanted], until: date | None) -> int:
        """How many of them fit into one day at most; all or none where several departments share them."""
        by_desk: dict[int, int] = defaultdict(int)
        for one in group:
            if one.desk is None:
                return len(group)  # booking says so
            by_desk[one.desk] += 1
        first = max(one.first for one in group)
        last = min(until, farthest_day(first, self._earliest)) if until else first + LATE_DAYS
        days = list(days_between(first, last))
        return self._on_best(days, by_desk, self._soon) or self._on_best(days, by_desk, None)

    def _on_best(self, days: Sequence[date], by_desk: Mapping[int, int], soon: date | None) -> int:
        found = 0
        for day in days:
            halves = [half for half in Half if (day, half) != (soon, Half.AM)]
            room = {desk: sum(self._free_of(desk).get((day, str(half)), 0) for half in halves) for desk in by_desk}
            rooms = {desk: min(room[desk], wanted) for desk, wanted in by_desk.items()}
            found = max(found, sum(rooms.values()) if len(rooms) == 1 or rooms == by_desk else 0)
        return found

    def _free_of(self, desk: int) -> Mapping[tuple[date, str], int]:
        if desk not in self._free:
            last = self._earliest + FARTHEST + LATE_DAYS
            states = half_days(self._session, desk, self._earliest, last, self._calendar)
            self._free[desk] = {key: state.free for key, state in states.items()}
        return self._free[desk]
