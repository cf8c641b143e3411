"""The words of what a department cleared in a day or a week."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from store.notices import SUMMARY

LONGEST_NAME = 30
MOST_PARTS, LONGEST_PART = 12, 20  # departments of the work group, so that all is a caption's length


def words_for_summary(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice: a row of opening, new, cleared, closing for each figure, by its name.

    Of several departments also `parts`: the name of each and what is left there, by figure.
    """
    own = facts.own[SUMMARY]
    parts = own.get("parts", [])
    return {
        "n": 1,
        "you": cut(clean_text(facts.party_name), LONGEST_NAME),
        "first": say_day(date.fromisoformat(own["first"]), language, today),
        "last": say_day(date.fromisoformat(own["last"]), language, today),
        "corrected": sum(row["corrected"] for row in own["rows"].values()),
        **own["rows"],
        "parts": [_closing(part) for part in parts[:MOST_PARTS]],
        "more": max(0, len(parts) - MOST_PARTS),
        "document": load_index().documents.get(own.get("document", ""), {}).get(language, ""),
        "clause": own.get("clause", ""),
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }


def _closing(part: Mapping[str, Any]) -> dict[str, Any]:
    closing = {figure: row["closing"] for figure, row in part["rows"].items()}
    return closing | {"name": _end_of(clean_text(part["name"]))}


def _end_of(name: str) -> str:
    """Departments of one house differ in how their names end."""
    return name if len(name) <= LONGEST_PART else "…" + name[1 - LONGEST_PART :].lstrip()
