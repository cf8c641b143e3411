"""Dates as registers state them: a day, or a month that means its last day."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from actions.register.words import half_width, says_nothing, words
from store.lifts import Precision

# 1900-01-01 and 2099-12-31, 9999-12-31 are what programs write for "none".
FIRST_YEAR, LAST_YEAR = 1950, 2098  # what the date rules take; an earlier or later one is a sentinel
SERIAL_ZERO = date(1899, 12, 30)  # Excel counts days from here, from March 1900 on

_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_WRITTEN = re.compile(rf"(\d{{4}})-(\d{{1,2}})(?:-(\d{{1,2}}))?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")  # 1954 to 2119


class StatedDate(NamedTuple):
    """An ISO date with its precision (a Precision's value); both None for "none"."""

    day: str | None
    precision: str | None


NO_DATE = StatedDate(None, None)


@lru_cache(maxsize=50_000)
def read_date(raw: str) -> StatedDate:
    """The date in a cell. Raises ValueError when it holds something else; words and years for "none" are NO_DATE."""
    text = half_width(raw).strip().removeprefix("'").strip()
    if says_nothing(text):
        return NO_DATE
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _on(SERIAL_ZERO + timedelta(days=int(serial[1])))
    written = _WRITTEN.fullmatch(_with_hyphens(text)) or _COMPACT.fullmatch(text)
    if written is None:
        raise ValueError(raw)
    year, month, day = (int(part) if part else None for part in written.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return NO_DATE
    return _of_parts(year, month or 0, day)


def _of_parts(year: int, month: int, day: int | None) -> StatedDate:
    if day is not None:
        return _on(date(year, month, day))
    if not 1 <= month <= 12:
        raise ValueError(f"{year}-{month}")
    return StatedDate(date(year, month, monthrange(year, month)[1]).isoformat(), Precision.MONTH.value)


def _on(day: date) -> StatedDate:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return NO_DATE
    return StatedDate(day.isoformat(), Precision.DAY.value)


def _with_hyphens(text: str) -> str:
    for mark in words().dates.separators:
        text = text.replace(mark, "-")
    for mark in words().dates.day_marks:
        text = text.replace(mark, " ")
    return re.sub(r"\s*-\s*", "-", text).rstrip(" -").lstrip()
