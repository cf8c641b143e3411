"""How dates are said in a message, from the forms of templates/index.toml."""

from datetime import date
from functools import lru_cache

from notifier.index import load_index


@lru_cache
def say_month(day: date, language: str) -> str:
    """2027年2月 or Feb 2027: always with the year."""
    return load_index().languages[language].dates.say_month(day)


@lru_cache
def say_day(day: date, language: str, today: date, *, with_year: bool = False) -> str:
    """2月28日 or 28 Feb; with the year where it may be doubted seen from `today`."""
    return load_index().languages[language].dates.say_day(day, None if with_year else today)


def say_due(day: date, by_month: bool, language: str, today: date) -> str:
    """A due date as exactly as the register states it: a month is never given an invented day."""
    return say_month(day, language) if by_month else say_day(day, language, today)
