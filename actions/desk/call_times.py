"""When a call that nobody answered is made again."""

from datetime import datetime, time, timedelta

from schedules.calendar import WorkingCalendar
from store.zone import SHANGHAI

# The stated table: after the first call the next one comes two hours later, where that is still in office hours; after
# it on the next working day; after the third the number counts as failed.
TRIES = 3
LATER = timedelta(hours=2)
OPENS, CLOSES = time(9), time(17)


def next_try(calendar: WorkingCalendar, missed: int, now: datetime) -> datetime | None:
    """When to call again after the `missed`-th call without an answer; None after the last."""
    if missed >= TRIES:
        return None
    here, later = now.astimezone(SHANGHAI), now.astimezone(SHANGHAI) + LATER
    in_hours = later.date() == here.date() and OPENS <= later.time() <= CLOSES
    if missed == 1 and in_hours and calendar.is_working(here.date()):
        return later
    return next_morning(calendar, now)


def next_morning(calendar: WorkingCalendar, now: datetime) -> datetime:
    """When the next working day begins."""
    return datetime.combine(calendar.add_working(now.astimezone(SHANGHAI).date(), 1), OPENS, SHANGHAI)
