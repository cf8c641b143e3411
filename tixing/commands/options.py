"""What several commands share: reading options, printing JSON, opening the store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import typer
from sqlmodel import Session, col, select

from schedules.dates import whole_day
from schedules.given import YEARS
from store.database import Database
from store.lifts import City
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.settings import Settings
from tixing.times import in_utc, now_utc

# line ends that JSON may hold as they are, but at which many readers of lines break
LINE_ENDS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\u0085\u2028\u2029"})


def print_json(value: Any) -> None:
    """One line of JSON; Chinese stays readable."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str).translate(LINE_ENDS))


def require_city(session: Session, city: str) -> None:
    """Refuse a city that is not in the store, naming those that are."""
    known = list(session.exec(select(City.id).order_by(col(City.id))))
    if city not in known:
        raise UsageError(f"--city {city!r} is not in the store; it has {', '.join(known) or 'none'}")


def count_of(number: int, noun: str, plural: str = "") -> str:
    """`1 lift`, `2 lifts`; with `plural` what stands for several."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def parse_date_option(name: str, text: str | None) -> date | None:
    """A whole date of an option, or None where it was not given."""
    if text is None:
        return None
    try:
        day = whole_day(text)
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not a date; write YYYY-MM-DD") from error
    _refuse_far_years(name, day)
    return day


def parse_moment_option(name: str, text: str | None) -> datetime:
    """A moment of an option in UTC (naive means Asia/Shanghai); now where it was not given."""
    if text is None:
        return now_utc()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not a moment; write YYYY-MM-DDTHH:MM") from error
    _refuse_far_years(name, moment.date())
    return in_utc(moment)


def _refuse_far_years(name: str, day: date) -> None:
    if day.year not in YEARS:
        raise UsageError(f"{name} {day} is out of range; years from {YEARS.start} to {YEARS.stop - 1} are worked with")


@contextmanager
def open_store(settings: Settings | None = None, *, make: bool = False) -> Iterator[Database]:
    """The configured store, brought to the newest tables; UsageError where there is none yet and `make` is not set.

    A command that has read the settings hands them over: what is doubtful in them is said each time they are read.
    """
    database = Database((settings or load_settings()).database_url)
    try:
        if not make and not database.exists():
            raise UsageError(
                f"there is no database at {database.shown_url()} yet; run `tixing init` or `tixing import FILE` first"
            )
        database.migrate()
        yield database
    finally:
        database.close()
