"""Maintenance: the longest interval between visits on site, remote checks between them, monitoring outages."""

from collections.abc import Iterator
from datetime import date

from schedules.dates import ONE_DAY
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.happenings import Answered, DatedFact, DelayStated
from schedules.intervals import check_due, last_of, own_line, visit_owed
from schedules.maintenance_rules import MaintenanceTable
from schedules.moments import midnight_after
from schedules.pilots import exited_on, times_outside, was_outside
from schedules.rulebook import Rule
from schedules.vocabulary import DueWorkingDaysToRestore, Trigger


def _table(frame: Frame) -> MaintenanceTable:
    assert frame.book.maintenance is not None, f"rulebook {frame.book.id} has an interval rule but no [maintenance]"
    return frame.book.maintenance


def derive_onsite(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The next visit on site, by the line of the table that names this rule; nothing before the first visit."""
    last_visit = last_of(facts, "onsite_visit")
    if last_visit is None:
        return
    case, due = visit_owed(_table(frame), facts, last_visit)
    if case.rule == rule.id:
        held_until = _held_until(facts, due)
        yield DutyDraft(rule=rule, cycle=last_visit.isoformat(), due=due, event_on=last_visit, held_until=held_until)


def _held_until(facts: Facts, due: date | None) -> date | None:
    """Nobody is told that the visit is late before the day after that by which a statement of delay says it comes."""
    stated = [event.until for event in facts.events if isinstance(event, DelayStated) and event.due_on == due]
    return stated[-1] + ONE_DAY if stated else None


def derive_remote(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The next remote check, counted from the last one, or from the last visit on site where there was none yet.

    None is owed by a lift outside the pilot. One that must be visited for missed checks stays in it and is checked on.
    """
    table = _table(frame)
    days, last = own_line(table, facts).remote_days, last_of(facts, "remote_check") or last_of(facts, "onsite_visit")
    if days is None or last is None or exited_on(facts) is not None:
        return
    due = check_due(last, days, times_outside(facts))
    yield DutyDraft(rule=rule, cycle=last.isoformat(), due=due, event_on=last)


def derive_outages(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """Each monitoring outage is to be mended by the end of the n-th working day after the day it was found."""
    assert isinstance(rule.due, DueWorkingDaysToRestore)
    restored = sorted(
        event.on for event in facts.events if isinstance(event, Answered) and event.kind == "iot_restored"
    )
    outside = times_outside(facts)
    for found in _outages(facts):
        if was_outside(found, outside):
            continue
        due = frame.calendar.add_working(found, rule.due.days)
        yield DutyDraft(
            rule=rule,
            cycle=found.isoformat(),
            due=due,
            due_at=midnight_after(due),
            closed_on=next((day for day in restored if day >= found), None),
            event_on=found,
            provisional=frame.calendar.is_provisional(due),
        )


def _outages(facts: Facts) -> list[date]:
    return sorted({event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == "iot_outage"})


DERIVATIONS: dict[Trigger, Derivation] = {
    "onsite_interval": derive_onsite,
    "remote_interval": derive_remote,
    "iot_outage": derive_outages,
}
