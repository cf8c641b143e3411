"""A plan as it is handed on, and its figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from schedules.year_plan.inspectors import Half, PlanDay
from schedules.year_plan.jobs import address_of
from schedules.year_plan.lifts import NotPlanned, PlanLift


@dataclass(frozen=True)
class Planned:
    """A lift on a day, with the row of the input that it is. `after_target`: in time, but later than aimed at."""

    at: int
    lift: PlanLift
    day: date
    inspector: str
    half: Half
    after_target: bool


@dataclass(frozen=True)
class YearPlan:
    """Every row of the input once: `planned` by day and inspector, or `refused`. `days`: when somebody was there."""

    planned: tuple[Planned, ...]
    refused: tuple[NotPlanned, ...]
    days: tuple[PlanDay, ...]


@dataclass(frozen=True)
class Figures:
    """Inspectors' days in use; addresses on more than one day; and, all added, the days on which somebody goes to an
    address, and those on which somebody is in a neighbourhood."""

    days_filled: int
    addresses_split: int
    address_days: int
    neighbourhood_days: int


def figures_of(plan: YearPlan) -> Figures:
    """What the plan needs."""
    visits = Counter(address for address, _ in {(address_of(one.lift), one.day) for one in plan.planned})
    return Figures(
        days_filled=len({(one.day, one.inspector) for one in plan.planned}),
        addresses_split=sum(days > 1 for days in visits.values()),
        address_days=visits.total(),
        neighbourhood_days=len({(one.lift.neighbourhood, one.day) for one in plan.planned}),
    )
