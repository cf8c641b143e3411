"""The words of a notice to an office about a paper that it owes: there is no lift in it."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import PAPER, NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day

LONGEST_NAME = 30


def words_for_office(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """Every variable that a template of an office's paper may use. `to` is empty where it goes to nobody else."""
    own = facts.own
    entry = load_index().entry(facts.template)
    return {
        "n": 1,
        "you": cut(clean_text(facts.party_name), LONGEST_NAME),
        "paper": own[PAPER][language],
        "to": cut(clean_text(own["to"]), LONGEST_NAME),
        "deadline": say_day(date.fromisoformat(own["due"]), language, today),
        "document": load_index().documents[own["document"]][language],
        "clause": own["clause"],
        "reader": entry.reader,
        "contact": "",
        "late": facts.late,
    }
