"""What was open when other rules began: it stays owed, until it is done, and on its own last day.

Before the next rules began only the earlier ones dated anything: no date of the next ones from before that day is owed.
Derived from the facts alone: the earlier rules see what happened by their last day, and inspections whenever they were.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schedules.calendar import WorkingCalendar
from schedules.cycles.closing import tests_of
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import Facts
from schedules.happenings import (
    Answered,
    AnyEvent,
    Booked,
    BookingEnded,
    DatedFact,
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationConfirmed,
    SaidInspected,
    SayingRefuted,
    SupervisoryInspectionPassed,
    day_of,
)
from schedules.inspections import passes_of
from schedules.rulebook import Rule, Rulebook, books_of, rules_of
from store.duties import BY_YEARS, INSPECTIONS

# What says how an inspection went on counts for the earlier rules too, whenever it was.
OF_INSPECTIONS = (
    Booked,
    BookingEnded,
    SaidInspected,
    SayingRefuted,
    InspectionEnded,
    OpinionNoticeIssued,
    RectificationConfirmed,
)


@dataclass(frozen=True)
class Former:
    """Rules that held until others, of another document, took their place on `ended_on`."""

    rulebook: Rulebook
    ended_on: date

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those by which something may be owed still."""
        return tuple(rule for rule in rules_of(self.rulebook) if rule.duty in BY_YEARS)

    @property
    def dates_inspections(self) -> bool:
        """Whether the document dates them at all; one that does not says nothing of what was due while it held."""
        return any(rule.duty in INSPECTIONS for rule in self.rules)

    @property
    def ends_by_missed_test(self) -> bool:
        """Whether a missed test ended its scheme and is owed until the inspection in its place is passed (002 附件2
        四(一)1). By others a late test is late and no more."""
        return any(book.cycle is not None and book.cycle.missed_test_ends_scheme for book in books_of(self.rulebook))


def with_owed(
    drafts: Sequence[DutyDraft],
    formers: Iterable[Former],
    facts: Facts,
    calendar: WorkingCalendar,
    rulebook: Rulebook,
) -> list[DutyDraft]:
    """`drafts` of the rules in force (`rulebook`), and what stays owed under those before them (`formers`, oldest
    first): it stands for all that the later ones say was due before they began."""
    owed: list[DutyDraft] = []
    began = date.min
    known = [each for each in formers if facts.known_from is not None and facts.known_from < each.ended_on]
    followers = [*(each.rulebook for each in known), rulebook][1:]
    for former, following in zip(known, followers, strict=True):
        if not former.dates_inspections:
            continue
        ended = former.ended_on
        then = facts.model_copy(update={"events": tuple(event for event in facts.events if _counts(event, former))})
        given = _beside(derive(former.rulebook, then, calendar, until=ended, ends_on=ended), owed, began, facts)
        keys = _keys(owed)
        owed = [
            _kept(each, former, following, facts)
            for each in given
            if _was_due(each, ended) or (_key(each) in keys and _is_open(each, ended))
        ]
        began = ended
    return _beside(drafts, owed, began, facts)


def _beside(drafts: Sequence[DutyDraft], owed: Sequence[DutyDraft], began: date, facts: Facts) -> list[DutyDraft]:
    """`drafts` of rules that began on `began`, without what they say was due before, and what is `owed` from then.

    The inspection that a lift owes since it left a pilot is no such one, whatever its date: it arose on that day.
    """
    keys = _keys(owed)
    exits = [each for each in facts.events if isinstance(each, Answered) and each.kind == "testing_exited"]
    arisen = {"cycle_legacy"} if any(each.on >= began for each in exits) else set()
    stood_for = [draft for draft in drafts if _was_due(draft, began) and draft.rule.trigger not in arisen]
    kept = [draft for draft in drafts if _key(draft) not in keys and draft not in stood_for]
    days = [draft.closed_on for draft in stood_for if draft.closed_on is not None]
    return [*kept, *(_closed(each, days) if _lasts(each, began) else each for each in owed)]


def _kept(draft: DutyDraft, former: Former, following: Rulebook, facts: Facts) -> DutyDraft:
    """As it is owed from the day on which the rules ended. A test whose window was still open is told of in the words
    of the rules that follow, where they know tests: to leave the scheme is not to be feared any more."""
    ended = former.ended_on
    supervised = [event.passed_on for event in facts.events if isinstance(event, SupervisoryInspectionPassed)]
    if not _lasts(draft, ended):
        return _closed(draft, [day for day in supervised if day >= ended])
    draft = _closed(draft, [day for day in (*supervised, *passes_of(facts), *tests_of(facts)) if day >= ended])
    rule = next((rule for rule in rules_of(following) if rule.trigger == draft.rule.trigger), None)
    if rule is None or draft.due is None:
        return draft
    return replace(draft, rule=rule, cycle=draft.due.isoformat(), due=_last_day(draft))


def _was_due(draft: DutyDraft, on: date) -> bool:
    """Whether it was due before a day and not done by then."""
    return draft.rule.duty in BY_YEARS and draft.due is not None and draft.due < on and _is_open(draft, on)


def _is_open(draft: DutyDraft, on: date) -> bool:
    return draft.closed_on is None or draft.closed_on >= on


def _lasts(draft: DutyDraft, on: date) -> bool:
    """Whether it is a test whose time is not over on a day: it may be done until the end of its window."""
    last = _last_day(draft)
    return draft.rule.duty not in INSPECTIONS and last is not None and last >= on


def _last_day(draft: DutyDraft) -> date | None:
    return draft.window[1] if draft.window else draft.due


def _closed(draft: DutyDraft, days: Iterable[date]) -> DutyDraft:
    closed_on = min((day for day in (*days, draft.closed_on) if day is not None), default=None)
    return (
        draft
        if closed_on is None
        else replace(draft, closed_on=closed_on, booked_on=None, resume_on=None, held_until=None)
    )


def _key(draft: DutyDraft) -> tuple[str, str]:
    return draft.rule.id, draft.cycle


def _keys(drafts: Iterable[DutyDraft]) -> set[tuple[str, str]]:
    return {_key(draft) for draft in drafts}


def _counts(event: AnyEvent, former: Former) -> bool:
    day = day_of(event)
    is_late_test = isinstance(event, DatedFact) and event.kind == "test_done" and not former.ends_by_missed_test
    return isinstance(event, OF_INSPECTIONS) or is_late_test or day is None or day < former.ended_on
