"""The bound is one: every plan of a few lifts is tried."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.calendar import WorkingCalendar
from schedules.year_plan.bound import bound_of
from schedules.year_plan.inspectors import Inspector, plan_days
from schedules.year_plan.lifts import PlanLift, Window
from schedules.year_plan.outcome import Figures, YearPlan, figures_of
from schedules.year_plan.plan import make_plan

CALENDAR = WorkingCalendar()
FIRST = date(2026, 3, 2)
DAYS = 4
SPANS = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1), st.sampled_from(["A1", "A2", "B1"])),
    min_size=1,
    max_size=6,
)


def lift(number: int, span: tuple[int, int, str]) -> PlanLift:
    first, last = (FIRST + timedelta(days=offset) for offset in sorted(span[:2]))
    return PlanLift(number, span[2][0], span[2][1:], date(2026, 12, 31), Window(first, last, last))


def every_plan(plan: YearPlan) -> list[Figures]:
    """The figures of all plans of the same lifts."""
    spans = [
        [day for day in plan.days if one.lift.window.first <= day.day <= one.lift.window.backstop]
        for one in plan.planned
        if one.lift.window
    ]
    found = []
    for chosen in product(*spans):
        loads = {day.day: sum(other is day for other in chosen) for day in chosen}
        if all(loads[day.day] <= day.places for day in chosen):
            moved = tuple(replace(one, day=day.day) for one, day in zip(plan.planned, chosen, strict=True))
            needed = sum(day.shifts_for(loads.get(day.day, 0)) for day in plan.days)
            found.append(replace(figures_of(replace(plan, planned=moved)), days_filled=needed))
    return found


@settings(max_examples=60, deadline=None)
@given(SPANS, st.lists(st.integers(0, 3), min_size=1, max_size=2))
def test_no_plan_is_below_the_bound(spans: list[tuple[int, int, str]], places: list[int]):
    team = [Inspector(f"i{number}", count, 0) for number, count in enumerate(places)]
    last = FIRST + timedelta(days=DAYS - 1)
    plan = make_plan(
        [lift(number, span) for number, span in enumerate(spans)], plan_days(team, FIRST, last, CALENDAR), FIRST, last
    )
    bound, others = bound_of(plan), every_plan(plan)
    for name in ("days_filled", "addresses_split", "address_days", "neighbourhood_days"):
        assert getattr(bound, name) <= min(getattr(figures, name) for figures in others)


def test_the_bound_of_the_days_is_what_single_lifts_need():
    team = [Inspector("a", 2, 0), Inspector("b", 2, 0)]
    spans = [(0, 0, "A1"), (0, 1, "A2"), (1, 1, "B1"), (3, 3, "B1"), (2, 3, "A1")]
    last = FIRST + timedelta(days=DAYS - 1)
    plan = make_plan(
        [lift(number, span) for number, span in enumerate(spans)], plan_days(team, FIRST, last, CALENDAR), FIRST, last
    )
    assert bound_of(plan).days_filled == min(figures.days_filled for figures in every_plan(plan)) == 3
    assert plan_days(team, FIRST, last, CALENDAR)[0].shifts_for(3) == 2
