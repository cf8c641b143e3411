"""The words by which the other side of a handover is asked."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import HANDOVER, NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day

LONGEST_NAME, SHORT = 60, 20


def words_for_handover(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice. `gives`: the other unit gives the lifts, and takes them otherwise; `on`: the day
    on which it was proposed, where nobody has answered."""
    own, index = facts.own[HANDOVER], load_index()
    document, clause = index.cited(facts.template, facts.rule, facts.city_id, language)
    limit = SHORT if channel in ("sms", "none") else LONGEST_NAME
    return {
        "n": own["n"],
        "other": cut(clean_text(own["other"]), limit),
        "gives": own["gives"],
        "on": say_day(date.fromisoformat(own["on"]), language, today) if "on" in own else "",
        "you": cut(clean_text(facts.party_name), limit),
        "document": document,
        "clause": clause,
        "reader": index.entry(facts.template).reader,
        "contact": "",
    }
