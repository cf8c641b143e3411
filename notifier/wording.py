"""The words that fill a template: from the facts of a notice to strings, by language and channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from notifier.clean import clean_text, cut
from notifier.facts import PAPER, LiftFacts, NoticeFacts
from notifier.index import load_index
from notifier.kind_words import kind_words, lifts_ahead, noun_of
from notifier.office_words import words_for_office
from notifier.owing import line_words, owing_words
from notifier.phrases import say_day, say_due, say_month
from notifier.places import name_place, name_place_short

SMS_VARIABLE = 20
CHAT_VARIABLE = 60
LISTED_LIFTS = 10
LISTED_FOR_REGULATORS = 20  # to them the list is the message; more long names would not fit into one Telegram message


@dataclass(frozen=True, slots=True)
class Department:
    """The inspection department that answers for the lifts, and its officer."""

    party_id: int | None = None
    name: str = ""
    officer: str = ""


NOBODY = Department()


def words_for(
    facts: NoticeFacts, language: str, channel: str, today: date, department: Department = NOBODY
) -> dict[str, Any]:
    """Every variable that a template of this notice may use."""
    if PAPER in facts.own:
        return words_for_office(facts, language, today)
    limit = SMS_VARIABLE if channel in ("sms", "none") else CHAT_VARIABLE
    entry, forms = load_index().entry(facts.template), load_index().languages[language]
    basis = entry.basis(facts.rule)
    words = {
        "n": len(facts.lifts),
        "u": len({lift.unit_id for lift in facts.lifts}),
        "you": cut(clean_text(facts.party_name), limit),
        "unit": cut(clean_text(facts.lifts[0].unit or facts.party_name), limit),
        "district": cut(clean_text(facts.district), limit) or forms.district,
        "officer": cut(clean_text(department.officer), limit),
        "dept": cut(clean_text(department.name), limit) or forms.department,
        "contact": "",
        "reader": entry.reader,
        "document": load_index().documents[basis.document][language],
        "clause": basis.clause[language],
        "rectification": facts.duty == "rectification",
        "late": facts.late,
        "items": facts.own.get("items"),
        "wrong": facts.own.get("wrong", ""),
        "whose": _whose(facts, limit),
    }
    ahead = lifts_ahead(facts, today)
    words |= _date_words(ahead, language, today) | kind_words(ahead, language, today)
    words |= owing_words(facts, language, today)
    # the request to stop that went with the old date
    words["stopped"] = "stopped" in facts.own and not (words["ended"] or words["unclear"] or words["owed"])
    words["passed"] = len(facts.lifts) - len(ahead.lifts) if not words["overdue"] else len(facts.lifts)
    return words | (_one_place(facts) if channel in ("sms", "none") else _places(facts, language, today))


def _whose(facts: NoticeFacts, limit: int) -> str:
    """The name of the use unit, where all lifts have the same one."""
    units = {lift.unit_id: lift.unit for lift in facts.lifts}
    return cut(clean_text(next(iter(units.values()))), limit) if len(units) == 1 else ""


def _date_words(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    first = facts.lifts[0]
    target = _still_ahead(facts, ("target", "backstop"), today)
    return {
        "due": say_due(first.due, first.by_month, language, today),
        "deadline": say_day(first.due, language, today),
        "next_day": say_day(first.due + timedelta(days=1), language, today),
        "month": say_month(first.due, language),
        "months": len({(lift.due.year, lift.due.month) for lift in facts.lifts}),
        "mixed": len({lift.due for lift in facts.lifts}) > 1,
        "overdue": first.last_day < today,
        "last_day": say_day(first.last_day, language, today) if first.last_day > first.due else "",
        "month_begun": first.due.replace(day=1) <= today,
        "target": say_day(target, language, today),
        "backstop": say_day(_backstop(facts, today), language, today),
        "listday": say_day(_still_ahead(facts, ("list", "backstop"), today), language, today),
        **_corrected_words(facts, first, language, today),
    }


def _still_ahead(facts: NoticeFacts, steps: tuple[str, ...], today: date) -> date:
    """The first of these steps that is not over yet, else the due date: nobody is asked to act in the past."""
    due = facts.lifts[0].due
    return next((facts.steps[step] for step in steps if step in facts.steps and facts.steps[step] >= today), due)


def _backstop(facts: NoticeFacts, today: date) -> date:
    """The latest day; a regulator is told it although it has passed."""
    if load_index().entry(facts.template).reader == "regulator":
        return facts.steps.get("backstop", facts.lifts[0].due)
    return _still_ahead(facts, ("backstop",), today)


def _corrected_words(facts: NoticeFacts, first: LiftFacts, language: str, today: date) -> Mapping[str, str]:
    old = facts.own.get("old_due")
    if old is None:
        return {"old_due": "", "new_due": ""}
    old_due = date.fromisoformat(old)
    if first.by_month:
        return {"old_due": say_month(old_due, language), "new_due": say_month(first.due, language)}
    with_year = old_due.year != first.due.year
    return {
        "old_due": say_day(old_due, language, today, with_year=with_year),
        "new_due": say_day(first.due, language, today, with_year=with_year),
    }


def _one_place(facts: NoticeFacts) -> dict[str, Any]:
    return {"place": name_place_short(facts.lifts[0].place)}


def _places(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    sites = {clean_text(lift.place.compound or lift.place.address): None for lift in facts.lifts}
    to_regulator = facts.audience == "district_regulator"
    listed = facts.lifts[: LISTED_FOR_REGULATORS if to_regulator else LISTED_LIFTS]
    return {
        "place": name_place(facts.lifts[0].place),
        "site": cut(next(iter(sites)), CHAT_VARIABLE),
        "sites": len(sites),
        "lifts": [_line(lift, language, today) for lift in listed],
        "more": len(facts.lifts) - len(listed),
    }


def _line(lift: LiftFacts, language: str, today: date) -> dict[str, str]:
    place, number = name_place(lift.place), cut(clean_text(lift.number), CHAT_VARIABLE)
    return {
        "place": place,
        "number": "" if number == place else number,
        "due": say_due(lift.due, lift.by_month, language, today),
        "what": noun_of({lift.kind}, language),
        "unit": cut(clean_text(lift.unit), CHAT_VARIABLE),
        **line_words(lift, language, today),
    }
