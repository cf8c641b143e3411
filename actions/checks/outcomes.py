"""What a saying about an inspection elsewhere becomes when it is confirmed: by what was said, and the day besides."""

from datetime import date
from enum import StrEnum

from actions.checks.sayings import BOOKED_ELSEWHERE, ELSEWHERE_MONTHS
from actions.refusals import Refused
from schedules.dates import add_months
from store.tasks import Task, TaskKind

RESULTS = ("pass", "fail")


class Becomes(StrEnum):
    """What confirming it does, or what is missing yet."""

    NOTHING = "nothing"  # the register says it; only the check ends
    BOOKING = "booking"
    INSPECTION = "inspection"
    NEEDS_DAY = "needs_day"
    NEEDS_RESULT = "needs_result"  # the day for which it was booked has passed: nobody has said how it went
    NOT_YET = "not_yet"  # said to have been, on a day that has not come
    TOO_FAR = "too_far"


def day_said(task: Task) -> date | None:
    """The day that somebody named."""
    on = (task.detail or {}).get("on")
    return date.fromisoformat(on) if on else None


def becomes(task: Task, on: date | None, today: date) -> Becomes:
    """What comes of this saying with that day."""
    if task.kind != TaskKind.SAID_INSPECTED:
        return Becomes.NOTHING
    if on is None:
        return Becomes.NEEDS_DAY
    if not add_months(task.opened_on, -ELSEWHERE_MONTHS) <= on <= add_months(today, ELSEWHERE_MONTHS):
        return Becomes.TOO_FAR
    if (task.detail or {}).get("said") == BOOKED_ELSEWHERE:
        return Becomes.BOOKING if on >= today else Becomes.NEEDS_RESULT
    return Becomes.INSPECTION if on <= today else Becomes.NOT_YET


def require_confirmable(found: Becomes, on: date | None, result: str | None) -> None:
    """Refused where something is missing, or the day does not go with what was said."""
    if found == Becomes.NEEDS_DAY:
        raise Refused("sayings.which_day")
    if found == Becomes.TOO_FAR:
        raise Refused("sayings.no_such_day", day=on)
    if found == Becomes.NOT_YET or (found == Becomes.BOOKING and result is not None):
        raise Refused("sayings.not_yet", day=on)
    if found == Becomes.NEEDS_RESULT and result not in RESULTS:
        raise Refused("sayings.which_result", day=on)
