"""The words of what a regulator's office sends by itself (orders, cases), and of results that it is told."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import CASE, NOTES, ORDER, RESULT

LISTED = 20
SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
NOTE = 200


def words_for_regulator(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable that a template of an order or of a case may use; `n` lifts."""
    is_short = channel in ("sms", "none")
    matter = next(name for name in (ORDER, CASE, RESULT) if name in facts.own)
    own = facts.own[matter]
    limit = SHORT if is_short else LONG
    entry = load_index().entry(facts.template)
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    places = [PlaceParts(**lift) for lift in own["lifts"]]
    units = own.get("units", [""] * len(places))
    notes = own.get(NOTES, [""] * len(places))  # what each lift has, where several stand together
    words = {
        "n": len(places),
        "you": cut(clean_text(facts.party_name), limit),
        "issuer": cut(clean_text(own["issuer"]), limit),
        "document": document,
        "clause": clause,
        "reader": entry.reader,
        "contact": "",
        "lifts": [_line(*one, limit) for one in zip(places, units, notes, strict=True)][:LISTED],
        "u": len(set(units)),
        "more": max(0, len(places) - LISTED),
        "place": (name_place_short if is_short else name_place)(places[0]),
    }
    if matter == RESULT:
        days = {name: _day(own.get(name), language, today) for name in ("on", "first", "last")}
        return words | {
            **days,
            **{name: own.get(name, "") for name in ("kind", "reason", "deed", "days")},
            "note": cut(clean_text(own.get("note", "")), NOTE),
            "office": cut(clean_text(own.get("office", "")), limit),
        }
    if matter == ORDER:
        return words | _order_words(own, language, today)
    return words | _case_words(own, language, today, limit)


def _order_words(own: dict[str, Any], language: str, today: date) -> dict[str, Any]:
    return {
        "no": clean_text(own["number"]),
        "reason": clean_text(own["reason"]),
        "served": _day(own["served_on"], language, today),
    }


def _case_words(own: dict[str, Any], language: str, today: date, limit: int) -> dict[str, Any]:
    return {
        "unit": cut(clean_text(own["unit"]), limit),
        "matter": own["matter"],
        "due": say_day(date.fromisoformat(own["due"]), language, today),
        "note": cut(clean_text(own["note"]), NOTE),
        "photos": own.get("photos", 0),
        "days": own.get("days", 0),
        "street": cut(clean_text(own.get("street", "")), limit),
    }


def _day(stated: str | None, language: str, today: date) -> str:
    return say_day(date.fromisoformat(stated), language, today) if stated else ""


def _line(place: PlaceParts, unit: str, note: str, limit: int) -> dict[str, str]:
    name, number = name_place(place), cut(clean_text(place.certificate or place.key), LONG)
    return {
        "place": name,
        "number": "" if number == name else number,
        "unit": cut(clean_text(unit), limit),
        "note": cut(clean_text(note), NOTE),
    }
