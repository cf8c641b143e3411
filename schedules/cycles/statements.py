"""What a stored register states of the next inspection and the next test, beside the years that a cycle gives. Pure.

A register speaks from some day on, and of one date at a time: what lies before the first one is done, and a later one
says that the former is. Dates are compared by month.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from schedules.cycles.anchors import Anchor
from schedules.cycles.membership import Membership
from schedules.cycles.rules import Cycle
from schedules.cycles.years import Planned, Visited, inspection_on, test_on
from schedules.dates import month_end, same_month
from schedules.facts import Facts
from schedules.happenings import SupervisoryInspectionPassed
from schedules.inspections import passes_of
from schedules.numbers import Numbers
from schedules.statements import StatedCycle, stated_cycles


def original_validity(facts: Facts, numbers: Numbers) -> StatedCycle | None:
    """The validity that the register stated first, or the one that the facts have."""
    stated = stated_cycles(facts.stated_inspections, numbers.renewal_months)
    if stated:
        return stated[0]
    validity = facts.lift.valid_until
    return StatedCycle(facts.cycle or validity, validity) if validity else None


def validity_on(day: date, facts: Facts) -> tuple[date, date] | None:
    """The validity as it was stated by `day`, or first after it, with the day on which it became known."""
    stated = [(known_on, validity) for known_on, validity in facts.stated_inspections if validity is not None]
    known = [each for each in stated if each[0] <= day] or stated[:1]
    if known:
        return known[-1]
    return (date.min, facts.lift.valid_until) if facts.lift.valid_until else None


def stated_on(stated: StatedCycle, facts: Facts) -> date:
    """Since when the register has stated the validity; the first of all days where it has no history."""
    return next((known_on for known_on, day in facts.stated_inspections if day == stated.cycle), date.min)


def with_stated_inspections(
    planned: list[Planned], facts: Facts, membership: Membership, extended: set[date], numbers: Numbers
) -> list[Planned]:
    """The years as the register has them: its date stands, what it is the date of is said by the clauses.

    An inspection before the register's next one may have been done before the register spoke, if its time had come by
    then; if not, it is owed all the same. `extended` are validities that the scheme puts off to the next inspection of
    its years: they bring none.
    """
    passed = [event for event in facts.events if isinstance(event, SupervisoryInspectionPassed)]
    before, known_on = date.min, facts.known_from
    for stated in stated_cycles(facts.stated_inspections, numbers.renewal_months):
        validity = stated.valid_until
        if not is_overtaken(validity, passed, known_on or date.min, membership.cycle):
            if validity not in extended:
                planned = _with_validity(planned, stated, membership, numbers)
            planned = [event for event in planned if not _was_done(event, before, validity, known_on)]
        before, known_on = validity, stated.until or known_on
    return planned


def _was_done(event: Planned, before: date, validity: date, known_on: date | None) -> bool:
    if not event.is_inspection or not _month(before) < _month(event.due) < _month(validity):
        return False
    return known_on is None or event.opens <= known_on


def is_overtaken(validity: date, passed: Iterable[SupervisoryInspectionPassed], known_on: date, cycle: Cycle) -> bool:
    """Whether a supervisory inspection since the register spoke has put another date in the place of `validity`: a
    renovation before it, or a major repair of its year. Where the scheme is the only rule that is the calendar year
    (TSG T7001-2023 4.1(3)), whichever of them came first."""
    return any(
        event.passed_on <= validity
        if event.kind == "renovated"
        else event.passed_on.year == validity.year and (_counts_alone(cycle) or event.passed_on <= validity)
        for event in passed
        if known_on < event.passed_on
    )


def _with_validity(
    planned: list[Planned], stated: StatedCycle, membership: Membership, numbers: Numbers
) -> list[Planned]:
    """With what falls due when `stated` ends: in a year that the cycle knows whatever it brings, else an inspection.

    Outside the scheme every year is one of inspection. Under the national rule the number of the year says whether it
    is inspected or tested (TSG T7001-2023 4.1), not the register, whose date may be from the rule before it.
    """
    cycle, validity, name = membership.cycle, stated.valid_until, stated.cycle.isoformat()
    if any(event.is_inspection and same_month(event.due, validity) for event in planned):
        return planned
    kept = [
        event
        for event in planned
        if event.due.year != validity.year or not (event.is_inspection or _counts_alone(cycle))
    ]
    brought = [event for event in planned if event.due.year == validity.year]
    if _counts_alone(cycle) and brought and not any(event.is_inspection for event in brought):
        is_given = any(same_month(event.due, validity) for event in brought)
        return planned if is_given else [*kept, test_on(validity, name, membership)]
    kind: Visited = "legacy" if cycle.yearly_before else "inspection"
    return [*kept, inspection_on(kind, validity, name, cycle, numbers.closes_from_months)]


def _counts_alone(cycle: Cycle) -> bool:
    """Whether the scheme's years are the only rule: there is none beside or before it for the same lift."""
    return not cycle.yearly_before


def with_stated_tests(planned: list[Planned], facts: Facts, membership: Membership, numbers: Numbers) -> list[Planned]:
    """The same for tests: those before the register's first date are done, a date that no year gives stands.

    Where the scheme is the only rule a year has an inspection or a test, never both (TSG T7008-2023): a test that the
    register states in a year of inspection is none.
    """
    for index, stated in enumerate(stated_cycles(facts.stated_tests, numbers.renewal_months)):
        on = stated.valid_until
        if index == 0:
            planned = [event for event in planned if event.is_inspection or _month(event.due) >= _month(on)]
        if _counts_alone(membership.cycle) and any(e.is_inspection and e.due.year == on.year for e in planned):
            continue
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


def since_known(planned: list[Planned], facts: Facts, cycle: Cycle) -> list[Planned]:
    """Without what fell due before the register first spoke of the lift, but for the dates that it stated itself."""
    if facts.known_from is None:
        return planned
    stated = {_month(day) for _, day in facts.stated_inspections if day is not None}
    tested = {_month(day) for _, day in facts.stated_tests if day is not None}
    return [
        event
        for event in planned
        if _month(event.due) >= _month(facts.known_from)
        or ((event.is_inspection or _counts_alone(cycle)) and _month(event.due) in stated)
        or (event.kind == "test" and _month(event.due) in tested)
    ]


def closed_by_statements(planned: list[Planned], facts: Facts, numbers: Numbers, cycle: Cycle) -> list[Planned]:
    """A later date of the register closes what was open before it, on the day on which it became known."""
    inspections = stated_cycles(facts.stated_inspections, numbers.renewal_months)
    tests = stated_cycles(facts.stated_tests, numbers.renewal_months)
    if not tests and _counts_alone(cycle):
        tested = [_tested(event, inspections) for event in planned]
        return [_closed(event, inspections, facts) if event.is_inspection else event for event in tested]
    return [_closed(event, inspections if event.is_inspection else tests, facts) for event in planned]


def _tested(event: Planned, stated: list[StatedCycle]) -> Planned:
    """A register may have one date for either kind: in a year of testing its next date closes the test."""
    if event.is_inspection or event.closed_on is not None:
        return event
    known = (former.until for former, _ in pairwise(stated) if same_month(former.valid_until, event.due))
    return replace(event, closed_on=next(known, None))


def _closed(event: Planned, stated: list[StatedCycle], facts: Facts) -> Planned:
    """What could not be done yet when the later date was stated is not done by it: what a lift owes since it left the
    scheme, or an inspection that the register leaves out. Nor does the date to which the scheme had put the inspection
    off stand for one: it is void (002 附件2 三6), so the register has to know of a later inspection, if of any."""
    if event.closed_on is not None:
        return event
    inspected = facts.last_inspected_on
    if event.kind == "legacy" and inspected is not None and _month(inspected) < _month(event.due):
        return event
    for former, later in pairwise(stated):
        is_late_enough = not event.is_inspection or event.opens <= (former.until or date.max)
        if _month(event.due) < _month(later.valid_until) and is_late_enough:
            return replace(event, closed_on=former.until)
    return event


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
