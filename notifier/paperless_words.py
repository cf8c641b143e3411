"""The words of notices about maintenance without paper."""

from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day, say_month
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import PAPERLESS

LISTED, NAMED = 12, 8  # lifts, and names in the figures of a month
SHORT, LONG, NOTE = 16, 60, 400


def words_for_paperless(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable that a template of such a notice may use; `n` lifts, or 1 where it is about none."""
    is_short = channel in ("sms", "none")
    limit, own = SHORT if is_short else LONG, facts.own[PAPERLESS]
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    places = [PlaceParts(**lift) for lift in own.get("lifts", ())]
    name = name_place_short if is_short else name_place
    figures = own.get("figures", {})
    return {
        "n": max(1, len(places)),
        "you": cut(clean_text(facts.party_name), limit),
        "name": cut(clean_text(own.get("name", "")), limit),
        "other": cut(clean_text(own.get("other", "")), limit),
        "note": cut(clean_text(own.get("note", "")), NOTE),
        "deed": own.get("deed", ""),
        "kind": own.get("kind", ""),
        "missing": own.get("missing", []),
        "names": [cut(clean_text(one), SHORT) for one in own.get("names", ())[:NAMED]],
        "on": _day(own.get("on"), language, today),
        "due": _day(own.get("due"), language, today),
        "place": name(places[0]) if places else "",
        "lifts": [name_place(place) for place in places[:LISTED]],
        "more": max(0, len(places) - LISTED),
        "figures": figures,
        "month": say_month(date.fromisoformat(figures["month"]), language) if figures else "",
        "silent": [cut(clean_text(one), LONG) for one in figures.get("silent", ())[:NAMED]],
        "slow": [cut(clean_text(one), LONG) for one in figures.get("slow", ())[:NAMED]],
        "document": document,
        "clause": clause,
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }


def _day(stated: str | None, language: str, today: date) -> str:
    return say_day(date.fromisoformat(stated), language, today) if stated else ""
