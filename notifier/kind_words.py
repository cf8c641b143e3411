"""What a date is called by the kind of its duty, for the notices that speak of duties of every kind."""

from dataclasses import replace
from datetime import date
from typing import Any

from notifier.facts import TEST, NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from store.duties import BY_YEARS, INSPECTIONS

# The nouns for dates of different kinds: of inspections and tests alone, and of anything else.
SEVERAL, OTHER = "several", "other"


def kind_words(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """What the nearest date is called, and whether it is one of inspections or of tests: the two are never mixed up.

    `since`: the day from which other rules hold, empty where the notice is not about that.
    """
    kinds = {lift.kind for lift in facts.lifts if lift.due == facts.lifts[0].due}
    since = facts.own.get("from")
    return {
        "what": noun_of(kinds, language),
        "inspection": kinds <= set(INSPECTIONS),
        "test": kinds == {TEST},
        "since": say_day(date.fromisoformat(since), language, today) if since else "",
    }


def lifts_ahead(facts: NoticeFacts, today: date) -> NoticeFacts:
    """The same about the lifts whose date is still ahead, if it says that other rules hold and any is ahead.

    Which date is the next one is the question there; of lifts that are overdue by now the number is told beside it.
    """
    if "from" not in facts.own:
        return facts
    ahead = [lift for lift in facts.lifts if lift.last_day >= today]
    return replace(facts, lifts=ahead) if ahead else facts


def noun_of(kinds: set[str], language: str) -> str:
    """What a date of these kinds of duties is called."""
    nouns = load_index().nouns
    names = {nouns.get(kind, nouns[OTHER])[language] for kind in kinds}
    if len(names) == 1:
        return names.pop()
    return nouns[SEVERAL if kinds <= set(BY_YEARS) else OTHER][language]
