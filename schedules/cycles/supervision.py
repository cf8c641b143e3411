"""What the supervisory inspection of a renovation or a major repair replaces in its own year. Pure.

What fell due on or after its day is left out; what was open since before it is closed by it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from schedules.cycles.anchors import Anchor
from schedules.cycles.closing import closed, was_done_before
from schedules.cycles.rules import Cycle
from schedules.cycles.years import Planned
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import SupervisoryInspectionPassed


def without_repaired(planned: list[Planned], facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]) -> list[Planned]:
    """Without what a major repair replaces in the rest of its year: whatever was not done yet."""
    repairs = [
        day for day in _minor_repairs(facts, cycle, anchors) if not _stands_for_last_year(day, planned, facts, cycle)
    ]

    def is_replaced(event: Planned) -> bool:
        return (event.is_inspection or _replaces_tests(cycle)) and any(
            event.due.year == day.year and event.due >= day and not was_done_before(event, day, planned, facts)
            for day in repairs
        )

    return [event for event in planned if not is_replaced(event)]


def _stands_for_last_year(day: date, planned: list[Planned], facts: Facts, cycle: Cycle) -> bool:
    """Whether a repair replaces a test of the year before, whose window was still open: it does not replace two."""
    return _replaces_tests(cycle) and any(
        event.due.year < day.year and _is_in_window(day, event) and not was_done_before(event, day, planned, facts)
        for event in planned
    )


def closed_by_supervision(
    planned: list[Planned], facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]
) -> list[Planned]:
    """With what was not done and is owed no longer, from one supervisory inspection to the next: all that was open when
    the years began anew; the test whose window was still open; what a major repair replaces in its calendar year (TSG
    T7001-2023 4.1(3): 当年的定期检验不再实施; 002 附件2 一: 替代当年的检验或检测)."""
    days = sorted({event.passed_on for event in facts.events if isinstance(event, SupervisoryInspectionPassed)})
    anew, repairs = _begun_anew(facts, cycle, anchors), set(_minor_repairs(facts, cycle, anchors))

    def is_replaced(event: Planned, day: date) -> bool:
        if not (event.due < day and event.opens <= day):
            return False
        of_year = day in repairs and event.due.year == day.year and event.occasion == "month"
        return day in anew or (of_year and (event.is_inspection or _replaces_tests(cycle))) or _is_in_window(day, event)

    for day in days:
        done = closed(planned, facts, cycle)
        planned = [
            replace(event, closed_on=day)
            if event.closed_on is None and is_replaced(event, day) and not (then.closed_on and then.closed_on < day)
            else event
            for event, then in zip(planned, done, strict=True)
        ]
    return planned


def _is_in_window(day: date, event: Planned) -> bool:
    """Whether `event` is a test that fell due before `day` and may still be done on it."""
    return not event.is_inspection and event.window is not None and event.due < day <= event.window[1]


def _begun_anew(facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]) -> set[date]:
    """The days of the supervisory inspections from which the lift's years are counted: by its renovation, or as those
    of a younger one."""
    years = cycle.major_repair.counts_as_years
    counted = {(anchor.since, anchor.passed_on) for anchor in anchors}
    return {
        event.passed_on
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed)
        and (
            (event.passed_on, event.passed_on) in counted
            if event.kind == "renovated"
            else years is not None and (event.passed_on, add_months(event.passed_on, -12 * years)) in counted
        )
    }


def _minor_repairs(facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]) -> list[date]:
    """The days of the major repairs after which the lift's age stands."""
    anew = _begun_anew(facts, cycle, anchors)
    return [day for day in _repairs_of(facts) if day not in anew]


def _repairs_of(facts: Facts) -> list[date]:
    return [
        event.passed_on
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed) and event.kind == "major_repair"
    ]


def _replaces_tests(cycle: Cycle) -> bool:
    return cycle.major_repair.replaces != "inspections"
