"""Which inspections and tests of a lift are done, and which one a booking is for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from schedules.cycles.rules import Cycle
from schedules.cycles.stops import stops_of
from schedules.cycles.years import Planned
from schedules.dates import add_months
from schedules.facts import Facts
from schedules.happenings import Booked, DatedFact, SupervisoryInspectionPassed
from schedules.inspections import held_until_of, passes_of, pause_of

EARLY_MONTHS = 2  # whole months before that in which an inspection is due


def closed(planned: list[Planned], facts: Facts, cycle: Cycle) -> list[Planned]:
    """The same with the days on which they were done. Where a missed test ends the scheme, a test after its window does
    nothing; one at a restart has no window, and is done late."""
    done_on = _inspected(planned, facts)
    for tested, day in _tested(planned, facts, cycle).items():
        if not cycle.missed_test_ends_scheme or tested.window is None or not _is_late(day, tested):
            done_on[tested] = day
    done = [replace(event, closed_on=event.closed_on or done_on.get(event)) for event in planned]
    return [
        replace(event, closed_on=_earlier(event.closed_on, _made_up_on(event, done, facts, cycle))) for event in done
    ]


def _earlier(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _made_up_on(event: Planned, done: Iterable[Planned], facts: Facts, cycle: Cycle) -> date | None:
    """When a missed test was made up for: by the first inspection or test of a later year, as its own year is past; a
    test that comes after that is none for it. Not where a missed test ends the scheme: that one is owed until the
    inspection in its place is passed."""
    if event.is_inspection or (cycle.missed_test_ends_scheme and event.window is not None):
        return None
    visits = {*passes_of(facts), *tests_of(facts)}
    later = {other.closed_on for other in done if other.due.year > event.due.year and other.closed_on in visits}
    days = {day for day in visits if day.year > event.due.year} | {day for day in later if day is not None}
    return min((day for day in days if day > event.due), default=None)


def _inspected(planned: Iterable[Planned], facts: Facts) -> dict[Planned, date]:
    """Which inspections were passed, and when.

    What closes an inspection that is overdue closes the next one too only as an early one (`_is_early_enough`).
    """
    done_on = {event: event.closed_on for event in planned if event.is_inspection and event.closed_on is not None}
    inspections = [event for event in planned if event.is_inspection]
    waiting = [event for event in inspections if event.closed_on is None]
    for day in passes_of(facts):
        newest = max((event.due for event in inspections if event.opens <= day), default=date.min)
        held = [event for event in waiting if event.due <= newest]
        is_late = any(event.due < day for event in held)
        for event in held:
            if event.due < day or not is_late or _is_early_enough(day, event):
                done_on[event] = day
                waiting.remove(event)
    for event in inspections:
        if event.occasion == "restart" and event.closed_on is None:
            inspected_on = _inspected_at_restart(event, done_on, facts)
            if inspected_on is not None:
                done_on[event] = inspected_on
    return done_on


def _inspected_at_restart(event: Planned, done_on: Mapping[Planned, date], facts: Facts) -> date | None:
    """By the last inspection before the lift was used again, as its month is that one's; else by the first after."""
    passed = done_on.get(event)
    days = [day for day in passes_of(facts) if passed is not None and day >= passed]
    return max((day for day in days if day <= event.due), default=min(days, default=None))


def _is_early_enough(day: date, event: Planned) -> bool:
    """Whether an inspection on `day` is an early one for `event` (as TSG T7001-2023 4.1): within the two months before
    its month, so that nobody is asked for two within them. What counts at a restart is said by its clause."""
    return event.occasion == "restart" or day >= add_months(event.due.replace(day=1), -EARLY_MONTHS)


def missed_test(planned: list[Planned], facts: Facts, cycle: Cycle) -> Planned | None:
    """The first test whose window was over when the lift was tested at last; None where each was in time.

    That a test never came is not among the facts: whoever keeps a register says so (`testing_exited`).
    """
    supervised = _supervised(facts)
    late = [
        event
        for event, day in _tested(planned, facts, cycle).items()
        if event.window and _is_late(day, event) and day not in supervised
    ]
    return min(late, key=lambda event: event.due, default=None)


def _tested(planned: list[Planned], facts: Facts, cycle: Cycle) -> dict[Planned, date]:
    """Which tests were done, and when. Where a missed test ends the scheme, one after its window that was done while
    the lift was out of use is a test more: it does not say that the lift was in use without one."""
    tests = [event for event in planned if not event.is_inspection]
    done_on = {event: event.closed_on for event in tests if event.closed_on is not None}
    stops = stops_of(facts, cycle.restart) if cycle.missed_test_ends_scheme else []
    for day in tests_of(facts):
        tested = _tested_on(day, tests, {event: done for event, done in done_on.items() if done <= day})
        if tested is None or (_is_late(day, tested) and any(stop.holds(day) for stop in stops)):
            continue
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


def was_done_before(event: Planned, day: date, planned: Iterable[Planned], facts: Facts) -> bool:
    """Whether the inspection or test was done in its time, before `day`: what follows then does not replace it.

    Which inspection was passed is said by all that were owed, `planned`.
    """
    if not event.is_inspection:
        return any(event.opens <= done < day for done in tests_of(facts))
    passed_on = _inspected({*planned, event}, facts).get(event)
    return passed_on is not None and passed_on < day


def was_done_before_supervision(event: Planned, day: date, planned: Iterable[Planned], facts: Facts) -> bool:
    """The same for the `day` of a supervisory inspection, never for that of a restart: its inspection is the year's."""
    return day in _supervised(facts) and was_done_before(event, day, planned, facts)


def _supervised(facts: Facts) -> set[date]:
    return {fact.passed_on for fact in facts.events if isinstance(fact, SupervisoryInspectionPassed)}


def pause_of_next(event: Planned, facts: Facts, closes_from_months: int) -> tuple[date, date] | tuple[None, None]:
    """(booked on, resumes on) of the inspection that is open next; what was booked before the last pass is over."""
    last_pass = max(passes_of(facts), default=date.min)
    since = max(add_months(event.due, -closes_from_months), last_pass)
    waiting = [fact for fact in facts.events if not (isinstance(fact, Booked) and fact.visit_on <= last_pass)]
    return pause_of(facts.model_copy(update={"events": tuple(waiting)}), since)


def held_until_of_next(event: Planned, facts: Facts, closes_from_months: int) -> date | None:
    """Until when reminders of the inspection that is open next wait for what the unit says of one elsewhere."""
    return held_until_of(facts, add_months(event.due, -closes_from_months))
