"""The words about a department's visit: made, moved, called off or tomorrow; and about what came of a saying."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from notifier.routing import Person
from notifier.visit_facts import COMING
from store.attendance import ASKED_AHEAD
from store.notices import SAYING, VISIT

LISTED = 10
SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
NOTE = 100
NAME = 6  # of a person in an SMS, so that it stays one


def words_for_visit(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice about `n` lifts. `by` did it; `was`: the day before a move, empty otherwise.

    `starts`: the time before which a morning does not begin, because of the rush hour. `why`: of a
    move; `too_late`: the last day, where the new one is after it.
    `asks`: it is near enough to say who comes; `mine`: who comes for the reader; `other`: for the
    maintainers to a use unit, for the use unit to a maintainer, and never for another maintainer.
    """
    own, limit = facts.own[VISIT], _limit(channel)
    day, coming = date.fromisoformat(own["day"]), own.get(COMING, [])
    is_unit = load_index().entry(facts.template).reader == "use_unit"
    return _shared(facts, own, language, limit) | {
        "by": cut(clean_text(own["by"]), limit),
        "unit": cut(clean_text(own["unit"]), limit),
        "office": cut(clean_text(own["office"]), limit),
        "day": say_day(day, language, today),
        "asks": day - today <= ASKED_AHEAD,
        "mine": _people([one for one in coming if one["party_id"] == facts.party_id], limit),
        "other": _people([one for one in coming if one["is_unit"] != is_unit], limit),
        "half": own["half"],
        "starts": own.get("starts", ""),
        "why": own.get("why", ""),
        "too_late": say_day(date.fromisoformat(own["too_late"]), language, today) if own.get("too_late") else "",
        "was": say_day(date.fromisoformat(own["was"]), language, today) if own["was"] else "",
    }


def words_for_saying(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice. `said`: which of the sayings, `on` the day that was named, empty without one."""
    own, limit = facts.own[SAYING], _limit(channel)
    return _shared(facts, own, language, limit) | {
        "office": cut(clean_text(own["office"]), limit),
        "said": own["said"],
        "on": say_day(date.fromisoformat(own["on"]), language, today) if own["on"] else "",
        "note": cut(clean_text(own["note"]), NOTE),
    }


def is_over(facts: NoticeFacts, today: date) -> bool:
    """Whether the day of the visit has passed: what has waited so long calls nobody there any more."""
    own = facts.own.get(VISIT)
    return own is not None and date.fromisoformat(own["day"]) < today


def whom_of_visit(facts: NoticeFacts, people: Sequence[Person]) -> Sequence[Person]:
    """These people of the party without whoever did it and knows; of a saying, whoever said it if they are there."""
    but = facts.own.get(VISIT, {}).get("but")
    who = facts.own.get(SAYING, {}).get("contact")
    said = [person for person in people if person.contact_id == who] if who is not None else []
    return said or ([person for person in people if person.contact_id != but] if but is not None else people)


def _limit(channel: str) -> int:
    return SHORT if channel in ("sms", "none") else LONG


def _shared(facts: NoticeFacts, own: dict[str, Any], language: str, limit: int) -> dict[str, Any]:
    entry = load_index().entry(facts.template)
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    places = [PlaceParts(**lift) for lift in own["lifts"]]
    return {
        "n": len(places),
        "you": cut(clean_text(facts.party_name), limit),
        "document": document,
        "clause": clause,
        "reader": entry.reader,
        "contact": "",
        "place": (name_place_short if limit == SHORT else name_place)(places[0]),
        "lifts": [_line(place) for place in places[:LISTED]],
        "more": max(0, len(places) - LISTED),
    }


def _people(coming: Sequence[Mapping[str, Any]], limit: int) -> str:
    """Who comes, each with a number that can be dialled; of several in an SMS the first."""
    shown, most = (coming[:1], NAME) if limit == SHORT else (coming, LONG)
    return "; ".join(f"{cut(clean_text(one['name']), most)} {one['phone'].removeprefix('+86')}" for one in shown)


def _line(place: PlaceParts) -> dict[str, str]:
    name, number = name_place(place), cut(clean_text(place.certificate or place.key), LONG)
    return {"place": name, "number": "" if number == name else number}
