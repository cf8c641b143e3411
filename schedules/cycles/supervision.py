"""What the supervisory inspection of a renovation or a major repair replaces in its own year. Pure.

What fell due on or after its day is left out; what was open since before it is closed by it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from schedules.cycles.anchors import Anchor
from schedules.cycles.closing import was_done_before
from schedules.cycles.rules import Cycle
from schedules.cycles.years import Planned
from schedules.facts import Facts, SupervisoryInspectionPassed


def without_repaired(planned: list[Planned], facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]) -> list[Planned]:
    """Without what a major repair replaces in the rest of its year: whatever was not done yet."""
    turned = {anchor.since for anchor in anchors}
    repairs = [day for day in _repairs_of(facts) if day not in turned]

    def is_replaced(event: Planned) -> bool:
        return (event.is_inspection or _replaces_tests(cycle)) and any(
            event.due.year == day.year and event.due >= day and not was_done_before(event, day, planned, facts)
            for day in repairs
        )

    return [event for event in planned if not is_replaced(event)]


def closed_by_supervision(
    planned: list[Planned], facts: Facts, cycle: Cycle, anchors: Sequence[Anchor]
) -> list[Planned]:
    """With what was not done and is owed no longer: the inspection of the calendar year of a major repair (TSG
    T7001-2023 4.1(3): 当年的定期检验不再实施), or the test whose window was still open (002 附件2 一)."""
    days = sorted({event.passed_on for event in facts.events if isinstance(event, SupervisoryInspectionPassed)})
    turned, repairs = {anchor.since for anchor in anchors[1:]}, set(_repairs_of(facts))

    def is_replaced(event: Planned, day: date) -> bool:
        of_year = event.due.year == day.year
        if event.is_inspection:
            return not _replaces_tests(cycle) and of_year and day in repairs and event.occasion == "month"
        return event.window is not None and day <= event.window[1] and (of_year or day in turned)

    def replaced_on(event: Planned) -> date | None:
        return next(
            (
                day
                for day in days
                if event.due < day and is_replaced(event, day) and not was_done_before(event, day, planned, facts)
            ),
            None,
        )

    return [event if event.closed_on else replace(event, closed_on=replaced_on(event)) for event in planned]


def _repairs_of(facts: Facts) -> list[date]:
    return [
        event.passed_on
        for event in facts.events
        if isinstance(event, SupervisoryInspectionPassed) and event.kind == "major_repair"
    ]


def _replaces_tests(cycle: Cycle) -> bool:
    return cycle.major_repair.replaces != "inspections"
