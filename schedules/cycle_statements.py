"""What a stored register states of the next inspection and the next test, beside the years that a cycle gives. Pure.

A register speaks from some day on, and of one date at a time: what lies before the first one is done, and a later one
says that the former is. Dates are compared by month.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from schedules.cycle_anchors import Anchor
from schedules.cycle_membership import Membership
from schedules.cycle_years import Planned, Visited, inspection_on, test_on
from schedules.dates import month_end, same_month
from schedules.facts import Facts, SupervisoryInspectionPassed
from schedules.inspections import passes_of
from schedules.rulebook import Numbers
from schedules.statements import StatedCycle, stated_cycles


def original_validity(facts: Facts, numbers: Numbers) -> StatedCycle | None:
    """The validity that the register stated first, or the one that the facts have."""
    stated = stated_cycles(facts.stated_inspections, numbers.renewal_months)
    if stated:
        return stated[0]
    validity = facts.lift.valid_until
    return StatedCycle(facts.cycle or validity, validity) if validity else None


def validity_on(day: date, facts: Facts) -> date | None:
    """The validity as it was stated by `day`, or first after it."""
    stated = [(known_on, validity) for known_on, validity in facts.stated_inspections if validity is not None]
    known = [validity for known_on, validity in stated if known_on <= day] or [validity for _, validity in stated[:1]]
    return known[-1] if known else facts.lift.valid_until


def with_stated_inspections(
    planned: list[Planned], facts: Facts, membership: Membership, extended: set[date], numbers: Numbers
) -> list[Planned]:
    """The years as the register has them: a validity that no year gives stands nevertheless, as an inspection.

    `extended` are validities that the scheme puts off to the next inspection of its years: they bring none.
    """
    before: date | None = None
    known_on = facts.known_from or date.min
    for stated in stated_cycles(facts.stated_inspections, numbers.renewal_months):
        validity = stated.valid_until
        if _is_overtaken(validity, facts, known_on):
            before, known_on = validity, stated.until or known_on
            continue
        is_given = any(event.is_inspection and same_month(event.due, validity) for event in planned)
        if not is_given and validity not in extended:
            planned = _with_validity(planned, before or date.min, stated, membership, numbers)
        if before is None:
            planned = [event for event in planned if not event.is_inspection or _month(event.due) >= _month(validity)]
        before, known_on = validity, stated.until or known_on
    return planned


def _is_overtaken(validity: date, facts: Facts, known_on: date) -> bool:
    """Whether a supervisory inspection since the register spoke has put another date in the place of `validity`."""
    passed = [event for event in facts.events if isinstance(event, SupervisoryInspectionPassed)]
    return any(
        known_on < event.passed_on <= validity and (event.kind == "renovated" or event.passed_on.year == validity.year)
        for event in passed
    )


def _with_validity(
    planned: list[Planned], before: date, stated: StatedCycle, membership: Membership, numbers: Numbers
) -> list[Planned]:
    """With an inspection when `stated` ends. Without a rule for the years outside the scheme, the years since `before`
    bring tests instead of inspections, and its own year brings nothing else."""
    cycle, validity = membership.cycle, stated.valid_until
    kept = []
    for event in planned:
        if event.due.year == validity.year and (event.is_inspection or not cycle.yearly_before):
            continue
        if not event.is_inspection or not _month(before) < _month(event.due) < _month(validity):
            kept.append(event)
        elif not cycle.yearly_before:
            kept.append(test_on(event.due, event.cycle, membership))
    kind: Visited = "legacy" if cycle.yearly_before else "inspection"
    return [*kept, inspection_on(kind, validity, stated.cycle.isoformat(), cycle, numbers.closes_from_months)]


def with_stated_tests(planned: list[Planned], facts: Facts, membership: Membership, numbers: Numbers) -> list[Planned]:
    """The same for tests: those before the register's first date are done, a date that no year gives stands."""
    for index, stated in enumerate(stated_cycles(facts.stated_tests, numbers.renewal_months)):
        on = stated.valid_until
        if index == 0:
            planned = [event for event in planned if event.is_inspection or _month(event.due) >= _month(on)]
        if not any(_is_test_of(on, event) for event in planned):
            planned = [event for event in planned if event.is_inspection or event.due.year != on.year]
            planned.append(test_on(on, stated.cycle.isoformat(), membership))
    return planned


def _is_test_of(on: date, event: Planned) -> bool:
    """Whether the register's date is that of `event`; a test beside an inspection has the whole year."""
    if event.is_inspection:
        return False
    return (event.occasion == "year" and event.due.year == on.year) or same_month(event.due, on)


def without_numbers(facts: Facts, membership: Membership, anchors: Sequence[Anchor], numbers: Numbers) -> list[Planned]:
    """What is owed while nobody knows a lift's installation, and so not its year's number: the inspection when the
    validity ends, and where the scheme knows no other rule the tests of the years up to then, from when the register
    spoke first or else from the last inspection. Before that nobody knows which years were those of an inspection."""
    cycle = membership.cycle
    original = original_validity(facts, numbers)
    stated = stated_cycles(facts.stated_inspections, numbers.renewal_months) or ([original] if original else [])
    kind: Visited = "legacy" if cycle.yearly_before else "inspection"
    planned: list[Planned] = []
    for each in stated:
        validity = each.valid_until
        if anchors and validity >= anchors[0].since:
            continue
        name = each.cycle.isoformat() if facts.stated_inspections else str(validity.year)
        planned.append(inspection_on(kind, validity, name, cycle, numbers.closes_from_months))
    if cycle.yearly_before or not planned:
        return planned
    known_from = facts.known_from or max(passes_of(facts), default=None)
    if known_from is None:
        return planned
    inspected = {event.due.year for event in planned} | {day.year for day in passes_of(facts)}
    month = planned[0].due.month
    for year in range(membership.start.year, max(inspected)):
        due = month_end(date(year, month, 1))
        if year not in inspected and due >= max(membership.start, known_from):
            planned.append(test_on(due, str(year), membership))
    return planned


def since_known(planned: list[Planned], facts: Facts) -> list[Planned]:
    """Without what fell due before the register first spoke of the lift, but for the validity that it stated."""
    if facts.known_from is None:
        return planned
    stated = {_month(day) for _, day in facts.stated_inspections if day is not None}
    return [
        event
        for event in planned
        if _month(event.due) >= _month(facts.known_from) or (event.is_inspection and _month(event.due) in stated)
    ]


def closed_by_statements(planned: list[Planned], facts: Facts, numbers: Numbers) -> list[Planned]:
    """A later date of the register closes what was open before it, on the day on which it became known."""
    inspections = stated_cycles(facts.stated_inspections, numbers.renewal_months)
    tests = stated_cycles(facts.stated_tests, numbers.renewal_months)
    return [_closed(event, inspections if event.is_inspection else tests) for event in planned]


def _closed(event: Planned, stated: list[StatedCycle]) -> Planned:
    """What a lift owes since it left the scheme is not done by a date that was stated before."""
    if event.closed_on is not None:
        return event
    for former, later in pairwise(stated):
        is_late_enough = event.kind != "legacy" or event.opens <= (former.until or date.max)
        if _month(event.due) < _month(later.valid_until) and is_late_enough:
            return replace(event, closed_on=former.until)
    return event


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
