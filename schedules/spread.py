"""Spreading the pile: which parties are told today of rungs that may still wait. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from zlib import crc32

from schedules.calendar import WorkingCalendar


@dataclass(frozen=True)
class Group:
    """What one party would be told in one notice: `tell_by` is its earliest last day, `forced` that this has come.

    `party_ref` is the party's name in every store, whatever its number there.
    """

    desk: int
    channel_class: str
    rule: str
    step: str
    party_id: int
    party_ref: str
    tell_by: date
    forced: bool


@dataclass(frozen=True)
class Room:
    """How many notices of a channel class a desk can take in a day, and how many it was given today already."""

    a_day: Mapping[str, int]
    taken: Mapping[tuple[int, str], int]

    def left(self, desk: int, channel_class: str) -> int:
        """What is left of today."""
        return max(self.a_day[channel_class] - self.taken.get((desk, channel_class), 0), 0)


def choose_groups(groups: Iterable[Group], today: date, calendar: WorkingCalendar, room: Room) -> list[Group]:
    """Those to be told today.

    A group whose last day has come goes whatever the room. The others go on working days only, earliest last day
    first, as many as their desk has room for; and more, in the first pass of a day, where the working days left would
    otherwise not be enough.
    """
    chosen = []
    desks: dict[tuple[int, str], list[Group]] = defaultdict(list)
    for group in groups:
        if group.forced:
            chosen.append(group)
        else:
            desks[(group.desk, group.channel_class)].append(group)
    if not calendar.is_working(today):
        return chosen
    days_left = _DaysLeft(today, calendar)
    for (desk, channel_class), waiting in desks.items():
        waiting.sort(key=lambda group: (group.tell_by, _shuffled(group.party_ref), group.rule, group.step))
        quota = room.left(desk, channel_class)
        if (desk, channel_class) not in room.taken:
            quota = max(quota, _needed(waiting, days_left))
        chosen.extend(waiting[:quota])
    return chosen


class _DaysLeft:
    """Working days from today to a last day, today included; few distinct days are ever asked for."""

    def __init__(self, today: date, calendar: WorkingCalendar) -> None:
        self._today = today
        self._calendar = calendar
        self._known: dict[date, int] = {}

    def until(self, last: date) -> int:
        if last not in self._known:
            self._known[last] = max(self._calendar.working_between(self._today, last), 1)
        return self._known[last]


def _needed(waiting: list[Group], days_left: _DaysLeft) -> int:
    """How many must go today so that every last day can still be met by going on evenly."""
    return max(ceil(count / days_left.until(group.tell_by)) for count, group in enumerate(waiting, start=1))


def _shuffled(party_ref: str) -> int:
    """An order of parties that has nothing to do with when they were registered, the same every day, in every store."""
    return crc32(party_ref.encode())
