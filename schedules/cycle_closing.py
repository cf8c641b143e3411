"""Which inspections and tests of a lift are done, and which one a booking is for. Pure."""

from dataclasses import replace
from datetime import date

from schedules.cycle_years import Planned
from schedules.dates import add_months
from schedules.facts import Booked, DatedFact, Facts
from schedules.inspections import passes_of, pause_of


def closed(planned: list[Planned], facts: Facts) -> list[Planned]:
    """The same with the days on which they were done."""
    done_on: dict[Planned, date] = {}
    inspections = [event for event in planned if event.is_inspection]
    for day in passes_of(facts):
        newest = max((event.due for event in inspections if event.opens <= day), default=None)
        for event in inspections:
            if newest is not None and event.due <= newest:
                done_on.setdefault(event, day)
    for day in tests_of(facts):
        tested = _tested_on(day, [event for event in planned if not event.is_inspection and event not in done_on])
        if tested is not None:
            done_on[tested] = day
    return [replace(event, closed_on=event.closed_on or done_on.get(event)) for event in planned]


def _tested_on(day: date, tests: list[Planned]) -> Planned | None:
    """A test is for the window that holds its day (of two, the one due first), else for the latest that is over."""
    opened = [event for event in tests if event.opens <= day]
    within = [event for event in opened if day <= (event.window[1] if event.window else event.due)]
    if within:
        return min(within, key=lambda event: event.due)
    return max(opened, key=lambda event: event.due, default=None)


def tests_of(facts: Facts) -> list[date]:
    """The days on which the lift was tested."""
    return sorted({event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == "test_done"})


def pause_of_next(event: Planned, facts: Facts, closes_from_months: int) -> tuple[date, date] | tuple[None, None]:
    """(booked on, resumes on) of the inspection that is open next; what was booked before the last pass is over."""
    last_pass = max(passes_of(facts), default=date.min)
    since = max(add_months(event.due, -closes_from_months), last_pass)
    waiting = [fact for fact in facts.events if not (isinstance(fact, Booked) and fact.visit_on <= last_pass)]
    return pause_of(facts.model_copy(update={"events": tuple(waiting)}), since)
