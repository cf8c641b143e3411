"""Moments at which a day ends, in the time of the documents."""

from datetime import date, datetime, time

from schedules.dates import ONE_DAY
from store.zone import SHANGHAI


def midnight_after(day: date) -> datetime:
    """24:00 of `day`, which is 00:00 of the next, with its offset."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=SHANGHAI)


def day_of(moment: datetime) -> date:
    """The calendar day of a moment, in Shanghai."""
    return moment.astimezone(SHANGHAI).date()
