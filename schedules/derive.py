"""From facts to duties: every rule of a rulebook applied to one lift. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from schedules.calendar import WorkingCalendar
from schedules.drafts import DutyDraft
from schedules.facts import Facts
from schedules.inspections import DERIVATIONS
from schedules.rulebook import Rulebook, load_rulebook
from schedules.steps import StepDates, step_dates


def derive(rulebook: Rulebook, facts: Facts, calendar: WorkingCalendar) -> list[DutyDraft]:
    """All duties that `rulebook` and its companions see in `facts`."""
    books = (rulebook, *(load_rulebook(companion) for companion in rulebook.companions))
    return [
        draft
        for book in books
        for rule in book.rules
        for draft in DERIVATIONS[rule.trigger](rule, facts, book.numbers, calendar)
    ]


def dates_of(
    rulebook: Rulebook,
    facts: Facts,
    calendar: WorkingCalendar,
    *,
    since: date | None = None,
    until: date | None = None,
) -> list[dict[str, Any]]:
    """The answer of `tixing dates` to one line of facts: duties sorted by due date, those without one last.

    `since` and `until` are inclusive and speak of the due date; a duty without one is left out where either is given.
    """
    rows = [
        _row(rulebook, draft, calendar) for draft in derive(rulebook, facts, calendar) if _within(draft, since, until)
    ]
    return sorted(rows, key=lambda row: (row["due"] is None, row["due"] or "", row["duty"], row["rule"]))


def _within(draft: DutyDraft, since: date | None, until: date | None) -> bool:
    if draft.due is None:
        return since is None and until is None
    return (since is None or draft.due >= since) and (until is None or draft.due <= until)


def _row(rulebook: Rulebook, draft: DutyDraft, calendar: WorkingCalendar) -> dict[str, Any]:
    rule, due = draft.rule, draft.due
    steps = step_dates(rule, due, calendar, event_on=draft.event_on) if due else []
    shown = [dates for dates in steps if rule.step_named(dates.step).in_dates]
    practical = calendar.last_working(due) if due else None
    return {
        "duty": rule.duty,
        "due": iso(due),
        "practical": iso(practical),
        "window": [iso(draft.window[0]), iso(draft.window[1])] if draft.window else None,
        "steps": [step_row(dates) for dates in shown],
        "rule": rule.id,
        "clause": rule.clause,
        "seed": rulebook.seed,
        "provisional": draft.provisional
        or any(dates.provisional for dates in shown)
        or (due is not None and calendar.is_provisional(due, practical or due)),
        "closed_on": iso(draft.closed_on),
    }


def step_row(dates: StepDates) -> dict[str, str | None]:
    """A rung as `tixing dates` shows it."""
    return {
        "step": dates.step,
        "opens": iso(dates.opens_on),
        "on": iso(dates.latest_on),
        "practical": iso(dates.practical_on),
    }


def iso(day: date | None) -> str | None:
    """ISO text, or None."""
    return day.isoformat() if day else None


def steps_by_rule(rulebook: Rulebook) -> Iterable[tuple[str, str]]:
    """(rule, step) of every rung that tells somebody."""
    return ((rule.id, step.step) for rule in rulebook.rules for step in rule.told_steps)
