"""Spreading the pile: which parties are told today of rungs that may still wait. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import ceil

from schedules.calendar import WorkingCalendar


@dataclass(frozen=True)
class Group:
    """What one party would be told in one notice: `tell_by` is its earliest last day, `forced` that this has come."""

    desk: int
    channel_class: str
    rule: str
    step: str
    party_id: int
    tell_by: date
    forced: bool


def choose_groups(
    groups: Iterable[Group], today: date, calendar: WorkingCalendar, capacity: Callable[[str], int]
) -> list[Group]:
    """Those to be told today.

    A group whose last day has come goes whatever the capacity. The others go on working days only, earliest last day
    first, as many as a desk can take (`capacity` of a channel class a day), and more where the days left would
    otherwise not be enough.
    """
    desks: dict[tuple[int, str], list[Group]] = defaultdict(list)
    chosen = []
    for group in groups:
        if group.forced:
            chosen.append(group)
        else:
            desks[(group.desk, group.channel_class)].append(group)
    if not calendar.is_working(today):
        return chosen
    days_left = _DaysLeft(today, calendar)
    for (_, channel_class), waiting in desks.items():
        waiting.sort(key=lambda group: (group.tell_by, _shuffled(group.party_id), group.step))
        chosen.extend(waiting[: _quota(waiting, capacity(channel_class), days_left)])
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


def _quota(waiting: list[Group], capacity: int, days_left: _DaysLeft) -> int:
    """At least `capacity`, and enough that every last day can still be met by going on evenly."""
    needed = capacity
    for count, group in enumerate(waiting, start=1):
        needed = max(needed, ceil(count / days_left.until(group.tell_by)))
    return needed


def _shuffled(party_id: int) -> int:
    """An order of parties that has nothing to do with when they were registered, the same every day."""
    return party_id * 2654435761 % 2**32
