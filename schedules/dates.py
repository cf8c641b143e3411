"""Arithmetic of calendar dates as the documents use it (date-rules section 0)."""

import re
from calendar import monthrange
from datetime import date, timedelta

MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (negative: earlier), clamped to the month's last day: 2026-05-31 − 3 = 2026-02-28."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of `day`'s month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def same_month(one: date, other: date) -> bool:
    """Whether both lie in one month of one year."""
    return (one.year, one.month) == (other.year, other.month)


def parse_day(text: str) -> date:
    """An ISO date; `YYYY-MM` means the month's last day. Anything else raises ValueError with one sentence."""
    try:
        if MONTH.fullmatch(text):
            return month_end(date.fromisoformat(f"{text}-01"))
        return whole_day(text)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a date; write YYYY-MM-DD, or YYYY-MM for the month's last day")


def whole_day(text: str) -> date:
    """A date written as YYYY-MM-DD and in no other of ISO's ways; ValueError for anything else."""
    if not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is not a date; write YYYY-MM-DD")
    return date.fromisoformat(text)


def iso(day: date | None) -> str | None:
    """ISO text, or None."""
    return day.isoformat() if day else None
