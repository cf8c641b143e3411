"""The words about maintenance records: what is to be signed, what silence has signed, objections and notes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.notices import RECORDS

SHORT, LONG = 20, 60  # of a name in an SMS and in a chat
PLACE = 40  # of a lift in a list of many
LONG_COMPOUND = 8  # characters of a compound that is said once
NOTABLE, PLAIN = 15, 5  # records that are named: those with something not in order, and others
NOTE = 300


def words_for_records(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of a notice about `n` records: `notable` are those in which not all was in order, worst first.

    `m`: of how many silence counts as a signature, where the notice tells them apart.
    `over`: what asks for a signature was held until its day had passed; silence does not count then.
    `maintainer`: whose records they are; where several `companies` made them, each line says it in `by`.
    `compound`: that of all lifts, where it is long and their lines leave it out.
    `sealed`: the last closed day of the chains and its fingerprint; empty where none is.
    """
    own, is_short = facts.own[RECORDS], channel in ("sms", "none")
    limit = SHORT if is_short else LONG
    places = [PlaceParts(**lift) for lift in own["lifts"]]
    compound = _said_once(places)
    named = [replace(place, compound="") for place in places] if compound else places
    each = [{"by": own["maintainer"], **one} for one in own["each"]]
    companies = list(dict.fromkeys(one["by"] for one in each))
    if len(companies) == 1:
        each = [one | {"by": ""} for one in each]
    lines = [_line(place, one, language, today) for place, one in zip(named, each, strict=True)]
    notable = sorted((line for line in lines if _is_notable(line)), key=_worst_first)
    plain = [line for line in lines if not _is_notable(line)]
    document, clause = load_index().cited(facts.template, facts.rule, facts.city_id, language)
    return {
        "n": len(lines),
        "place": (name_place_short if is_short else name_place)(places[0]),
        "deadline": say_day(date.fromisoformat(own["on"]), language, today),
        "m": sum(one.get("silence", False) for one in own["each"]),
        "over": date.fromisoformat(own["on"]) < today,
        "compound": compound,
        "notable": notable[:NOTABLE],
        "more_notable": max(0, len(notable) - NOTABLE),
        "plain": plain[:PLAIN],
        "more_plain": max(0, len(plain) - PLAIN),
        "you": cut(clean_text(facts.party_name), limit),
        "unit": cut(clean_text(own["unit"]), limit),
        "maintainer": cut(clean_text(companies[0]), limit),
        "companies": len(companies),
        "text": cut(clean_text(own["text"]), NOTE),
        "who": cut(clean_text(own["who"]), limit),
        "remark": bool(own["remark"]),
        "sealed": own.get("sealed", []),
        "document": document,
        "clause": clause,
        "reader": load_index().entry(facts.template).reader,
        "contact": "",
    }


def _said_once(places: Sequence[PlaceParts]) -> str:
    """A long compound in which all of several lifts are: it stands above the list instead of in each line."""
    found = {place.compound for place in places if place.building or place.internal_number}
    compound = found.pop() if len(found) == 1 else ""
    is_all = len(places) > 1 and all(place.compound == compound for place in places)
    return clean_text(compound) if is_all and len(compound) >= LONG_COMPOUND else ""


def _line(place: PlaceParts, one: dict[str, Any], language: str, today: date) -> dict[str, Any]:
    done = say_day(date.fromisoformat(one["done"]), language, today)
    return {**one, "place": cut(name_place(place), PLACE), "done": done, "by": cut(clean_text(one["by"]), SHORT)}


def _is_notable(line: dict[str, Any]) -> bool:
    return bool(line["faults"] or line["fixed"] or line["late"])


def _worst_first(line: dict[str, Any]) -> tuple[bool, int, int]:
    return not line["dangerous"], -line["faults"], -line["fixed"]
