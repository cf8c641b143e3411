"""What each calendar year brings for a lift while nothing happens to it: inspection, test, or both. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schedules.cycles.anchors import Anchor, anchor_on
from schedules.cycles.membership import Membership
from schedules.cycles.rules import Cycle, MonthWindow
from schedules.dates import ONE_DAY, add_months, month_end
from schedules.given import YEARS

YEARS_AHEAD = 40
Kind = Literal["inspection", "legacy", "test"]
Occasion = Literal["month", "year", "restart"]  # due in a month, in a whole year, before a lift is used again
Visited = Literal["inspection", "legacy"]  # by the scheme, or by the rule before it


@dataclass(frozen=True)
class Planned:
    """One inspection or test. `cycle` names it in its duty's key; `opens` is the first day on which doing it
    counts."""

    kind: Kind
    due: date
    cycle: str
    opens: date
    window: tuple[date, date] | None = None
    closed_on: date | None = None
    occasion: Occasion = "month"

    @property
    def is_inspection(self) -> bool:
        """By the scheme or by the rule before it."""
        return self.kind != "test"

    @property
    def ends(self) -> date:
        """The last day on which it is done in time."""
        return self.window[1] if self.window else self.due


def years_of(
    anchors: list[Anchor],
    membership: Membership,
    last_year: int,
    closes_from_months: int,
    was_done_before: Callable[[Planned, date, Iterable[Planned]], bool],
) -> list[Planned]:
    """All yearly inspections and tests up to `last_year`, by due date.

    What an anchor's last year would have brought on or after the day of the next anchor is replaced by it, unless it
    was done before.
    """
    planned: list[Planned] = []
    for index, anchor in enumerate(anchors):
        ends = anchors[index + 1].since if index + 1 < len(anchors) else date.max
        for year in range(anchor.counted + 1, min(last_year, ends.year) + 1):
            brings = list(_year_of(anchor, year, membership, closes_from_months))
            planned += [
                event
                for event in brings
                if anchor.since < event.due and (event.due < ends or was_done_before(event, ends, [*planned, *brings]))
            ]
    return sorted(planned, key=lambda event: (event.due, event.kind))


def _year_of(anchor: Anchor, year: int, membership: Membership, closes_from_months: int) -> Iterator[Planned]:
    cycle, number = membership.cycle, year - anchor.passed_on.year
    first = date(year, anchor.month, 1)
    due = month_end(first)
    name = str(year)
    if not membership.covers(first if cycle.yearly_before else due, due, number):
        if cycle.yearly_before and due >= cycle.listed_from:
            yield inspection_on("legacy", due, name, cycle, closes_from_months)
    elif number in cycle.inspection_years or number >= cycle.every_year_from:
        yield inspection_on("inspection", due, name, cycle, closes_from_months)
        if number >= cycle.every_year_from and cycle.test_beside_inspection:
            yield _test(date(year, 12, 31), name, (date(year, 1, 1), date(year, 12, 31)), membership, "year")
    else:
        yield test_on(due, name, membership)


def inspects_after(day: date, anchor: Anchor, membership: Membership) -> bool:
    """Whether the rest of `day`'s year brings an inspection while nothing happens to the lift."""
    return any(event.is_inspection and event.due >= day for event in _year_of(anchor, day.year, membership, 0))


def before_listing(since: date, anchors: Sequence[Anchor], cycle: Cycle, closes_from_months: int) -> Iterator[Planned]:
    """The yearly inspections by the rule before the scheme that fell due from `since` on and are too early to list."""
    if not cycle.yearly_before:
        return
    for year in range(since.year, cycle.listed_from.year + 1):
        anchor = anchor_on(anchors, date(year, 12, 31))
        if anchor is None or year <= anchor.counted:
            continue
        due = month_end(date(year, anchor.month, 1))
        if since <= due < cycle.listed_from:
            yield inspection_on("legacy", due, str(year), cycle, closes_from_months)


def inspection_on(kind: Visited, due: date, name: str, cycle: Cycle, closes_from_months: int) -> Planned:
    """An inspection due on `due`; one that has no window in the document counts from some months before (a setting)."""
    if kind == "inspection" and cycle.inspection_window is not None:
        opens = window_around(due, cycle.inspection_window)[0]
        return Planned(kind, due, name, opens, (opens, due))
    return Planned(kind, due, name, add_months(due, -closes_from_months) + ONE_DAY)


def test_on(due: date, name: str, membership: Membership) -> Planned:
    """A test due on `due`, with the scheme's months around it."""
    return _test(due, name, window_around(due, membership.cycle.test_window), membership)


def _test(
    due: date, name: str, window: tuple[date, date], membership: Membership, occasion: Occasion = "month"
) -> Planned:
    """A scheme with a rule before it knows no test before its own start."""
    opens = max(window[0], membership.start) if membership.cycle.yearly_before else window[0]
    return Planned("test", due, name, opens, (opens, window[1]), occasion=occasion)


def window_around(day: date, window: MonthWindow) -> tuple[date, date]:
    """The whole months around that of `day`."""
    first = day.replace(day=1)
    return add_months(first, -window.before), month_end(add_months(first, window.after))


def horizon_of(anchors: Sequence[Anchor], cycle: Cycle, until: date | None) -> int:
    """The last calendar year to be worked out: that of `until`, else forty years from the newest start."""
    if until is not None:
        return min(until.year, YEARS.stop - 1)
    newest = max((anchor.since.year for anchor in anchors), default=0)
    return min(max(newest, cycle.listed_from.year) + YEARS_AHEAD, YEARS.stop - 1)
