"""Dates and codes as a person reads them: filters of the templates."""

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from actions.regulator.moments import by_clock

# Outside these bounds around today a date without its year may be doubted.
CLEAR_BEHIND, CLEAR_AHEAD = timedelta(days=90), timedelta(days=270)


def filters_of(language: str) -> dict[str, Callable[..., str]]:
    """`day`, `month`, `duty`, `step`, `role`, `via`, `moment`, `begin` for templates in this language."""

    def day(value: date | str | None, today: date | None = None) -> str:
        return say_day(value, language, today)

    def month(value: date | str) -> str:
        return say_month(_as_date(value), language)

    def duty(kind: str) -> str:
        return name_of("duty", kind, language)

    def step(name: str) -> str:
        return name_of("step", name.partition(".")[0], language)

    def role(name: str) -> str:
        return name_of("role", name, language)

    def via(name: str) -> str:
        return name_of("via", name, language)

    named = {"duty": duty, "step": step, "role": role, "via": via}
    return {"day": day, "month": month, "moment": by_clock, "begin": begin, **named}


def begin(text: str) -> str:
    """What a line begins with: its first letter is a capital one."""
    return text[:1].upper() + text[1:]


def say_day(value: date | str | None, language: str, today: date | None = None) -> str:
    """2月28日 or 28 Feb; with the year where it may be doubted seen from `today`, and always without one."""
    if value is None:
        return "—"
    day, forms = _as_date(value), _names(language)["date"]
    is_clear = today is not None and -CLEAR_BEHIND <= day - today <= CLEAR_AHEAD
    return _fill(forms["day" if is_clear else "day_of_year"], day, forms)


def say_month(day: date, language: str) -> str:
    """2027年2月 or Feb 2027."""
    forms = _names(language)["date"]
    return _fill(forms["month"], day, forms)


def say_weekday(day: date, language: str) -> str:
    """周一 or Mon."""
    weekday: str = _names(language)["date"]["weekdays"][day.weekday()]
    return weekday


def name_of(kind: str, code: str, language: str) -> str:
    """What a code is called; the code itself where it has no name."""
    named: str = _names(language).get(kind, {}).get(code, code)
    return named


def _as_date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _fill(form: str, day: date, forms: dict[str, Any]) -> str:
    return form.format(year=day.year, month=day.month, day=day.day, month_name=forms["months"][day.month - 1])


@cache
def _names(language: str) -> dict[str, Any]:
    shared = tomllib.loads((files("templates") / "documents" / "names.toml").read_text(encoding="utf-8"))[language]
    own = tomllib.loads((files("templates") / "chat" / language / "words.toml").read_text(encoding="utf-8"))
    return {**shared, **own}
