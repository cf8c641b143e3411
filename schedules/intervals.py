"""How long a lift may go without a visit on site, and without a remote check: by its line, exits and missed checks."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from schedules.dates import ONE_DAY, add_months
from schedules.facts import Facts, MaintenanceFacts
from schedules.happenings import DatedFact
from schedules.maintenance_rules import Case, MaintenanceTable
from schedules.pilots import exited_on, times_outside


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


def visit_owed(table: MaintenanceTable, facts: Facts, last_visit: date) -> tuple[Case, date | None]:
    """The line that says by when somebody must be on site again, and that day; None where a plan says it.

    It is the earliest of what the lift's own line sets and what the ordinary one sets since the own one fell away.
    """
    own = own_line(table, facts)
    due, ordinary = next_visit(own, last_visit), min(_ordinary_days(table, facts, last_visit), default=None)
    if ordinary is None or (due is not None and due <= ordinary):
        return own, due
    return table.ordinary, ordinary


def own_line(table: MaintenanceTable, facts: Facts) -> Case:
    """The line of the lift while it is in the pilot. Whoever left it was in it, whatever the register says now."""
    on_demand = facts.maintenance.on_demand or exited_on(facts) is not None
    return max_interval(table, facts.maintenance.model_copy(update={"on_demand": on_demand}))


def _ordinary_days(table: MaintenanceTable, facts: Facts, last_visit: date) -> Iterator[date]:
    """The ordinary interval's last days: of each time outside the pilot that did not end before, and of missed checks.

    Where it was over when the lift's own line fell away, the visit was due on that day (004 四(三)).
    """
    due = next_visit(table.ordinary, last_visit)
    assert due is not None, "the last line of a table has days"
    for left, again in times_outside(facts):
        if again is None or max(due, left) < again:
            yield max(due, left)
    unchecked = unchecked_since(table, facts)
    if unchecked is not None:
        yield max(due, unchecked)


def unchecked_since(table: MaintenanceTable, facts: Facts) -> date | None:
    """The day after the second remote check in a row that was missed since the last visit on site; None without one.

    The longer intervals are for whoever can check remotely every 15 days (002 附件1 一(二)2–4). A visit on site is no
    remote check: those after it are owed by the last check before it, but only those missed since then count. That a
    check was missed shows when the next one is recorded.
    """
    days, last_visit = own_line(table, facts).remote_days, last_of(facts, "onsite_visit")
    if days is None or last_visit is None:
        return None
    outside, checks = times_outside(facts), sorted(set(days_of(facts, "remote_check")))
    before = max((day for day in checks if day <= last_visit), default=last_visit)
    for one, other in pairwise([before, *(day for day in checks if day > last_visit)]):
        due = check_due(one, days, outside)
        while due <= last_visit:
            due = check_due(due, days, outside)
        second = check_due(due, days, outside)
        if other > second:
            return second + ONE_DAY
    return None


def check_due(last: date, days: int, outside: Iterable[tuple[date, date | None]]) -> date:
    """So many days after the last check; after the return to the pilot where that day fell outside it."""
    due = last + timedelta(days=days)
    for left, again in outside:
        if again is not None and left <= due < again:
            due = again + timedelta(days=days)
    return due


def last_of(facts: Facts, kind: str) -> date | None:
    """The last day of such a fact."""
    return max(days_of(facts, kind), default=None)


def days_of(facts: Facts, kind: str) -> list[date]:
    """The days of such facts, in the order in which they became known."""
    return [event.on for event in facts.events if isinstance(event, DatedFact) and event.kind == kind]
