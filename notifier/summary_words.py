"""The words of what a department cleared in a day or a week."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from store.notices import SUMMARY

LONGEST_NAME = 30


def words_for_summary(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice: a row of opening, new, cleared, closing for each figure, by its name."""
    own = facts.own[SUMMARY]
    return {
        "n": 1,
        "you": cut(clean_text(facts.party_name), LONGEST_NAME),
        "first": say_day(date.fromisoformat(own["first"]), language, today),
        "last": say_day(date.fromisoformat(own["last"]), language, today),
        "corrected": sum(row["corrected"] for row in own["rows"].values()),
        **own["rows"],
        "document": load_index().documents.get(own.get("document", ""), {}).get(language, ""),
        "clause": own.get("clause", ""),
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }
