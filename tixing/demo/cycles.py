"""Inspection years and test years by the rule in force since 2024 (TSG T7001-2023, 4.1): for the register only.

The year number is the calendar year less the year in which the installation inspection was passed. In the other years
a lift is tested, not inspected; the register states both dates.
"""

import calendar
from datetime import date

LAST_OF_SCHEME = 15
INSPECTION_YEARS = frozenset({1, 4, 7, 9, 11, 13, LAST_OF_SCHEME})


def is_inspection_year(number: int) -> bool:
    """Whether a lift is inspected in its year `number`; after the fifteenth it is every year."""
    return number > LAST_OF_SCHEME or number in INSPECTION_YEARS


def month_end(year: int, month: int) -> date:
    """The last day of a month: what a validity by month means."""
    return date(year, month, calendar.monthrange(year, month)[1])


def months_later(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month that lie `count` months after, or before if negative."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def next_inspection(after: date, installed: date) -> date:
    """The end of the validity that an inspection due on `after` gives: its month in the next inspection year."""
    year = after.year + 1
    while not is_inspection_year(year - installed.year):
        year += 1
    return month_end(year, after.month)


def last_inspection(before: date, installed: date) -> date:
    """The inspection year before `before`; in the first year it is the installation inspection itself."""
    year = before.year - 1
    while year > installed.year and not is_inspection_year(year - installed.year):
        year -= 1
    return installed if year <= installed.year else month_end(year, before.month)


def next_event_is_test(year: int, installed: date) -> bool:
    """Whether the event of a calendar year is a test."""
    return not is_inspection_year(year - installed.year)
