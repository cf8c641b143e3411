"""What a rule says of one lift before anything is stored, and what a derivation works with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schedules.calendar import WorkingCalendar
from schedules.facts import Facts
from schedules.rulebook import Rule, Rulebook


@dataclass(frozen=True)
class DutyDraft:
    """A duty with its natural key (the lift, `rule.id`, `cycle`); `event_on` is the day from which it runs.

    `due_at` is the moment at which it ends, for duties that end at one; `due` is then the day that ends there.
    """

    rule: Rule
    cycle: str
    due: date | None
    window: tuple[date, date] | None = None
    closed_on: date | None = None
    event_on: date | None = None
    booked_on: date | None = None
    resume_on: date | None = None
    held_until: date | None = None
    provisional: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True)
class Frame:
    """What every derivation may look at beside the facts. `until`: yearly duties after it are not wanted; `ends_on`:
    from then on a city is under other rules (None where a document is applied as it is written)."""

    book: Rulebook
    calendar: WorkingCalendar
    until: date | None = None
    ends_on: date | None = None


Derivation = Callable[[Rule, Facts, Frame], Iterator[DutyDraft]]
