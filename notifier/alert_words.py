"""The words of what a maintainer must see to at once: which lift, since when, who reported it."""

from datetime import date, datetime
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import ALERT, NoticeFacts
from notifier.index import load_index
from notifier.phrases import say_day
from notifier.places import PlaceParts, name_place, name_place_short
from store.zone import SHANGHAI

LONGEST_NAME, LONGEST_WORDS = 60, 200
SHORT = 20
NO_RESCUE_NUMBER = "-"
A_DAY, AN_HOUR, IN_MINUTES = 24 * 60, 60, 121  # minutes; up to two hours are said in minutes
FIRST = "reported"
STAGES = {FIRST: "unanswered", "acknowledged": "not_under_way", "on_the_way": "not_there", "arrived": "not_mended"}


def words_for_alert(facts: NoticeFacts, language: str, channel: str, today: date) -> dict[str, Any]:
    """Every variable of such a notice. `n` lifts; `stage`: what did not happen for `waited` minutes, empty at first;
    `span`: the same in hours where it is long."""
    own, index = facts.own[ALERT], load_index()
    entry = index.entry(facts.template)
    is_short = channel in ("sms", "none")
    limit = SHORT if is_short else LONGEST_NAME
    rule = next(iter(own.get("rules", ())), "")
    document, clause = index.cited(facts.template, rule, facts.city_id, language)
    return {
        "n": own["n"],
        "place": _place(own, is_short=is_short),
        "address": cut(clean_text((own["place"] or {}).get("address", "")), LONGEST_NAME),
        "at": _say_moment(datetime.fromisoformat(own["at"]), language, today),
        "waited": own["waited"],
        "days": own["waited"] // A_DAY,
        "span": _say_span(own["waited"], language, is_short=is_short),
        "state": own.get("state", FIRST),  # notices of before it was kept told of nothing else
        "stage": STAGES.get(own.get("state", FIRST), "") if own["waited"] else "",
        "what": cut(clean_text(own["what"]), LONGEST_WORDS),
        "who": cut(clean_text(own["who"]), limit),
        "phone": own["phone"],  # whoever goes there calls whoever stands there
        "rescue": cut(clean_text(own["rescue"]), limit) or (NO_RESCUE_NUMBER if is_short or channel == "voice" else ""),
        "unit": cut(clean_text(own["unit"]), limit),
        "maintainer": cut(clean_text(own["maintainer"]), limit),
        "reachable": own.get("reachable", True),  # notices of before it was kept
        "you": cut(clean_text(facts.party_name), limit),
        "document": document,
        "clause": clause,
        "reader": entry.reader,
        "contact": "",
    }


def _say_span(minutes: int, language: str, *, is_short: bool) -> str:
    forms, length = load_index().languages[language], "short" if is_short else "long"
    if minutes < IN_MINUTES:
        return forms.minutes[length].format(n=minutes)
    return forms.hours[length].format(n=minutes // AN_HOUR)


def _place(own: dict[str, Any], *, is_short: bool) -> str:
    if own["place"] is None:
        return ""
    parts = PlaceParts(**own["place"])
    return name_place_short(parts) if is_short else name_place(parts)


def _say_moment(moment: datetime, language: str, today: date) -> str:
    here = moment.astimezone(SHANGHAI)
    return f"{say_day(here.date(), language, today)} {here:%H:%M}"
