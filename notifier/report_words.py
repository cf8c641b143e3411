"""The words about inspection reports: a conclusion, a correction, a lift that failed, and what a department owes."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import OWED, REPORT

SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
SHORT_NUMBER = 16  # a longer one would make two SMS of one; it stands in the chat
NOTE = 100


def words_for_report(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice, about one lift. What a notice to a bureau does not say is empty."""
    own, is_short = facts.own[REPORT], channel in ("sms", "none")
    limit = SHORT if is_short else LONG
    place = PlaceParts(**own["lifts"][0])
    name, number = name_place(place), cut(clean_text(place.certificate or place.key), LONG)
    return _shared(facts, language, limit) | {
        "n": 1,
        "place": name_place_short(place) if is_short else name,
        "code": "" if number == name else number,
        "no": "" if is_short and len(own.get("number", "")) > SHORT_NUMBER else clean_text(own.get("number", "")),
        "bureau": own.get("bureau", False),
        "failed": own.get("failed", False),
        "ended": say_day(date.fromisoformat(own["ended_on"]), language, today, with_year=not is_short),
        "next": _day(own.get("valid_until", ""), language, today),
        "over": own.get("valid_until", "") != "" and date.fromisoformat(own["valid_until"]) < today,
        "mark": clean_text(own.get("mark", "")),
        "later": _day(own.get("later", ""), language, today),
        "was": clean_text(own.get("was", "")),
        "why": cut(clean_text(own.get("why", "")), NOTE),
        "unit": cut(clean_text(own["unit"]), limit),
        "office": cut(clean_text(own.get("office", "")), limit),
    }


def words_for_owed(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """Every variable of the list of `n` reports that are to go out today, `late` of them too late by now."""
    own = facts.own[OWED]
    lines = [line | {"by": _day(line["by"], language, today)} for line in own["lines"]]
    return _shared(facts, language, LONG) | {
        "n": own["n"],
        "late": own["late"],
        "lines": lines,
        "more": own["n"] - len(lines),
    }


def _shared(facts: NoticeFacts, language: str, limit: int) -> dict[str, Any]:
    entry = load_index().entry(facts.template)
    basis = entry.basis(facts.rule)
    return {
        "you": cut(clean_text(facts.party_name), limit),
        "document": load_index().documents[basis.document][language],
        "clause": basis.clause[language],
        "reader": entry.reader,
        "contact": "",
    }


def _day(stated: str, language: str, today: date) -> str:
    return say_day(date.fromisoformat(stated), language, today) if stated else ""
