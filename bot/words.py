"""Dates and codes as a person reads them: filters of the templates."""

import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from actions.regulator.moments import by_clock
from bot.places import by_building
from store.counted import FILTERS
from store.said_dates import DateForms


def filters_of(language: str) -> dict[str, Callable[..., Any]]:
    """`day`, `weekday`, `month`, `duty`, `step`, `role`, `via`, `inspection` (a state), `moment`, `begin`, `plural`,
    `counted`; `by_building` makes lines of a list of places.
    """

    def day(value: date | str | None, today: date | None = None) -> str:
        return say_day(value, language, today)

    def month(value: date | str) -> str:
        return say_month(_as_date(value), language)

    def weekday(value: date | str) -> str:
        return say_weekday(_as_date(value), language)

    def buildings(places: Iterable[str]) -> list[str]:
        return by_building(places, *_names(language)["list"].values())

    def duty(kind: str) -> str:
        return name_of("duty", kind, language)

    def step(name: str) -> str:
        return name_of("step", name.partition(".")[0], language)

    def role(name: str) -> str:
        return name_of("role", name, language)

    def via(name: str) -> str:
        return name_of("via", name, language)

    def inspection(state: str) -> str:
        return name_of("inspection", state, language)

    named = {"duty": duty, "step": step, "role": role, "via": via, "inspection": inspection}
    dates = {"day": day, "weekday": weekday, "month": month, "moment": by_clock}
    return {**dates, "begin": begin, "by_building": buildings, **named, **FILTERS}


def begin(text: str) -> str:
    """What a line begins with: its first letter is a capital one."""
    return text[:1].upper() + text[1:]


def say_day(value: date | str | None, language: str, today: date | None = None) -> str:
    """2月28日 or 28 Feb; with the year where it may be doubted seen from `today`, and always without one."""
    return "—" if value is None else _forms(language).say_day(_as_date(value), today)


def say_month(day: date, language: str) -> str:
    """2027年2月 or Feb 2027."""
    return _forms(language).say_month(day)


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


@cache
def _forms(language: str) -> DateForms:
    index = tomllib.loads((files("templates") / "index.toml").read_text(encoding="utf-8"))
    return DateForms(**index["languages"][language]["dates"])


@cache
def _names(language: str) -> dict[str, Any]:
    shared = tomllib.loads((files("templates") / "documents" / "names.toml").read_text(encoding="utf-8"))[language]
    own = tomllib.loads((files("templates") / "chat" / language / "words.toml").read_text(encoding="utf-8"))
    return {**shared, **own}
