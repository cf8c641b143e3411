"""From facts to duties: every rule of a rulebook applied to one lift. Pure."""

from schedules.calendar import WorkingCalendar
from schedules.drafts import DutyDraft
from schedules.facts import Facts
from schedules.inspections import DERIVATIONS
from schedules.rulebook import Rulebook, load_rulebook


def derive(rulebook: Rulebook, facts: Facts, calendar: WorkingCalendar) -> list[DutyDraft]:
    """All duties that `rulebook` and its companions see in `facts`."""
    books = (rulebook, *(load_rulebook(companion) for companion in rulebook.companions))
    return [
        draft
        for book in books
        for rule in book.rules
        for draft in DERIVATIONS[rule.trigger](rule, facts, book.numbers, calendar)
    ]
