"""The words about inspection reports: a conclusion, a correction, a lift that failed, and what a department owes."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import NAMED_IN_SMS, OTHERS, OWED, REPORT

SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
SHORT_NUMBER = 16  # a longer one would make two SMS of one; it stands in the chat
PLACE = 40  # of a lift in a list of many
NOTE = 100


def words_for_report(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice, about `n` lifts with one conclusion; all but `lifts` and `second` speak of the
    first, `next` of the validity that ends first (`mixed`: others end later). What a notice does not say is empty.
    """
    own, is_short = facts.own[REPORT], channel in ("sms", "none")
    limit = SHORT if is_short else LONG
    places = [PlaceParts(**lift) for lift in own["lifts"]]
    name, number = name_place(places[0]), _number(places[0])
    named = [name_place_short(place) for place in places[:NAMED_IN_SMS]] if is_short else [name]
    reports = [own, *own.get(OTHERS, ())]
    ends = sorted({one["valid_until"] for one in reports if one.get("valid_until")})
    pairs = zip(places, reports, strict=True)
    return _shared(facts, language, limit) | {
        "n": len(places),
        "place": named[0],
        "second": named[-1],
        "lifts": [] if is_short else [_line(place, one, language, today) for place, one in pairs],
        "code": "" if number == name else number,
        "mixed": len(ends) > 1,
        "no": "" if is_short and len(own.get("number", "")) > SHORT_NUMBER else clean_text(own.get("number", "")),
        "bureau": own.get("bureau", False),
        "failed": own.get("failed", False),
        "ended": say_day(date.fromisoformat(own["ended_on"]), language, today, with_year=not is_short),
        "next": _day(ends[0] if ends else "", language, today),
        "over": bool(ends) and date.fromisoformat(ends[0]) < today,
        "mark": clean_text(own.get("mark", "")),
        "later": _day(own.get("later", ""), language, today),
        "was": clean_text(own.get("was", "")),
        "why": cut(clean_text(own.get("why", "")), NOTE),
        "unit": cut(clean_text(own["unit"]), limit),
        "office": cut(clean_text(own.get("office", "")), limit),
    }


def _number(place: PlaceParts) -> str:
    return cut(clean_text(place.certificate or place.key), LONG)


def _line(place: PlaceParts, one: dict[str, Any], language: str, today: date) -> dict[str, str]:
    return {
        "place": cut(name_place(place), PLACE),
        "no": clean_text(one.get("number", "")),
        "ended": say_day(date.fromisoformat(one["ended_on"]), language, today),
        "next": _day(one.get("valid_until", ""), language, today),
        "mark": clean_text(one.get("mark", "")),
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
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    return {
        "you": cut(clean_text(facts.party_name), limit),
        "document": document,
        "clause": clause,
        "reader": entry.reader,
        "contact": "",
    }


def _day(stated: str, language: str, today: date) -> str:
    return say_day(date.fromisoformat(stated), language, today) if stated else ""
