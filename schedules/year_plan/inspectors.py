"""Who inspects on which days, and how many lifts a day holds."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

from schedules.calendar import WorkingCalendar

Half = Literal["am", "pm"]
HALVES: tuple[Half, ...] = ("am", "pm")
WORKDAYS = frozenset(range(7))  # a calendar's working days, make-up Sundays too


@dataclass(frozen=True)
class Away:
    """Days on which an inspector does not inspect, both included; or one half of each of them."""

    first: date
    last: date
    half: Half | None = None


@dataclass(frozen=True)
class Inspector:
    """`am` and `pm`: how many lifts in half a day. `weekdays`: on which they work, of those that are worked at all."""

    name: str
    am: int
    pm: int
    away: tuple[Away, ...] = ()
    weekdays: frozenset[int] = WORKDAYS

    def halves_on(self, day: date) -> dict[Half, int]:
        """The half days of a worked day on which they are there, with how many lifts; none below nothing."""
        if day.weekday() not in self.weekdays:
            return {}
        off = [one.half for one in self.away if one.first <= day <= one.last]
        places: dict[Half, int] = {"am": self.am, "pm": self.pm}
        return {half: max(count, 0) for half, count in places.items() if None not in off and half not in off}


@dataclass(frozen=True)
class Shift:
    """An inspector's day."""

    inspector: str
    halves: dict[Half, int]

    @property
    def places(self) -> int:
        """How many lifts."""
        return sum(self.halves.values())


@dataclass(frozen=True)
class PlanDay:
    """A day on which somebody is there; the roomiest shift first, because a day takes no more of them than it needs."""

    day: date
    shifts: tuple[Shift, ...]
    room: tuple[int, ...]  # how many lifts the first 0, 1, 2, … shifts take

    @property
    def places(self) -> int:
        """How many lifts in all."""
        return self.room[-1]

    def shifts_for(self, lifts: int) -> int:
        """How many shifts so many lifts need at least."""
        return bisect_left(self.room, lifts)


def plan_days(inspectors: Iterable[Inspector], first: date, last: date, calendar: WorkingCalendar) -> list[PlanDay]:
    """The working days of [first, last] on which an inspector is there, in order."""
    team = list(inspectors)
    every = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    found = [_plan_day(day, team) for day in every if calendar.is_working(day)]
    return [one for one in found if one.shifts]


def less_taken(days: Iterable[PlanDay], taken: Mapping[tuple[date, Half], int]) -> list[PlanDay]:
    """The same days without the places that are taken already, of the roomiest shifts first."""
    return [
        plan_day(one.day, _less(one.shifts, {half: taken.get((one.day, half), 0) for half in HALVES})) for one in days
    ]


def _less(shifts: Iterable[Shift], taken: dict[Half, int]) -> Iterator[Shift]:
    for shift in shifts:
        left = {half: max(places - taken[half], 0) for half, places in shift.halves.items()}
        taken = {half: count - shift.halves.get(half, 0) + left.get(half, 0) for half, count in taken.items()}
        yield Shift(shift.inspector, left)


def _plan_day(day: date, team: Sequence[Inspector]) -> PlanDay:
    return plan_day(day, [Shift(one.name, halves) for one in team if (halves := one.halves_on(day))])


def plan_day(day: date, present: Iterable[Shift]) -> PlanDay:
    """A day on which these are there."""
    shifts = tuple(sorted(present, key=lambda shift: -shift.places))
    return PlanDay(day, shifts, tuple(accumulate((shift.places for shift in shifts), initial=0)))
