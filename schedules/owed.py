"""What was owed when other rules began, and was not done by then: it stays owed, until it is done.

Derived from the facts alone: the earlier rules see what happened by their last day, and inspections whenever they were.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schedules.calendar import WorkingCalendar
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import (
    AnyEvent,
    Booked,
    BookingEnded,
    Facts,
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationConfirmed,
    SupervisoryInspectionPassed,
    day_of,
)
from schedules.rulebook import Rule, Rulebook, books_of, rules_of
from store.duties import BY_YEARS, INSPECTIONS

# What says how an inspection went on counts for the earlier rules too, whenever it was.
OF_INSPECTIONS = (Booked, BookingEnded, InspectionEnded, OpinionNoticeIssued, RectificationConfirmed)


@dataclass(frozen=True)
class Former:
    """Rules that held until others, of another document, took their place on `ended_on`."""

    rulebook: Rulebook
    ended_on: date

    @property
    def kinds(self) -> tuple[str, ...]:
        """What may be owed by them still. A missed test is, where it ended the scheme: until the inspection in its
        place is passed (002 附件2 四(一)1)."""
        ends = any(book.cycle is not None and book.cycle.missed_test_ends_scheme for book in books_of(self.rulebook))
        return BY_YEARS if ends else INSPECTIONS

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those by which something may be owed still."""
        return tuple(rule for rule in rules_of(self.rulebook) if rule.duty in self.kinds)


def with_owed(
    drafts: Sequence[DutyDraft], formers: Iterable[Former], facts: Facts, calendar: WorkingCalendar
) -> list[DutyDraft]:
    """`drafts` of the rules in force, and what stays owed under those before them (`formers`, oldest first).

    An inspection that is owed by earlier rules stands for all that the later ones say was due by then; a test too.
    """
    owed: list[DutyDraft] = []
    began = date.min
    for former in formers:
        ended = former.ended_on
        if facts.known_from is None or facts.known_from >= ended:
            continue  # the register did not speak of the lift while these rules held
        then = facts.model_copy(update={"events": tuple(event for event in facts.events if _counts(event, ended))})
        given = _beside(derive(former.rulebook, then, calendar, until=ended, ends_on=ended), owed, began)
        owed = [_closed_by_supervision(each, facts, ended) for each in given if _was_owed(each, former)]
        began = ended
    return _beside(drafts, owed, began)


def _beside(drafts: Sequence[DutyDraft], owed: Sequence[DutyDraft], began: date) -> list[DutyDraft]:
    kinds = {kind for each in owed for kind in (INSPECTIONS if each.rule.duty in INSPECTIONS else (each.rule.duty,))}
    keys = {(each.rule.id, each.cycle) for each in owed}
    kept = [
        draft
        for draft in drafts
        if (draft.rule.id, draft.cycle) not in keys and not (draft.rule.duty in kinds and _was_open(draft, began))
    ]
    return [*kept, *owed]


def _was_owed(draft: DutyDraft, former: Former) -> bool:
    """Whether its time was over when the rules ended; that of a test lasts until the end of its window."""
    if draft.rule.duty not in former.kinds or not _was_open(draft, former.ended_on):
        return False
    return draft.rule.duty in INSPECTIONS or (draft.window is not None and draft.window[1] < former.ended_on)


def _was_open(draft: DutyDraft, on: date) -> bool:
    return draft.due is not None and draft.due < on and (draft.closed_on is None or draft.closed_on >= on)


def _closed_by_supervision(draft: DutyDraft, facts: Facts, ended: date) -> DutyDraft:
    passed = [event.passed_on for event in facts.events if isinstance(event, SupervisoryInspectionPassed)]
    days = [day for day in (*passed, draft.closed_on) if day is not None and day >= ended]
    closed_on = min(days, default=draft.closed_on)
    return draft if closed_on is None else replace(draft, closed_on=closed_on, booked_on=None, resume_on=None)


def _counts(event: AnyEvent, ended: date) -> bool:
    day = day_of(event)
    return isinstance(event, OF_INSPECTIONS) or day is None or day < ended
