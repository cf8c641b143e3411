"""Which inspections and tests of a lift are done, and which one a booking is for. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from schedules.cycles.years import Planned
from schedules.dates import add_months
from schedules.facts import Booked, DatedFact, Facts, SupervisoryInspectionPassed
from schedules.inspections import passes_of, pause_of


def closed(planned: list[Planned], facts: Facts, *, late_tests: bool = True) -> list[Planned]:
    """The same with the days on which they were done. Without `late_tests` a test after its window does nothing; one at
    a restart has no window, and is done late."""
    done_on: dict[Planned, date] = {}
    inspections = [event for event in planned if event.is_inspection]
    for day in passes_of(facts):
        newest = max((event.due for event in inspections if event.opens <= day), default=None)
        for event in inspections:
            if newest is not None and event.due <= newest:
                done_on.setdefault(event, day)
    for tested, day in _tested(planned, facts).items():
        if late_tests or tested.window is None or not _is_late(day, tested):
            done_on[tested] = day
    return [replace(event, closed_on=event.closed_on or done_on.get(event)) for event in planned]


def missed_test(planned: list[Planned], facts: Facts) -> Planned | None:
    """The first test whose window was over when the lift was tested at last; None where each was in time.

    That a test never came is not among the facts: whoever keeps a register says so (`testing_exited`).
    """
    late = [event for event, day in _tested(planned, facts).items() if event.window and _is_late(day, event)]
    return min(late, key=lambda event: event.due, default=None)


def _tested(planned: list[Planned], facts: Facts) -> dict[Planned, date]:
    """Which tests were done, and when."""
    done_on: dict[Planned, date] = {}
    tests = [event for event in planned if not event.is_inspection]
    for day in tests_of(facts):
        tested = _tested_on(day, tests, done_on)
        if tested is not None:
            done_on[tested] = day
    return done_on


def _tested_on(day: date, tests: list[Planned], done_on: Mapping[Planned, date]) -> Planned | None:
    """A test is for the window that holds its day (of two, the one due first), else for the latest that is over; where
    that one was done already, it is a test more."""
    opened = [event for event in tests if event.opens <= day]
    within = [event for event in opened if event not in done_on and not _is_late(day, event)]
    if within:
        return min(within, key=lambda event: event.due)
    latest = max(opened, key=lambda event: event.due, default=None)
    return latest if latest not in done_on else None


def _is_late(day: date, test: Planned) -> bool:
    return day > (test.window[1] if test.window else test.due)


def tests_of(facts: Facts) -> list[date]:
    """The days on which the lift was tested."""
    return sorted({event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == "test_done"})


def was_done_before(event: Planned, day: date, facts: Facts) -> bool:
    """Whether the inspection or test was done in its time, before `day`: what follows then does not replace it."""
    return any(event.opens <= done < day for done in (passes_of(facts) if event.is_inspection else tests_of(facts)))


def was_done_before_supervision(event: Planned, day: date, facts: Facts) -> bool:
    """The same for the `day` of a supervisory inspection, never for that of a restart: its inspection is the year's."""
    supervised = {fact.passed_on for fact in facts.events if isinstance(fact, SupervisoryInspectionPassed)}
    return day in supervised and was_done_before(event, day, facts)


def pause_of_next(event: Planned, facts: Facts, closes_from_months: int) -> tuple[date, date] | tuple[None, None]:
    """(booked on, resumes on) of the inspection that is open next; what was booked before the last pass is over."""
    last_pass = max(passes_of(facts), default=date.min)
    since = max(add_months(event.due, -closes_from_months), last_pass)
    waiting = [fact for fact in facts.events if not (isinstance(fact, Booked) and fact.visit_on <= last_pass)]
    return pause_of(facts.model_copy(update={"events": tuple(waiting)}), since)
