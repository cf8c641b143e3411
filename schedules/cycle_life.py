"""The whole of one lift's inspections and tests under a document's cycle. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from schedules.cycle_changes import anchor_on, anchors_of, with_stops, without_repaired
from schedules.cycle_closing import closed, passes_of
from schedules.cycle_membership import Membership, membership_of
from schedules.cycle_rules import Cycle
from schedules.cycle_years import Anchor, Planned, horizon_of, opens_on, window_around, years_of
from schedules.dates import month_end
from schedules.facts import Facts

LOOK_AHEAD = 6  # years: the longest time between two inspections, should a major repair replace one


@dataclass(frozen=True)
class Life:
    """`events` by due date, as they are owed. `ordinary` are those of the years alone, before anything was left out for
    a time out of use, and reach some years further."""

    events: tuple[Planned, ...]
    ordinary: tuple[Planned, ...]
    membership: Membership
    anchors: tuple[Anchor, ...]
    validity: date | None

    def covers(self, due: date) -> bool:
        """Whether an event in `due`'s month is under the scheme; never where the lift's years are not known."""
        anchor = anchor_on(list(self.anchors), due)
        return anchor is not None and self.membership.covers(due.replace(day=1), due, due.year - anchor.passed_on.year)

    def without_opt_outs(self) -> "Life":
        """The same as if the unit had never applied to leave the scheme (only what `covers` says changes)."""
        return replace(self, membership=replace(self.membership, left=()))

    def next_open_inspection(self) -> Planned | None:
        """The earliest inspection that was not passed yet."""
        return next((event for event in self.events if event.is_inspection and event.closed_on is None), None)


@lru_cache(maxsize=64)
def life_of(facts: Facts, cycle: Cycle, closes_from_months: int, until: date | None) -> Life:
    """All inspections and tests of a lift up to the end of `until`'s year (see `horizon_of`).

    Several rules ask for the life of the same lift one after the other, so the last few are kept.
    """
    validity = facts.lift.valid_until
    anchors = anchors_of(facts, cycle, month_of(facts, cycle))
    membership = membership_of(facts, cycle, validity, lambda day: _month_on(anchors, day))
    last_year = horizon_of(anchors, cycle, until)
    ordinary = years_of(anchors, membership, last_year + LOOK_AHEAD, closes_from_months)
    ordinary = without_repaired(ordinary, facts, cycle, anchors)
    ordinary += _after_exit(ordinary, membership, validity, closes_from_months)
    ordinary += _before_numbering(anchors, membership, validity, closes_from_months)
    ordinary.sort(key=lambda event: (event.due, event.kind))
    owed = with_stops(ordinary, facts, membership, anchors, validity)
    listed = [event for event in owed if event.due.year <= last_year]
    return Life(tuple(closed(listed, facts)), tuple(ordinary), membership, tuple(anchors), validity)


def month_of(facts: Facts, cycle: Cycle) -> int | None:
    """The month in which the years fall due until something moves it, from the first source that knows; None leaves
    it to the installation."""
    start = cycle.start_in(facts.lift.district)
    earlier = [day for day in passes_of(facts) if day < start]
    known = {
        "stated": facts.lift.inspection_month,
        "last inspection": max(earlier).month if earlier else None,
        "validity": facts.lift.valid_until.month if facts.lift.valid_until else None,
    }
    return next((month for source in cycle.month_from if (month := known.get(source)) is not None), None)


def _month_on(anchors: list[Anchor], day: date) -> int | None:
    anchor = anchor_on(anchors, day)
    return anchor.month if anchor else None


def _after_exit(
    planned: list[Planned], membership: Membership, validity: date | None, closes_from_months: int
) -> list[Planned]:
    """The inspection that a lift owes at once when it leaves the testing pilot: the extended date is void, so it is due
    when the original validity ended, or in the month of the test that was missed (002 附件2 三6, 四(一)1)."""
    left = membership.exited_on
    missed = [event for event in planned if left is not None and event.kind == "test" and event.due < left]
    if left is None or not missed or any(e.is_inspection and e.due.year == missed[-1].due.year for e in planned):
        return []
    due = validity if validity is not None and validity < left else missed[-1].due
    if any(event.kind == "legacy" and event.cycle == str(due.year) for event in planned):
        return []
    return [Planned("legacy", due, str(due.year), opens_on(due, closes_from_months))]


def _before_numbering(
    anchors: list[Anchor], membership: Membership, validity: date | None, closes_from_months: int
) -> list[Planned]:
    """What is owed while the day of installation is unknown, and with it the year's number: the inspection at the end
    of the stated validity, and under a scheme without a rule before it the tests of the years up to then."""
    if validity is None or (anchors and anchors[0].passed_on <= validity):
        return []
    cycle, first = membership.cycle, validity.replace(day=1)
    if cycle.yearly_before:
        return [Planned("legacy", validity, str(validity.year), opens_on(validity, closes_from_months))]
    window = window_around(first, cycle.inspection_window) if cycle.inspection_window else None
    opens = window[0] if window else opens_on(validity, closes_from_months)
    planned = [Planned("inspection", validity, str(validity.year), opens, (opens, validity) if window else None)]
    for year in range(membership.start.year, validity.year):
        around = window_around(first.replace(year=year), cycle.test_window)
        due = month_end(first.replace(year=year))
        if due >= membership.start:
            planned.append(Planned("test", due, str(year), around[0], around))
    return planned
