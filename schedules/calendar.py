"""Working days of mainland China, with make-up days; a year that is not published yet gives provisional answers."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import holidays as library_days
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Value
from sqlalchemy import delete
from sqlmodel import Session, col, select

from schedules.dates import ONE_DAY
from store.calendar import CalendarDay, CalendarYear
from store.database import table_of

SATURDAY = 5
SPRING_FESTIVAL_WEEK = (-1, 6)  # New Year's Eve to the sixth day, as the notices of recent years had it at least
NATIONAL_DAY_WEEK = (1, 7)  # of October
FIXED_HOLIDAYS = {(1, 1), (5, 1)}  # whatever the notice says, nobody works on New Year's Day and on Labour Day
FAR_ENOUGH = 60  # days; no run of holidays is nearly as long
KNOWN = "tixing_calendar"  # where a session keeps it


class CalendarError(Exception):
    """A calendar file cannot be used; the message is one sentence for the operator."""


def _spring_festivals() -> dict[int, date]:
    table = tomllib.loads((files("schedules") / "calendar.toml").read_text(encoding="utf-8"))
    return {day.year: day for day in table["spring_festival"]}


SPRING_FESTIVAL = _spring_festivals()
LIBRARY_YEARS = range(min(library_days).year, max(library_days).year + 1)


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days are worked. `imported_days` and `imported_years` come from the store and win over the library."""

    imported_days: Mapping[date, bool] = field(default_factory=dict)
    imported_years: frozenset[int] = frozenset()

    def is_published(self, year: int) -> bool:
        """Whether the State Council's notice for `year` is known here."""
        return year in self.imported_years or year in LIBRARY_YEARS

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked; for an unpublished year a guess on the side of rest (see `is_published`)."""
        stated = self.imported_days.get(day)
        if stated is not None:
            return stated
        if day.year in LIBRARY_YEARS and day.year not in self.imported_years:
            return _library_says(day)
        if day.year not in self.imported_years and _is_usual_holiday(day):
            return False
        return day.weekday() < SATURDAY

    def last_working(self, day: date) -> date:
        """The last working day not after `day`: when somebody should act so as not to miss it."""
        return self._walk(day, -ONE_DAY)

    def first_working(self, day: date) -> date:
        """The first working day not before `day`."""
        return self._walk(day, ONE_DAY)

    def add_working(self, day: date, count: int) -> date:
        """`count` working days after `day`, which is itself not counted (Civil Code art. 201); negative: before it."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._walk(day + step, step)
        return day

    def working_between(self, first: date, last: date) -> int:
        """How many working days lie in [first, last]."""
        span = (last - first).days + 1
        return sum(self.is_working(first + timedelta(days=offset)) for offset in range(max(span, 0)))

    def is_provisional(self, *days: date) -> bool:
        """Whether an answer that involved these days rests on a year that is not published."""
        return any(not self.is_published(day.year) for day in days)

    def version(self) -> str:
        """Changes when a year is imported, so that stored dates can be seen to be old."""
        stated = ",".join(f"{day}{int(works)}" for day, works in sorted(self.imported_days.items()))
        return f"{LIBRARY_YEARS.stop - 1}-{sha256(stated.encode()).hexdigest()[:8]}"

    def _walk(self, day: date, step: timedelta) -> date:
        for _ in range(FAR_ENOUGH):
            if self.is_working(day):
                return day
            day += step
        raise CalendarError(f"no working day within {FAR_ENOUGH} days of {day}: the imported calendar is wrong")


@cache
def _library_says(day: date) -> bool:
    """Asked once for each day: the library looks through all its holidays at every call."""
    return bool(chinese_calendar.is_workday(day))


def _is_usual_holiday(day: date) -> bool:
    if day.month == 10 and NATIONAL_DAY_WEEK[0] <= day.day <= NATIONAL_DAY_WEEK[1]:
        return True
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return True
    festival = SPRING_FESTIVAL.get(day.year)
    return festival is not None and SPRING_FESTIVAL_WEEK[0] <= (day - festival).days <= SPRING_FESTIVAL_WEEK[1]


class HolidayEntry(BaseModel):
    """One day of a holiday-cn file."""

    name: str
    date: date
    is_off: bool = Value(alias="isOffDay")


class HolidayFile(BaseModel):
    """A year in holiday-cn's JSON form."""

    model_config = ConfigDict(extra="ignore")

    year: int
    papers: list[str]
    days: list[HolidayEntry]


def read_holiday_file(path: Path) -> HolidayFile:
    """A holiday-cn JSON file; CalendarError says in one sentence what is wrong with it."""
    try:
        year = HolidayFile.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise CalendarError(f"{path} cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CalendarError(f"{path} is not a JSON file") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CalendarError(f"{path} is not a holiday-cn year: {place}: {first['msg']}") from error
    if not year.days:
        raise CalendarError(f"{path} has no days: the State Council has not published {year.year} yet; nothing changed")
    strays = [entry.date for entry in year.days if abs(entry.date.year - year.year) > 1]
    if strays:
        raise CalendarError(f"{path} is for {year.year} but names {strays[0]}")
    return year


def calendar_of(years: Iterable[HolidayFile]) -> WorkingCalendar:
    """A calendar from files alone, without a store."""
    listed = list(years)
    days = {entry.date: not entry.is_off for year in listed for entry in year.days}
    return WorkingCalendar(days, frozenset(year.year for year in listed))


def load_calendar(session: Session) -> WorkingCalendar:
    """The calendar with the years that were imported into this store; read once in a transaction."""
    known: WorkingCalendar | None = session.info.get(KNOWN)
    if known is None:
        years = session.exec(select(CalendarYear.year)).all()
        days = session.exec(select(col(CalendarDay.day), col(CalendarDay.is_working))).all()
        known = session.info[KNOWN] = WorkingCalendar(dict(days), frozenset(years))
    return known


def store_year(session: Session, year: HolidayFile, *, source: str, now: datetime) -> None:
    """Replace what the store knows of `year`."""
    days, years = table_of(CalendarDay), table_of(CalendarYear)
    session.execute(delete(days).where(days.c.year == year.year))
    session.execute(delete(years).where(years.c.year == year.year))
    session.add(CalendarYear(year=year.year, source=source, imported_at=now))
    session.flush()
    seen = {entry.date: entry for entry in year.days}
    for entry in seen.values():
        session.merge(CalendarDay(day=entry.date, year=year.year, is_working=not entry.is_off, name=entry.name))
    session.info.pop(KNOWN, None)


def month_opening(calendar: WorkingCalendar, day: date) -> date:
    """The first working day of `day`'s month."""
    return calendar.first_working(day.replace(day=1))
