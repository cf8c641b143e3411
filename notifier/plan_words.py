"""The words about a department's plan of the year, to a unit, and about a city's list of the year, to a department."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import NoticeFacts
from notifier.index import load_index
from notifier.phones import dialled
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place
from store.notices import CAMPAIGN, PLAN, WITHDRAWN

LISTED = 10
SHORT, LONG = 20, 60  # of a name in an SMS and in a chat


def words_for_plan(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice about `n` lifts on `m` visits, the first on `day`, and `off` lifts that are on
    none any more, one of them at `place`. `until`: to which day places are held, but not those of `unheld` visits;
    the earliest of `several`, which the lines name. `early`: lifts whose validity would be shortened. `by_one`: an SMS
    that is answered by 1 agrees to the one visit, in the `half`; `phone`: of the department."""
    own, limit = facts.own[PLAN], SHORT if channel in ("sms", "none") else LONG
    rounds = sorted(own["rounds"], key=lambda one: (one["day"], one["half"], one["id"]))
    off = [place for place, of in zip(own["lifts"], own["of"], strict=True) if of == WITHDRAWN]
    held = sorted({_until(one, own) for one in rounds if _is_held(one)})
    lines = [_line(one, _until(one, own), language, today) for one in rounds[:LISTED]]
    return _shared(facts, language, limit) | {
        "n": len(own["lifts"]) - len(off),
        "off": len(off),
        "unheld": sum(not _is_held(one) for one in rounds),
        "m": len(rounds),
        "office": cut(clean_text(own["office"]), limit),
        "day": say_day(date.fromisoformat(rounds[0]["day"]), language, today) if rounds else "",
        "half": rounds[0]["half"] if rounds else "",
        "by_one": own.get("by_one", False),
        "phone": dialled(clean_text(own.get("phone", ""))),
        "until": say_day(date.fromisoformat(held[0] if held else own["until"]), language, today),
        "several": len(held) > 1,
        "early": sum(one["early"] for one in rounds),
        "place": name_place(PlaceParts(**(off or own["lifts"])[0])),
        "lines": lines,
        "more": len(rounds) - len(lines),
    }


def words_for_campaign(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice: `n` listed lifts, `unclear` rows of them; `checks`: empty where none are due."""
    own, limit = facts.own[CAMPAIGN], SHORT if channel in ("sms", "none") else LONG
    checks = own["checks"]
    return _shared(facts, language, limit) | {
        "n": own["rows"],
        "unclear": own["unclear"],
        "year": own["year"],
        "percent": own["percent"],
        "target": say_day(date.fromisoformat(own["target"]), language, today),
        "checks": say_day(date.fromisoformat(checks), language, today) if checks else "",
        "officer": cut(clean_text(own["officer"]), limit),
    }


def _until(one: dict[str, Any], own: Mapping[str, Any]) -> str:
    return str(one.get("until", own["until"]))  # what was planned before this was said of each round


def _line(one: dict[str, Any], until: str, language: str, today: date) -> dict[str, Any]:
    day = say_day(date.fromisoformat(one["day"]), language, today)
    held = {"held": _is_held(one), "until": say_day(date.fromisoformat(until), language, today)}
    return one | held | {"day": day, "site": cut(clean_text(one["site"]), LONG)}


def _is_held(one: dict[str, Any]) -> bool:
    return bool(one.get("held", True))  # what was planned before this was said of each round


def _shared(facts: NoticeFacts, language: str, limit: int) -> dict[str, Any]:
    index = load_index()
    document, clause = index.cited(facts.template, facts.rule, facts.city_id, language)
    return {
        "you": cut(clean_text(facts.party_name), limit),
        "document": document,
        "clause": clause,
        "reader": index.entry(facts.template).reader,
        "contact": "",
    }
