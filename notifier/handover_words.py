"""The words by which the other side of a handover is asked."""

from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import HANDOVER, NoticeFacts
from notifier.index import load_index

LONGEST_NAME, SHORT = 60, 20


def words_for_handover(facts: NoticeFacts, language: str, channel: str) -> dict[str, Any]:
    """Every variable of such a question. `gives`: the other unit gives the lifts, and takes them otherwise."""
    own, index = facts.own[HANDOVER], load_index()
    entry = index.entry(facts.template)
    limit = SHORT if channel in ("sms", "none") else LONGEST_NAME
    return {
        "n": own["n"],
        "other": cut(clean_text(own["other"]), limit),
        "gives": own["gives"],
        "you": cut(clean_text(facts.party_name), limit),
        "document": index.documents[entry.document][language],
        "clause": entry.clause[language],
        "reader": entry.reader,
        "contact": "",
    }
