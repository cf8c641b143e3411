"""What a rule says of one lift before anything is stored."""

from dataclasses import dataclass
from datetime import date

from schedules.rulebook import Rule


@dataclass(frozen=True)
class DutyDraft:
    """A duty with its natural key (the lift, `rule.id`, `cycle`); `event_on` is the day from which it runs."""

    rule: Rule
    cycle: str
    due: date | None
    window: tuple[date, date] | None = None
    closed_on: date | None = None
    event_on: date | None = None
    booked_on: date | None = None
    resume_on: date | None = None
    provisional: bool = False
