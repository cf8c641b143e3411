"""Days that the calendar names, not an event: one day, a day of every year, quarter, half-year or week, a period."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schedules.dates import ONE_DAY, month_end
from schedules.vocabulary import Strict

SUNDAY = 7


class OnDay(Strict):
    """One day, once."""

    kind: Literal["on_day"]
    day: date

    def holds(self, day: date) -> bool:
        """Whether `day` is it."""
        return day == self.day


class Bounded(Strict):
    """Something that comes back, from the first day to the last; open where the document is."""

    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise ValueError("the last day lies before the first")
        return self


class EveryYear(Bounded):
    """A day of every year: by then, or with `begins` from then on."""

    kind: Literal["every_year"]
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    begins: bool = False

    def holds(self, day: date) -> bool:
        """Whether `day` is one of them; 29 February comes in leap years only."""
        return (day.month, day.day) == (self.month, self.day)


class EveryQuarter(Bounded):
    """By this day of the last month of every quarter."""

    kind: Literal["every_quarter"]
    day: int = Field(ge=1, le=28)

    def holds(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return day.month % 3 == 0 and day.day == self.day


class EveryHalfYear(Bounded):
    """Once in every half of a calendar year: by its last day."""

    kind: Literal["every_half_year"]

    def holds(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return day.month % 6 == 0 and day == month_end(day)


class EveryWeek(Bounded):
    """Once a week: by Sunday."""

    kind: Literal["every_week"]

    def holds(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return day.isoweekday() == SUNDAY


class EveryDay(Bounded):
    """On every calendar day."""

    kind: Literal["every_day"]

    def holds(self, day: date) -> bool:
        """Whether `day` is one of them: all are."""
        return True


class Period(Bounded):
    """From the first day to the last, both included; one of them may be open."""

    kind: Literal["period"]

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.first is None and self.last is None:
            raise ValueError("a period needs its first day or its last")
        return self

    def holds(self, day: date) -> bool:
        """Whether `day` is its end, or its beginning where it has no end."""
        return day == (self.last or self.first)


When = Annotated[
    OnDay | EveryYear | EveryQuarter | EveryHalfYear | EveryWeek | EveryDay | Period, Field(discriminator="kind")
]


@lru_cache(maxsize=1024)  # every plan asks for the same two years again
def days_between(when: When, first: date, last: date) -> tuple[date, ...]:
    """The days of `when` from `first` to `last`, both included, in order."""
    if isinstance(when, Bounded):
        first, last = max(first, when.first or first), min(last, when.last or last)
    count = (last - first) // ONE_DAY + 1
    return tuple(day for day in (first + timedelta(days=n) for n in range(count)) if when.holds(day))
