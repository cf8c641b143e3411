"""A department's year of 5,000 lifts against the bound and against a plan by date alone. Prints a JSON line a case.

    uv run python benchmarks/plan_year.py [--lifts 5000] [--register REGISTER.csv]

Cases: a made-up city with inspectors enough, with inspectors whose days differ in size, and with hardly enough of them;
and, where it is there, the largest county of a register as Maryland has it, its validities moved into the year.
`bound` is what no plan of the same lifts can be below (schedules/year_plan/bound.py), `by_date` the plan that puts
what ends first on its first day with room. `seconds` include everything but reading the input.
"""

import argparse
import csv
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path

from schedules.calendar import WorkingCalendar
from schedules.dates import add_months, month_end
from schedules.rulebook import load_rulebook
from schedules.year_plan.bound import bound_of
from schedules.year_plan.inspectors import Inspector, plan_days
from schedules.year_plan.lifts import PlanLift, Window, window_of
from schedules.year_plan.outcome import YearPlan, figures_of
from schedules.year_plan.plan import make_plan, plan_by_date

MARYLAND = Path(__file__).resolve().parents[2] / "shared" / "data" / "registers" / "maryland.csv"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CALENDAR = WorkingCalendar()
INSPECTION = load_rulebook("guangzhou").rules[0]
NEIGHBOURHOODS, LARGEST, SEED = 60, 60, 1
WORKING_DAYS = CALENDAR.working_between(FIRST, LAST)


@cache
def window(valid_until: date) -> Window:
    """The days of an inspection before this validity ends."""
    return window_of(INSPECTION, valid_until, CALENDAR)


def made_up(count: int) -> list[PlanLift]:
    """Addresses of one to sixty lifts, whose validities end in one, two or three months; in sixty neighbourhoods."""
    chance = random.Random(SEED)
    lifts: list[PlanLift] = []
    address = 0
    while len(lifts) < count:
        address += 1
        size = min(LARGEST, max(1, int(chance.lognormvariate(1.6, 1.0))), count - len(lifts))
        ends = [month_end(add_months(FIRST, chance.randint(1, 12))) for _ in range(chance.choice([1, 1, 2, 3]))]
        place = f"n{chance.randrange(NEIGHBOURHOODS)}", f"a{address}"
        lifts += [dated_lift(len(lifts) + number, *place, chance.choice(ends)) for number in range(size)]
    return lifts


def dated_lift(number: int, neighbourhood: str, address: str, valid_until: date) -> PlanLift:
    """A lift with the days that its validity leaves."""
    return PlanLift(number, neighbourhood, address, valid_until, window(valid_until))


def registered(register: Path, count: int) -> list[PlanLift]:
    """The lifts of the county that has most: by street address, the five-digit area of the post as neighbourhood."""
    with register.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["certificate_expiration_date"]]
    county = Counter(row["county"] for row in rows).most_common(1)[0][0]
    return list(_lifts_of([row for row in rows if row["county"] == county][:count]))


def _lifts_of(rows: Iterable[dict[str, str]]) -> Iterator[PlanLift]:
    for number, row in enumerate(rows):
        address = row["location_address"]
        area = next((part.strip()[:5] for part in address.split(",") if part.strip()[:5].isdigit()), "")
        month = int(row["certificate_expiration_date"][5:7])
        # a certificate that ends in January is inspected at the end of the year before: that of the next one counts
        valid_until = month_end(date(FIRST.year + (month == 1), month, 1))
        yield dated_lift(number, area, address, valid_until)


def teams(count: int) -> dict[str, list[Inspector]]:
    """Inspectors for so many lifts: three times as many places as are needed, of different sizes, and hardly enough."""
    needed = count / WORKING_DAYS
    enough, scarce = round(needed * 3 / 8), -(-count * 105 // (100 * WORKING_DAYS * 6))
    return {
        "enough": [Inspector(f"i{number}", 4, 4) for number in range(max(enough, 1))],
        "mixed": [Inspector(f"i{number}", 2 + number % 4, 3) for number in range(max(enough, 1))],
        "scarce": [Inspector(f"i{number}", 3, 3) for number in range(scarce)],
    }


def measure(case: str, lifts: list[PlanLift], team: list[Inspector]) -> dict[str, object]:
    """One line."""
    plan, seconds = timed(make_plan, lifts, team)
    plain, plain_seconds = timed(plan_by_date, lifts, team)
    start = time.perf_counter()
    bound = asdict(bound_of(plan))
    bound_seconds = time.perf_counter() - start
    figures = asdict(figures_of(plan))
    return {
        "case": case,
        "lifts": len(lifts),
        "addresses": len({(lift.neighbourhood, lift.address) for lift in lifts}),
        "inspectors": len(team),
        "seconds": round(seconds, 2),
        **outcome(plan),
        "bound": bound,
        "bound_seconds": round(bound_seconds, 2),
        "over_bound_percent": {
            name: round(100 * figures[name] / least - 100, 1) for name, least in bound.items() if least
        },
        "by_date": {"seconds": round(plain_seconds, 2), **outcome(plain)},
    }


def timed(make: Callable[..., YearPlan], lifts: list[PlanLift], team: list[Inspector]) -> tuple[YearPlan, float]:
    """A plan, and how long it took."""
    start = time.perf_counter()
    return make(lifts, plan_days(team, FIRST, LAST, CALENDAR), FIRST, LAST), time.perf_counter() - start


def outcome(plan: YearPlan) -> dict[str, int]:
    """The figures of a plan, with how much is not or late on it."""
    late = sum(one.after_target for one in plan.planned)
    return {**asdict(figures_of(plan)), "after_target": late, "refused": len(plan.refused)}


def main() -> None:
    """Measure every case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lifts", type=int, default=5_000)
    parser.add_argument("--register", type=Path, default=MARYLAND)
    options = parser.parse_args()
    lifts = made_up(options.lifts)
    for case, team in teams(len(lifts)).items():
        print(json.dumps(measure(case, lifts, team)), flush=True)
    if options.register.exists():
        lifts = registered(options.register, options.lifts)
        print(json.dumps(measure("register", lifts, teams(len(lifts))["enough"])), flush=True)


if __name__ == "__main__":
    main()
