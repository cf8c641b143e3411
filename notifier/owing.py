"""What is true on a day of the lifts that a notice says are due: whether a validity has ended, and what is owed.

The clauses may bring an inspection before the validity that the register gives ends. When its month has passed it is
owed, but nobody may say that the validity has ended.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from notifier.facts import LiftFacts, NoticeFacts, is_month_end
from notifier.index import load_index
from notifier.phrases import say_due
from store.duties import INSPECTIONS

SPOKEN = ("call_task", "voice")  # their own templates say it, at whatever length


def is_valid_beyond(lift: LiftFacts, today: date) -> bool:
    """Whether the register gives a validity that has not ended, later than the date of the clause."""
    return lift.valid_until is not None and lift.valid_until >= today and lift.valid_until > lift.due


def has_ended(lift: LiftFacts, today: date) -> bool:
    """Whether the inspection validity has ended."""
    return lift.kind in INSPECTIONS and lift.due < today and not is_valid_beyond(lift, today)


def is_unclear(lift: LiftFacts, today: date) -> bool:
    """Whether the clauses owe an inspection already, and the register says that the lift is valid."""
    return lift.kind in INSPECTIONS and lift.due < today and is_valid_beyond(lift, today)


def is_owed(lift: LiftFacts, today: date) -> bool:
    """Whether another inspection of the lift is overdue, beside what the notice is about."""
    return lift.owed_from is not None and lift.owed_from < today


def ended_on(lift: LiftFacts) -> date:
    """When the validity ended: with the first inspection that is owed, or later where the register says so."""
    first = min(lift.due, lift.owed_from or lift.due)
    return max(first, lift.valid_until or first)


def in_true_words(facts: NoticeFacts, channel: str, today: date) -> NoticeFacts:
    """The same with the template that is true of its lifts: see `instead` of the index."""
    instead = load_index().entry(facts.template).instead
    if not instead or channel in SPOKEN:
        return facts
    for word, holds in (("unclear", is_unclear), ("owed", is_owed)):
        number = len([lift for lift in facts.lifts if holds(lift, today)]) if word in instead else 0
        if number:
            return replace(facts, template=instead[word if number == len(facts.lifts) else f"{word}_part"])
    return facts


def owing_words(facts: NoticeFacts, language: str, today: date) -> dict[str, Any]:
    """How many lifts have no validity any more, are unclear, or owe another inspection; and the earliest dates."""
    ended = [lift for lift in facts.lifts if has_ended(lift, today)]
    unclear = [lift for lift in facts.lifts if is_unclear(lift, today)]
    owed = [lift for lift in facts.lifts if is_owed(lift, today)]
    ends = [ended_on(lift) for lift in ended]
    return {
        "ended": len(ended),
        "unclear": len(unclear),
        "owed": len(owed),
        "ended_on": _say_first(ends or [lift.due for lift in facts.lifts], facts, language, today),
        "ended_apart": len(set(ends)) > 1,
        "until": _say_first([lift.valid_until for lift in unclear if lift.valid_until], facts, language, today),
        "owed_from": _say_first([lift.owed_from for lift in owed if lift.owed_from], facts, language, today),
        "owed_apart": len({lift.owed_from for lift in owed}) > 1,
    }


def line_words(lift: LiftFacts, language: str, today: date) -> dict[str, str]:
    """What the line of one lift adds: when its validity ended, or until when the register gives it, and what else is
    owed."""
    until = lift.valid_until if is_valid_beyond(lift, today) else None
    owed = lift.owed_from if is_owed(lift, today) and lift.kind in INSPECTIONS and lift.due >= today else None
    ended = ended_on(lift) if has_ended(lift, today) else None
    return {
        "ended_on": _say(ended, lift.by_month, language, today) if ended else "",
        "until": _say(until, lift.by_month, language, today) if until else "",
        "owed_from": _say(owed, lift.by_month, language, today) if owed else "",
    }


def _say_first(days: Sequence[date], facts: NoticeFacts, language: str, today: date) -> str:
    by_month = all(lift.by_month for lift in facts.lifts)
    return _say(min(days), by_month, language, today) if days else ""


def _say(day: date, by_month: bool, language: str, today: date) -> str:
    return say_due(day, by_month and is_month_end(day), language, today)
