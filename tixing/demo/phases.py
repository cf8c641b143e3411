"""When the lifts of a site fall due and how old they are: most share a month, some follow, a few are outliers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from tixing.demo.cycles import LAST_OF_SCHEME, is_inspection_year, month_end, months_later, next_inspection
from tixing.demo.data import Profile, Site

MONTH_WEIGHTS = (9, 5, 7, 8, 8, 10, 8, 8, 8, 7, 10, 12)
AGE_BANDS = ((1, 5), (6, 10), (11, LAST_OF_SCHEME), (16, 24))
BAND_WEIGHTS = (28, 30, 22, 20)
MEAN_AGE_OF_CITY = 11.5
TILT_PER_YEAR = 0.018
ADDED_LIFT_AGES = (3, 10)
SHARE_OF_INSPECTION_YEARS = 0.85
SHARE_OF_MAIN_PHASE = 0.6
SHARE_OF_SECOND_PHASE = 0.3
PHASES_OF_ONE_AGE = 2
SLOW = frozenset({Profile.AFTER_LAST, Profile.LISTED, Profile.DEAD_NUMBER})


@dataclass(frozen=True)
class Phase:
    """Lifts put up together: validity by month, installation month, and the test that comes before, if one does."""

    lifts: int
    valid_until: date
    installed: date
    next_test: date | None


def phases_of(site: Site, profile: Profile, mean_age: int, start: date, random: Random) -> Iterator[Phase]:
    """The phases of a site, as they stand on `start`: one age for all, except for lifts that were replaced."""
    inspected = bool(site.months) or random.random() < SHARE_OF_INSPECTION_YEARS
    age = _draw_age(random, site.use, mean_age, inspected)
    if site.months:
        for stated, given in site.months.items():
            year, number = (int(part) for part in stated.split("-"))
            yield Phase(given, month_end(year, number), date(year - age, number, random.randint(1, 28)), None)
        return
    for index, (count, month) in enumerate(_draw_months(random, site.lifts)):
        is_replaced = index >= PHASES_OF_ONE_AGE
        theirs = _draw_age(random, site.use, mean_age, inspected) if is_replaced else age
        yield _draw_phase(count, month, theirs, profile, start, random)


def _draw_months(random: Random, lifts: int) -> list[tuple[int, int]]:
    first = random.choices(range(1, 13), MONTH_WEIGHTS)[0]
    main = max(1, round(lifts * SHARE_OF_MAIN_PHASE))
    second = min(lifts - main, round(lifts * SHARE_OF_SECOND_PHASE))
    later = months_later(2000, first, random.randint(2, 4))[1]
    found = [(main, first), (second, later)]
    for _ in range(lifts - main - second):
        found.append((1, random.choices(range(1, 13), MONTH_WEIGHTS)[0]))
    return [(count, month) for count, month in found if count]


def _draw_phase(count: int, month: int, age: int, profile: Profile, start: date, random: Random) -> Phase:
    # those who book in time have this month's inspection behind them, the slow ones not
    first_open = start.month if profile in SLOW else start.month + 1
    year = start.year if month >= first_open else start.year + 1
    installed = date(year - age, month, random.randint(1, 28))
    due = month_end(year, month)
    if is_inspection_year(age):
        return Phase(count, due, installed, None)
    return Phase(count, next_inspection(due, installed), installed, due)


def _draw_age(random: Random, use: str, mean_age: int, inspected: bool) -> int:
    if use == "added":
        ages = range(ADDED_LIFT_AGES[0], ADDED_LIFT_AGES[1] + 1)
    else:
        tilt = TILT_PER_YEAR * (mean_age - MEAN_AGE_OF_CITY)
        weights = [
            weight * math.exp(tilt * (low + high) / 2)
            for (low, high), weight in zip(AGE_BANDS, BAND_WEIGHTS, strict=True)
        ]
        low, high = random.choices(AGE_BANDS, weights)[0]
        ages = range(low, high + 1)
    fitting = [age for age in ages if is_inspection_year(age) is inspected]
    return random.choice(fitting or list(ages))
