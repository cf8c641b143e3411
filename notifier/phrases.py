"""How dates are said in a message, from the forms of templates/index.toml."""

from datetime import date, timedelta
from functools import lru_cache

from notifier.index import load_index

# Outside these bounds around today a date without its year may be doubted.
CLEAR_BEHIND, CLEAR_AHEAD = timedelta(days=90), timedelta(days=270)


@lru_cache
def say_month(day: date, language: str) -> str:
    """2027年2月 or Feb 2027: always with the year."""
    forms = load_index().languages[language]
    return forms.month.format(year=day.year, month=day.month, month_name=forms.month_names[day.month - 1])


@lru_cache
def say_day(day: date, language: str, today: date, *, with_year: bool = False) -> str:
    """2月28日 or 28 Feb; with the year where it may be doubted seen from `today`."""
    forms = load_index().languages[language]
    doubtful = with_year or not -CLEAR_BEHIND <= day - today <= CLEAR_AHEAD
    form = forms.day_of_year if doubtful else forms.day
    return form.format(year=day.year, month=day.month, day=day.day, month_name=forms.month_names[day.month - 1])


def say_due(day: date, by_month: bool, language: str, today: date) -> str:
    """A due date as exactly as the register states it: a month is never given an invented day."""
    return say_month(day, language) if by_month else say_day(day, language, today)
