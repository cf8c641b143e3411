"""The words of the list that a duty officer gets: calls still to be made, and units that nobody could reach."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import LEFT, NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from store.notices import DISTRICT

LONGEST_NAME = 30
SHORT_NAME = {"zh": 10, "en": 20}


def words_for_desk(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """Every variable of such a list. `n` calls, `m` units; without a basis `document` and `clause` are empty."""
    left = facts.own[LEFT]
    lines = [_line(line, language, today) for line in left["lines"]]
    return {
        "n": left["calls"],
        "m": left["unreached"],
        "oldest": say_day(date.fromisoformat(left["oldest"]), language, today),
        "first": cut(lines[0]["unit"], SHORT_NAME[language]),
        "lines": lines,
        "more": left["calls"] + left["unreached"] - len(lines),
        "you": cut(clean_text(facts.party_name), LONGEST_NAME),
        "document": load_index().documents.get(left.get("document", ""), {}).get(language, ""),
        "clause": left.get("clause", ""),
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }


def words_for_district(facts: NoticeFacts, language: str, channel: str) -> dict[str, Any]:
    """Every variable of the notice that district `name` has gone from or to another department (`gives`: to it)."""
    own = facts.own[DISTRICT]
    limit = SHORT_NAME[language] if channel in ("sms", "none") else LONGEST_NAME
    return {
        "n": 1,
        "you": cut(clean_text(facts.party_name), LONGEST_NAME),
        "name": cut(clean_text(own["name"]), limit),
        "other": cut(clean_text(own["other"]), limit),
        "gives": own["gives"],
        "tasks": own["tasks"],
        "visits": own["visits"],
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }


def _line(line: dict[str, Any], language: str, today: date) -> dict[str, Any]:
    since = say_day(date.fromisoformat(line["since"]), language, today)
    return line | {"unit": cut(clean_text(line["unit"]), LONGEST_NAME), "since": since}
