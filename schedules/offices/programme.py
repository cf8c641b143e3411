"""What a document asks of offices and projects by fixed days: reports, reviews, stages, targets, limits.

None of it is about one lift, so nothing here is derived from a lift's facts.
"""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from schedules.offices.fixed_days import When, days_between
from schedules.vocabulary import Strict

Kind = Literal[
    "report",  # an office hands in a paper
    "review",  # an office looks back, or sees that others do
    "stage",  # a part of the project with a beginning, an end or both
    "target",  # what the project wants to have reached by its day
    "limit",  # a number that holds at any time
]
Bearer = Literal[
    "city_regulator",
    "district_regulator",
    "inspection_department",
    "use_unit",
    "maintainer",
    "testing_body",
    "project",
]


class Measure(Strict):
    """A number of the document. The number itself is allowed: 以上, 以内, 不少于 and 不超过 include it."""

    of: str
    sense: Literal["at_least", "at_most", "exactly"]
    number: int
    unit: Literal["lifts", "areas", "percent", "complaints", "faults", "years", "months", "days"]
    per: Literal["calendar_year", "lift_and_month"] | None = None


class Trend(Strict):
    """What shall rise, fall or become whole where the document names no number."""

    of: str
    way: Literal["up", "down", "all"]


class Name(Strict):
    """What the paper is called towards the office that owes it."""

    zh: str
    en: str


class Assignment(Strict):
    """One task, stage, target or limit: who bears it, where it is written, its days and its number."""

    id: str
    kind: Kind
    bearer: Bearer
    to: Literal["city_regulator"] | None = None
    clause: str
    quote: str
    obligations: tuple[str, ...]
    when: When | None = None
    measure: Measure | None = None
    trend: Trend | None = None
    among: Literal["all", "pilot_districts"] = "all"  # which of several district offices
    remind: tuple[int, ...] = ()  # days before the day; ours, no document names them
    name: Name | None = None
    reading: str | None = None  # how the clause was read where it can be read otherwise

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.when is None and self.measure is None and self.trend is None:
            raise ValueError(f"programme {self.id}: a day, a number or a direction is needed")
        if self.remind and (self.when is None or self.name is None):
            raise ValueError(f"programme {self.id}: who reminds needs a day and a name of what is due")
        if self.remind and self.kind not in ("report", "review"):
            raise ValueError(f"programme {self.id}: only a report or a review is reminded of")
        if list(self.remind) != sorted(set(self.remind), reverse=True):
            raise ValueError(f"programme {self.id}: 'remind' goes from the earliest reminder to the latest")
        return self

    @property
    def reminders(self) -> dict[str, int]:
        """Its rungs: name and days before the day, from the earliest to the latest."""
        return {f"d{days}": days for days in self.remind}


def due_days(entry: Assignment, first: date, last: date) -> list[date]:
    """The entry's days from `first` to `last`, both included; of a stage its end, or its beginning if it has no end."""
    return [] if entry.when is None else list(days_between(entry.when, first, last))


def meets(entry: Assignment, value: float) -> bool:
    """Whether `value`, in the entry's unit, is what the entry asks for; ValueError where it names no number."""
    if entry.measure is None:
        raise ValueError(f"{entry.id} names no number to compare with")
    match entry.measure.sense:
        case "at_least":
            return value >= entry.measure.number
        case "at_most":
            return value <= entry.measure.number
        case "exactly":
            return value == entry.measure.number
