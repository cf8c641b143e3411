"""From facts to duties: every rule of a rulebook applied to one lift. Pure."""

from datetime import date

from schedules import inspections, maintenance, papers, records
from schedules.calendar import WorkingCalendar
from schedules.cycles import duties as years
from schedules.drafts import Derivation, DutyDraft, Frame
from schedules.facts import Facts
from schedules.pilots import is_in_pilot
from schedules.rulebook import Rulebook, books_of
from schedules.vocabulary import Trigger

DERIVATIONS: dict[Trigger, Derivation] = {
    **inspections.DERIVATIONS,
    **years.DERIVATIONS,
    **maintenance.DERIVATIONS,
    **papers.DERIVATIONS,
    **records.DERIVATIONS,
}


def derive(
    rulebook: Rulebook,
    facts: Facts,
    calendar: WorkingCalendar,
    *,
    until: date | None = None,
    ends_on: date | None = None,
) -> list[DutyDraft]:
    """All duties that `rulebook` and its companions see in `facts`; yearly ones up to `until`, and what is only about
    taking part in the document's scheme before `ends_on`, when other rules begin."""
    lifts = ("all", "in_pilot" if is_in_pilot(facts) else "outside_pilot")
    return [
        draft
        for book in books_of(rulebook)
        for rule in book.rules
        if rule.lifts in lifts
        for draft in DERIVATIONS[rule.trigger](rule, facts, Frame(book, calendar, until, ends_on))
    ]
