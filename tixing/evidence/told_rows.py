"""Entries of the ledger as the documents show them."""

from collections.abc import Iterable
from typing import Any

from actions.evidence.attempts import Attempt
from actions.evidence.ledger import Entry
from tixing.evidence.words import Say


def show_entry(entry: Entry, say: Say, *, due_now: Any = None) -> dict[str, Any]:
    """A row of a table of what was told; `due_now`: the due date today, where it may have moved since."""
    words = say.words["lift_doc"]
    flags = [words[name] for name, holds in (("copy", entry.is_copy), ("late", entry.late)) if holds]
    moved = due_now is not None and entry.due != due_now
    return {
        "on": entry.on.isoformat(),
        "rung": say.name("step", entry.rung),
        "then_due": words["then_due"].format(date=entry.due.isoformat()) if moved else "",
        "clause": entry.clause,
        "flags": " · ".join(flags),
        "party": entry.party,
        "attempts": [show_attempt(attempt, say) for attempt in entry.attempts],
        "came": say_outcome(entry, say),
        "receipt": first(say.receipt(attempt) for attempt in entry.attempts),
        "notice": entry.notice_id,
    }


def show_attempt(attempt: Attempt, say: Say) -> dict[str, str]:
    """One attempt: how, to whom, when, and what came of it."""
    return {
        "how": say.name("channel", attempt.channel),
        "to": say.recipient(attempt),
        "at": say.moment(attempt.attempted_at),
        "came": say.came(attempt),
        "receipt": say.receipt(attempt),
        "error": say.reason(attempt.error),
    }


def say_outcome(entry: Entry, say: Say) -> str:
    """What became of it, with the outcome of a call."""
    called = [say.came(attempt) for attempt in entry.attempts if attempt.outcome]
    return called[0] if called else say.of("outcome", entry.outcome.value)


def say_reminder(entry: Entry, say: Say) -> str:
    """A line of the officer's column of reminders: 2026-08-03 短信 已送达."""
    how = first(say.name("channel", attempt.channel) for attempt in entry.attempts)
    form: str = say.words["month_doc"]["reminder"]
    return form.format(on=entry.on.isoformat(), how=how or say.name("step", entry.rung), came=say_outcome(entry, say))


def first(texts: Iterable[str]) -> str:
    """The first that says something."""
    return next((text for text in texts if text), "")
