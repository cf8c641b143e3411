"""The whole of one lift's inspections and tests under a document's cycle. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial

from schedules.cycles.anchors import Anchor, anchors_of
from schedules.cycles.changes import renewals_of, with_stops
from schedules.cycles.closing import closed, missed_test, tests_of, was_done_before_supervision
from schedules.cycles.entry import covers_month, entry_validity, with_opt_outs
from schedules.cycles.membership import Membership, membership_of
from schedules.cycles.rules import Cycle
from schedules.cycles.statements import (
    closed_by_statements,
    original_validity,
    since_known,
    stated_on,
    with_stated_inspections,
    with_stated_tests,
    without_numbers,
)
from schedules.cycles.stops import stops_of
from schedules.cycles.supervision import closed_by_supervision, without_repaired
from schedules.cycles.years import Planned, horizon_of, years_of
from schedules.dates import ONE_DAY
from schedules.facts import Facts
from schedules.given import YEARS
from schedules.happenings import Answered, SupervisoryInspectionPassed
from schedules.inspections import passes_of
from schedules.numbers import Numbers
from schedules.statements import StatedCycle

LOOK_AHEAD = 6  # years: the longest time between two inspections, should a major repair replace one
DONE_EARLY = 1  # years: what falls due later than that is not done yet


@dataclass(frozen=True)
class Life:
    """`events` by due date, as they are owed. `ordinary` are those of the years alone, before anything was left out for
    a time out of use, and reach some years further."""

    events: tuple[Planned, ...]
    ordinary: tuple[Planned, ...]
    membership: Membership
    anchors: tuple[Anchor, ...]
    original: StatedCycle | None

    def covers(self, due: date) -> bool:
        """Whether an event in `due`'s month is under the scheme; never where the lift's years are not known."""
        return covers_month(self.membership, self.anchors, due.replace(day=1))

    def without_opt_outs(self) -> "Life":
        """The same as if the unit had never applied to leave the scheme (only what `covers` says changes)."""
        return replace(self, membership=replace(self.membership, left=()))

    def next_open_inspection(self) -> Planned | None:
        """The earliest inspection that was not passed yet."""
        return next((event for event in self.events if event.is_inspection and event.closed_on is None), None)


@lru_cache(maxsize=64)
def life_of(facts: Facts, cycle: Cycle, numbers: Numbers, until: date | None) -> Life:
    """All inspections and tests of a lift up to the end of `until`'s year (see `horizon_of`).

    Several rules ask for the life of the same lift one after the other, so the last few are kept.
    """
    life = _life_of(facts, cycle, numbers, until, None)
    left = min(_exits(life, facts), default=None) if cycle.missed_test_ends_scheme else None
    life = life if left is None else _life_of(facts, cycle, numbers, until, left)
    last_year = horizon_of(life.anchors, cycle, until)
    return replace(life, events=tuple(event for event in life.events if event.due.year <= last_year))


def _worked_out(last_year: int, facts: Facts) -> int:
    """The last year that is looked at: what happens later than `last_year` closes what fell due before, or ends the
    scheme before its day."""
    supervised = (event.passed_on for event in facts.events if isinstance(event, SupervisoryInspectionPassed))
    happened = [*passes_of(facts), *tests_of(facts), *supervised]
    return min(max(last_year, max(happened, default=date.min).year + DONE_EARLY), YEARS.stop - 1)


def _exits(life: Life, facts: Facts) -> Iterator[date]:
    """When the lift left the testing pilot (002 附件2 四(一)1): as it was noted, or by a test that came too late.

    An exit noted for want of a test is void where it turns out that the test was done in time (it may be uploaded ten
    working days later, 二(二)4), or that the lift was out of use when the window ended.
    """
    missed = missed_test(list(life.events), facts, life.membership.cycle)
    if missed is not None and missed.window is not None:
        yield missed.window[1] + ONE_DAY
    tested = [event for event in life.events if event.kind == "test" and event.window and event.closed_on]
    in_time = {e.window[1] + ONE_DAY for e in tested if e.window and e.closed_on and e.closed_on <= e.window[1]}
    stops = stops_of(facts, life.membership.cycle.restart)
    ended = (test.ends for test in life.ordinary if test.kind == "test")
    suspended = {day + ONE_DAY for day in ended if any(stop.holds(day) for stop in stops)}
    for event in facts.events:
        if isinstance(event, Answered) and event.kind == "testing_exited" and event.on not in in_time | suspended:
            yield event.on


def _life_of(facts: Facts, cycle: Cycle, numbers: Numbers, until: date | None, left: date | None) -> Life:
    """The same for a lift that `left` the scheme on a day."""
    first = original_validity(facts, numbers)
    anchors = anchors_of(facts, cycle, _month_of(facts, cycle, first.valid_until if first else None))
    membership = membership_of(facts, cycle, anchors, left)
    original = entry_validity(facts, membership, anchors, numbers)
    membership = with_opt_outs(membership, facts, anchors, numbers)
    last_year = _worked_out(horizon_of(anchors, cycle, until), facts)
    ordinary = years_of(
        anchors,
        membership,
        last_year + LOOK_AHEAD,
        numbers.closes_from_months,
        partial(was_done_before_supervision, facts=facts),
    )
    ordinary = without_repaired(ordinary, facts, cycle, anchors)
    if facts.lift.installed_pass_on is None:
        unnumbered = without_numbers(facts, membership, anchors, numbers)
        asks_for_age = cycle.major_repair.counts_as_years is not None
        ordinary += unnumbered if asks_for_age else without_repaired(unnumbered, facts, cycle, anchors)
    life = Life((), tuple(ordinary), membership, tuple(anchors), original)
    owed = _as_stated(life, facts, numbers)
    owed += _after_exit(
        owed, membership, _validity_at_exit(original or first, facts, membership, anchors), facts.last_inspected_on
    )
    owed = with_stops(owed, facts, membership, anchors, numbers.closes_from_months)
    listed = [event for event in since_known(owed, facts, cycle) if event.due.year <= last_year]
    done = closed(closed_by_supervision(listed, facts, cycle, anchors), facts, cycle)
    done = closed_by_statements(done, facts, numbers, cycle)
    return replace(life, events=tuple(_overtaken(done, membership)))


def _month_of(facts: Facts, cycle: Cycle, validity: date | None) -> int | None:
    """The month in which the years fall due until something moves it, from the first source that knows; None leaves
    it to the installation."""
    start = cycle.start_in(facts.lift.district)
    earlier = [day for day in passes_of(facts) if day < start]
    known = {
        "stated": facts.lift.inspection_month,
        "last inspection": max(earlier).month if earlier else None,
        "validity": validity.month if validity else None,
    }
    return next((month for source in cycle.month_from if (month := known.get(source)) is not None), None)


def _as_stated(life: Life, facts: Facts, numbers: Numbers) -> list[Planned]:
    """The years as the register has them, where there is one. A validity under a scheme with a rule before it is none
    of the scheme's own: the scheme puts it off to the next inspection of its years (002 附件2 三1, 2)."""
    planned = list(life.ordinary)
    stated = {day for _, day in facts.stated_inspections if day is not None}
    extended = {day for day in stated if life.membership.cycle.yearly_before and life.covers(day)}
    if life.anchors:
        planned = with_stated_inspections(planned, facts, life.membership, extended, numbers)
    return with_stated_tests(planned, facts, life.membership, numbers)


def _validity_at_exit(
    stated: StatedCycle | None, facts: Facts, membership: Membership, anchors: list[Anchor]
) -> date | None:
    """When the validity that the lift brought along ends, if it does before the exit: it says nothing once a
    supervisory inspection has begun the years anew, or replaced the inspection of its year."""
    left = membership.exited_on
    if left is None or stated is None or stated.valid_until >= left:
        return None
    since = stated_on(stated, facts)
    is_renewed = any(since < each.passed_on < left for each in renewals_of(facts, anchors, membership))
    return None if is_renewed else stated.valid_until


def _after_exit(
    planned: list[Planned], membership: Membership, validity: date | None, inspected_on: date | None
) -> list[Planned]:
    """The inspection that a lift owes at once when it leaves the testing pilot: the extended date is void, so it is due
    when the original validity ended, or, where the lift was due for inspection then or since, in the month of the last
    test (002 附件2 三6, 四(一)1). It counts from the beginning of that test's window (六(一): left and overdue), also
    when only the register knows of it (`inspected_on`)."""
    left = membership.exited_on
    tests = [event for event in planned if left is not None and event.kind == "test" and event.due < left]
    if left is None or not tests or any(e.is_inspection and e.due.year == tests[-1].due.year for e in planned):
        return []
    due = validity or tests[-1].due
    if any(e.is_inspection and (due.replace(day=1) <= e.due < left or e.due.year == due.year) for e in planned):
        due = tests[-1].due
    opens = tests[-1].opens
    passed = inspected_on if inspected_on is not None and inspected_on >= opens else None
    return [Planned("legacy", due, str(due.year), opens=opens, closed_on=passed)]


def _overtaken(planned: list[Planned], membership: Membership) -> list[Planned]:
    """The tests that were missed on leaving the scheme are owed until the inspection in their place is passed, within
    the window of the last of them or later; what comes after that closes none of them."""
    left = membership.exited_on
    missed = [event for event in planned if left is not None and event.kind == "test" and event.due < left]
    if not missed:
        return planned
    since = missed[-1].opens
    ends = (event.closed_on for event in planned if event.kind == "legacy")
    passed = min((day for day in ends if day is not None and day >= since), default=None)
    return [
        replace(event, closed_on=passed)
        if event in missed
        and passed is not None
        and (event.closed_on is None or max(passed, event.ends) < event.closed_on)
        else event
        for event in planned
    ]
