"""The words that fill a template: from the facts of a notice to strings, by language and channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from notifier.clean import clean_text, cut
from notifier.desk_words import words_for_desk
from notifier.facts import LEFT, PAPER, LiftFacts, NoticeFacts
from notifier.greeting_words import words_for_greeting
from notifier.index import load_index
from notifier.kind_words import kind_words, lifts_ahead, noun_of
from notifier.office_words import words_for_office
from notifier.owing import line_words, owing_words
from notifier.phrases import say_day, say_due, say_month
from notifier.places import name_place, name_place_short
from store.notices import GREETING

SMS_VARIABLE = 20
CHAT_VARIABLE = 60
LISTED_LIFTS = 10
# Variables that are worked out together, and only for a text that has one of them.
KINDS = frozenset(["what", "inspection", "test", "since"])
OWING = frozenset(
    ["ended", "unclear", "owed", "ended_on", "ended_apart", "until", "owed_from", "owed_apart", "stopped"]
)
CORRECTED = frozenset(["old_due", "new_due"])
LISTED_FOR_REGULATORS = 20  # to them the list is the message; more long names would not fit into one Telegram message


@dataclass(frozen=True, slots=True)
class Department:
    """The inspection department that answers for the lifts, and its officer."""

    party_id: int | None = None
    name: str = ""
    officer: str = ""


NOBODY = Department()


def words_for(
    facts: NoticeFacts,
    language: str,
    channel: str,
    today: date,
    department: Department = NOBODY,
    *,
    only: frozenset[str] | None = None,
) -> dict[str, Any]:
    """Every variable that a template of this notice may use; with `only` those alone, as far as they can be told apart.

    The number of lifts, `n`, is always among them.
    """
    if PAPER in facts.own:
        return words_for_office(facts, language, today)
    if LEFT in facts.own:
        return words_for_desk(facts, language, today)
    if GREETING in facts.own:
        return words_for_greeting(facts, language, channel, department.name)

    def is_wanted(names: frozenset[str]) -> bool:
        return only is None or not only.isdisjoint(names)

    ahead = lifts_ahead(facts, today)
    unsaid = _party_words(facts, language, channel, department) | _date_words(facts, ahead, language, today)
    words = {name: say() for name, say in unsaid.items() if only is None or name in only}
    words["n"] = len(facts.lifts)
    if is_wanted(KINDS):
        words |= kind_words(ahead, language, today)
    if is_wanted(OWING):
        words |= owing_words(facts, language, today)
        # the request to stop that went with the old date
        words["stopped"] = "stopped" in facts.own and not (words["ended"] or words["unclear"] or words["owed"])
    if is_wanted(CORRECTED):
        words |= _corrected_words(ahead, ahead.lifts[0], language, today)
    return words | (_one_place(facts) if channel in ("sms", "none") else _places(facts, language, today))


def _party_words(
    facts: NoticeFacts, language: str, channel: str, department: Department
) -> dict[str, Callable[[], Any]]:
    limit = SMS_VARIABLE if channel in ("sms", "none") else CHAT_VARIABLE
    index = load_index()
    entry, forms = index.entry(facts.template), index.languages[language]
    return {
        "u": lambda: len({lift.unit_id for lift in facts.lifts}),
        "you": lambda: cut(clean_text(facts.party_name), limit),
        "unit": lambda: cut(clean_text(facts.lifts[0].unit or facts.party_name), limit),
        "district": lambda: cut(clean_text(facts.district), limit) or forms.district,
        "officer": lambda: cut(clean_text(department.officer), limit),
        "dept": lambda: cut(clean_text(department.name), limit) or forms.department,
        "contact": lambda: "",
        "reader": lambda: entry.reader,
        "document": lambda: index.documents[entry.basis(facts.rule).document][language],
        "clause": lambda: entry.basis(facts.rule).clause[language],
        "rectification": lambda: facts.duty == "rectification",
        "late": lambda: facts.late,
        "items": lambda: facts.own.get("items"),
        "wrong": lambda: facts.own.get("wrong", ""),
        "whose": lambda: _whose(facts, limit),
    }


def _whose(facts: NoticeFacts, limit: int) -> str:
    """The name of the use unit, where all lifts have the same one."""
    units = {lift.unit_id: lift.unit for lift in facts.lifts}
    return cut(clean_text(next(iter(units.values()))), limit) if len(units) == 1 else ""


def _date_words(facts: NoticeFacts, ahead: NoticeFacts, language: str, today: date) -> dict[str, Callable[[], Any]]:
    """Dates are those of the lifts whose date is the question, `ahead`."""
    lifts, first = ahead.lifts, ahead.lifts[0]
    is_overdue = first.last_day < today

    def say(day: date) -> str:
        return say_day(day, language, today)

    return {
        "due": lambda: say_due(first.due, first.by_month, language, today),
        "deadline": lambda: say(first.due),
        "next_day": lambda: say(first.due + timedelta(days=1)),
        "month": lambda: say_month(first.due, language),
        "months": lambda: len({(lift.due.year, lift.due.month) for lift in lifts}),
        "mixed": lambda: len({lift.due for lift in lifts}) > 1,
        "overdue": lambda: is_overdue,
        "last_day": lambda: say(first.last_day) if first.last_day > first.due else "",
        "passed": lambda: len(facts.lifts) - (0 if is_overdue else len(lifts)),
        "month_begun": lambda: first.due.replace(day=1) <= today,
        "target": lambda: say(_still_ahead(ahead, ("target", "backstop"), today)),
        "backstop": lambda: say(_backstop(ahead, today)),
        "listday": lambda: say(_still_ahead(ahead, ("list", "backstop"), today)),
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
