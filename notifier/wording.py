"""The words that fill a template: from the facts of a notice to strings, by language and channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from notifier.alert_words import words_for_alert
from notifier.clean import clean_text, cut
from notifier.desk_words import words_for_desk, words_for_district
from notifier.facts import ALERT, HANDOVER, LEFT, PAPER, LiftFacts, NoticeFacts
from notifier.greeting_words import words_for_greeting
from notifier.handover_words import words_for_handover
from notifier.index import load_index
from notifier.kind_words import kind_words, lifts_ahead, noun_of
from notifier.office_words import words_for_office
from notifier.onsite_words import words_for_onsite
from notifier.owing import line_words, owing_words
from notifier.paperless_words import words_for_paperless
from notifier.phrases import say_day, say_due, say_month
from notifier.places import name_place, name_place_short
from notifier.plan_words import words_for_campaign, words_for_plan
from notifier.record_words import words_for_records
from notifier.regulator_words import words_for_regulator
from notifier.report_words import words_for_owed, words_for_report
from notifier.summary_words import words_for_summary
from notifier.visit_words import words_for_saying, words_for_visit
from store.notices import (
    CAMPAIGN,
    CASE,
    DISTRICT,
    GREETING,
    ONSITE,
    ORDER,
    OWED,
    PAPERLESS,
    PLAN,
    RECORDS,
    REPORT,
    RESULT,
    SAYING,
    SUMMARY,
    VISIT,
)

OF_REGULATORS = frozenset((ORDER, CASE, RESULT))
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


@dataclass(slots=True)
class About:
    """What the words of one message are taken from; `ahead` are the facts of the lifts whose date is the question."""

    facts: NoticeFacts
    ahead: NoticeFacts
    language: str
    today: date
    department: Department
    limit: int  # characters of a name

    def cut(self, name: str) -> str:
        """A name from the register, fit to stand in the message."""
        return cut(clean_text(name), self.limit)

    def say(self, day: date) -> str:
        """A day in the message's language."""
        return say_day(day, self.language, self.today)

    @property
    def first(self) -> LiftFacts:
        """The lift whose date comes first."""
        return self.ahead.lifts[0]

    @property
    def cited(self) -> tuple[str, str]:
        """Document and clause."""
        return load_index().cited(self.facts.template, self.facts.rule, self.facts.city_id, self.language)

    @property
    def is_overdue(self) -> bool:
        """Whether that date has passed."""
        return self.first.last_day < self.today


# Each worked out only for a text that has it.
WORDS: dict[str, Callable[[About], Any]] = {
    "u": lambda it: len({lift.unit_id for lift in it.facts.lifts}),
    "you": lambda it: it.cut(it.facts.party_name),
    "unit": lambda it: it.cut(it.facts.lifts[0].unit or it.facts.party_name),
    "district": lambda it: it.cut(it.facts.district) or load_index().languages[it.language].district,
    "officer": lambda it: it.cut(it.department.officer),
    "dept": lambda it: it.cut(it.department.name) or load_index().languages[it.language].department,
    "contact": lambda it: "",
    "reader": lambda it: load_index().entry(it.facts.template).reader,
    "document": lambda it: it.cited[0],
    "clause": lambda it: it.cited[1],
    "rectification": lambda it: it.facts.duty == "rectification",
    "late": lambda it: it.facts.late,
    "items": lambda it: it.facts.own.get("items"),
    "wrong": lambda it: it.facts.own.get("wrong", ""),
    "whose": lambda it: _whose(it),
    "due": lambda it: say_due(it.first.due, it.first.by_month, it.language, it.today),
    "deadline": lambda it: it.say(it.first.due),
    "next_day": lambda it: it.say(it.first.due + timedelta(days=1)),
    "month": lambda it: say_month(it.first.due, it.language),
    "months": lambda it: len({(lift.due.year, lift.due.month) for lift in it.ahead.lifts}),
    "mixed": lambda it: len({lift.due for lift in it.ahead.lifts}) > 1,
    "overdue": lambda it: it.is_overdue,
    "last_day": lambda it: it.say(it.first.last_day) if it.first.last_day > it.first.due else "",
    "passed": lambda it: len(it.facts.lifts) - (0 if it.is_overdue else len(it.ahead.lifts)),
    "month_begun": lambda it: it.first.due.replace(day=1) <= it.today,
    "target": lambda it: it.say(_still_ahead(it.ahead, ("target", "backstop"), it.today)),
    "backstop": lambda it: it.say(_backstop(it.ahead, it.today)),
    "listday": lambda it: it.say(_still_ahead(it.ahead, ("list", "backstop"), it.today)),
}


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
    if DISTRICT in facts.own:
        return words_for_district(facts, language, channel)
    if SUMMARY in facts.own:
        return words_for_summary(facts, language, today)
    if ALERT in facts.own:
        return words_for_alert(facts, language, channel, today)
    if HANDOVER in facts.own:
        return words_for_handover(facts, language, channel, today)
    if GREETING in facts.own:
        return words_for_greeting(facts, language, channel, department.name)
    if not OF_REGULATORS.isdisjoint(facts.own):
        return words_for_regulator(facts, language, channel, today)
    if VISIT in facts.own:
        return words_for_visit(facts, language, channel, today)
    if REPORT in facts.own:
        return words_for_report(facts, language, channel, today)
    if RECORDS in facts.own:
        return words_for_records(facts, language, channel, today)
    if OWED in facts.own:
        return words_for_owed(facts, language, today)
    if PLAN in facts.own:
        return words_for_plan(facts, language, channel, today)
    if CAMPAIGN in facts.own:
        return words_for_campaign(facts, language, channel, today)
    if ONSITE in facts.own:
        return words_for_onsite(facts, language, channel, today)
    if PAPERLESS in facts.own:
        return words_for_paperless(facts, language, channel, today)
    if SAYING in facts.own:
        return words_for_saying(facts, language, channel, today)
    is_short = channel in ("sms", "none")
    ahead = lifts_ahead(facts, today)
    about = About(facts, ahead, language, today, department, SMS_VARIABLE if is_short else CHAT_VARIABLE)
    single, together = _wanted(only)
    words = {name: WORDS[name](about) for name in single}
    words["n"] = len(facts.lifts)
    if KINDS in together:
        words |= kind_words(ahead, language, today)
    if OWING in together:
        words |= owing_words(facts, language, today)
        # the request to stop that went with the old date
        words["stopped"] = "stopped" in facts.own and not (words["ended"] or words["unclear"] or words["owed"])
    if CORRECTED in together:
        words |= _corrected_words(ahead, ahead.lifts[0], language, today)
    words |= _one_place(facts) if is_short else _places(facts, language, today)
    return words


@cache
def _wanted(only: frozenset[str] | None) -> tuple[tuple[str, ...], tuple[frozenset[str], ...]]:
    """The words that are worked out one by one, and the groups of those that are worked out together."""
    groups = (KINDS, OWING, CORRECTED)
    if only is None:
        return tuple(WORDS), groups
    return tuple(WORDS.keys() & only), tuple(names for names in groups if not only.isdisjoint(names))


def _whose(about: About) -> str:
    """The name of the use unit, where all lifts have the same one."""
    units = {lift.unit_id: lift.unit for lift in about.facts.lifts}
    return about.cut(next(iter(units.values()))) if len(units) == 1 else ""


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
