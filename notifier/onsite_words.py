"""The words of what is told of an inspection on site: how the inspector left, and what became of items to rectify."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import ONSITE

LISTED = 10
SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
NOTE = 300


def words_for_onsite(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice about `n` lifts. `deed`: what was done; `items`: how many there are.

    `again`: it had been returned before, or a result is told anew; `was`: the state that was taken back.
    """
    own = facts.own[ONSITE]
    is_short = channel in ("sms", "none")
    limit = SHORT if is_short else LONG
    entry = load_index().entry(facts.template)
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    places = [PlaceParts(**lift) for lift in own["lifts"]]
    return {
        "n": len(places),
        "place": (name_place_short if is_short else name_place)(places[0]),
        "lifts": [_line(place) for place in places[:LISTED]],
        "more": max(0, len(places) - LISTED),
        "you": cut(clean_text(facts.party_name), limit),
        "unit": cut(clean_text(own["unit"]), limit),
        "office": cut(clean_text(own.get("office", "")), limit),
        "deed": own["deed"],
        "again": own.get("again", False),
        "was": own.get("was", ""),
        "reason": own.get("reason", ""),
        "items": own.get("items", 0),
        "note": cut(clean_text(own["note"]), NOTE),
        "deadline": say_day(date.fromisoformat(own["deadline"]), language, today) if own["deadline"] else "",
        "document": document,
        "clause": clause,
        "reader": entry.reader,
        "contact": "",
    }


def _line(place: PlaceParts) -> dict[str, str]:
    name, number = name_place(place), cut(clean_text(place.certificate or place.key), LONG)
    return {"place": name, "number": "" if number == name else number}
