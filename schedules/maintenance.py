"""Maintenance: the longest interval between visits on site, remote checks between them, monitoring outages."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from schedules.dates import ONE_DAY, add_months
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Answered, DatedFact, Facts, MaintenanceFacts
from schedules.maintenance_rules import Case, MaintenanceTable
from schedules.moments import midnight_after
from schedules.pilots import exited_on
from schedules.rulebook import Rule
from schedules.vocabulary import DueWorkingDaysToRestore, Trigger


def max_interval(table: MaintenanceTable, maintenance: MaintenanceFacts) -> Case:
    """The line of the table that a lift so maintained and equipped is under (002 附件1 一(二)1–4).

    Its `months` or `days` are the longest interval on site; both are None where a filed plan sets it.
    """
    return next(case for case in table.cases if all(getattr(maintenance, need) for need in case.needs))


def check_interval(table: MaintenanceTable, maintenance: MaintenanceFacts, months: int) -> None:
    """Refuse, with ValueError, an application for visits every `months` months that the table does not allow."""
    case = max_interval(table, maintenance.model_copy(update={"on_demand": True}))
    if case.days is not None:
        raise ValueError(f"{months} months between visits are refused: the longest is {case.days} days")
    if case.months is not None and months > case.months:
        raise ValueError(f"{months} months between visits are refused: the longest is {case.months}")


def next_visit(case: Case, last_visit: date) -> date | None:
    """The last day for the next visit on site; None where a plan that is not among the facts sets it."""
    if case.months is not None:
        return add_months(last_visit, case.months)
    return last_visit + timedelta(days=case.days) if case.days is not None else None


def case_of(table: MaintenanceTable, facts: Facts) -> Case:
    """The line that holds for the lift now: a lift that has left the pilot, or was not checked remotely as its line
    wants, is under the ordinary one."""
    if exited_on(facts) is not None or unchecked_since(table, facts) is not None:
        return table.ordinary
    return max_interval(table, facts.maintenance)


def unchecked_since(table: MaintenanceTable, facts: Facts) -> date | None:
    """The day after the second remote check in a row that was missed since the last visit on site; None without one.

    The longer intervals are for whoever can check remotely every 15 days (002 附件1 一(二)2–4); the next visit on site
    starts anew. That a check was missed shows when the next one is recorded.
    """
    days, last_visit = max_interval(table, facts.maintenance).remote_days, _last(facts, "onsite_visit")
    if days is None or last_visit is None:
        return None
    checked = sorted({day for day in _days(facts, "remote_check") if day > last_visit})
    second_due = timedelta(days=2 * days)
    missed = (one + second_due for one, other in pairwise([last_visit, *checked]) if other > one + second_due)
    return next((day + ONE_DAY for day in missed), None)


def _table(frame: Frame) -> MaintenanceTable:
    assert frame.book.maintenance is not None, f"rulebook {frame.book.id} has an interval rule but no [maintenance]"
    return frame.book.maintenance


def _last(facts: Facts, kind: str) -> date | None:
    return max(_days(facts, kind), default=None)


def _days(facts: Facts, kind: str) -> list[date]:
    return [event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == kind]


def derive_onsite(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The next visit on site, by the line of the table that names this rule; nothing before the first visit.

    On leaving the pilot, or when the remote checks were missed, the ordinary interval runs from the last visit; where
    it is over by then, the visit is due on that day (004 四(三)).
    """
    table = _table(frame)
    case, last_visit = case_of(table, facts), _last(facts, "onsite_visit")
    if case.rule != rule.id or last_visit is None:
        return
    due, left_on = next_visit(case, last_visit), exited_on(facts) or unchecked_since(table, facts)
    if due is not None and left_on is not None:
        due = max(due, left_on)
    yield DutyDraft(rule=rule, cycle=last_visit.isoformat(), due=due, event_on=last_visit)


def derive_remote(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """The next remote check, counted from the last one, or from the last visit on site where there was none yet."""
    days = case_of(_table(frame), facts).remote_days
    last = _last(facts, "remote_check") or _last(facts, "onsite_visit")
    if days is not None and last is not None:
        yield DutyDraft(rule=rule, cycle=last.isoformat(), due=last + timedelta(days=days), event_on=last)


def derive_outages(rule: Rule, facts: Facts, frame: Frame) -> Iterator[DutyDraft]:
    """Each monitoring outage is to be mended by the end of the n-th working day after the day it was found."""
    assert isinstance(rule.due, DueWorkingDaysToRestore)
    restored = sorted(
        event.on for event in facts.events if isinstance(event, Answered) and event.kind == "iot_restored"
    )
    left_on = exited_on(facts)
    for found in _outages(facts):
        if left_on is not None and left_on <= found:
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
