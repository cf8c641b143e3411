"""A year's plan: what holds for any input, and what becomes of bad input."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.calendar import WorkingCalendar
from schedules.dates import month_end
from schedules.rulebook import load_rulebook
from schedules.year_plan.bound import bound_of
from schedules.year_plan.inspectors import Away, Inspector, PlanDay, less_taken, plan_days
from schedules.year_plan.jobs import Job, sort_out
from schedules.year_plan.lifts import PlanLift, Window, window_of
from schedules.year_plan.outcome import YearPlan, figures_of
from schedules.year_plan.plan import make_plan, plan_by_date
from store.plans import Why

CALENDAR = WorkingCalendar()
INSPECTION = load_rulebook("guangzhou").rules[0]
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 13)  # Monday to the Friday after next
OFFSETS = st.integers(-6, 20)
PLACES = st.integers(0, 2)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def lift(number: int, first: int, target: int, backstop: int, place: str = "A1") -> PlanLift:
    return PlanLift(number, place[0], place[1:], day(60), Window(day(first), day(target), day(backstop)))


@st.composite
def rows(draw: st.DrawFn) -> PlanLift:
    """Any row: without a validity, with one that has passed, with days that cannot be, the same lift again."""
    window = draw(st.none() | st.builds(Window, *[OFFSETS.map(day)] * 3))
    place = draw(st.sampled_from("AB")), draw(st.sampled_from(["1", "2", ""]))
    return PlanLift(draw(st.integers(1, 20)), *place, draw(st.none() | OFFSETS.map(day)), window)


@st.composite
def sound_rows(draw: st.DrawFn, most: int = 14) -> list[PlanLift]:
    """Lifts that all have days in the fortnight; room is what they may want."""
    days = st.tuples(*[st.integers(0, 11)] * 3).map(sorted)
    return [
        lift(number, *draw(days), place=draw(st.sampled_from(["A1", "A2", "B1", "B2"])))
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def inspectors(draw: st.DrawFn, most: int = 3) -> list[Inspector]:
    """Nobody, or some who may be away, and may have no place at all."""
    away = st.builds(Away, OFFSETS.map(day), OFFSETS.map(day), st.sampled_from([None, "am", "pm"]))
    leaves = st.lists(away, max_size=2).map(tuple)
    return [Inspector(f"i{at}", draw(PLACES), draw(PLACES), draw(leaves)) for at in range(draw(st.integers(0, most)))]


def check(plan: YearPlan, listed: list[PlanLift], team: list[Inspector]) -> None:
    """No row is lost, no day holds more than there are places, nobody comes on a day that the lift does not allow."""
    assert sorted([one.at for one in plan.planned] + [one.at for one in plan.refused]) == list(range(len(listed)))
    assert len({one.lift.lift_id for one in plan.planned}) == len(plan.planned)
    held = Counter((one.day, one.inspector, one.half) for one in plan.planned)
    who = {one.name: one for one in team}
    assert all(count <= who[name].halves_on(at).get(half, 0) for (at, name, half), count in held.items())
    for one in plan.planned:
        assert one.lift == listed[one.at]
        assert one.lift.valid_until is not None
        assert one.lift.window is not None
        assert one.lift.window.first <= one.day <= min(one.lift.window.backstop, one.lift.valid_until)
        assert FIRST <= one.day <= LAST
        assert CALENDAR.is_working(one.day)
        assert one.after_target == (one.day > one.lift.window.target)


@settings(deadline=None)
@given(st.lists(rows(), max_size=20), inspectors())
def test_no_row_is_lost_and_no_day_is_overfull_whatever_is_put_in(listed: list[PlanLift], team: list[Inspector]):
    for make in (make_plan, plan_by_date):
        plan = make(listed, plan_days(team, FIRST, LAST, CALENDAR), FIRST, LAST)
        check(plan, listed, team)
        figures, bound = figures_of(plan), bound_of(plan)
        assert figures.days_filled >= bound.days_filled
        assert figures.addresses_split >= bound.addresses_split
        assert figures.address_days >= bound.address_days
        assert figures.neighbourhood_days >= bound.neighbourhood_days


@settings(deadline=None)
@given(sound_rows(), inspectors())
def test_no_plan_holds_more_lifts_nor_more_by_their_targets(listed: list[PlanLift], team: list[Inspector]):
    plan = make_plan(listed, plan_days(team, FIRST, LAST, CALENDAR), FIRST, LAST)
    days = plan_days(team, FIRST, LAST, CALENDAR)
    jobs, _ = sort_out(listed, days, FIRST, LAST)
    assert len(plan.planned) == most_held([(job.first, job.last) for job in jobs], days)
    if len(plan.planned) == most_held([(job.first, job.aim) for job in jobs], days):
        aimed = {job.lift.lift_id for job in jobs if in_time(job, days)}
        assert not any(one.after_target for one in plan.planned if one.lift.lift_id in aimed)


def in_time(job: Job, days: list[PlanDay]) -> bool:
    """Whether it has a day up to its target."""
    return job.lift.window is not None and days[job.first].day <= job.lift.window.target


def most_held(spans: list[tuple[int, int]], days: list[PlanDay]) -> int:
    """How many of these lifts any plan can hold: day by day, what ends first (exact for spans of days)."""
    rest, held = sorted(spans, key=lambda span: span[1]), 0
    for number, one in enumerate(days):
        today = [span for span in rest if span[0] <= number <= span[1]][: one.places]
        for span in today:
            rest.remove(span)
        held += len(today)
    return held


def test_lifts_of_an_address_and_of_a_neighbourhood_are_on_one_day():
    listed = [lift(number, number % 3, 10, 11, f"A{number % 4}") for number in range(8)]
    listed += [lift(number, 0, 10, 11, f"B{number % 4}") for number in range(8, 16)]
    plan = make_plan(listed, plan_days([Inspector("i", 4, 4)], FIRST, LAST, CALENDAR), FIRST, LAST)
    figures = figures_of(plan)
    assert figures == bound_of(plan)
    assert (figures.days_filled, figures.addresses_split, figures.neighbourhood_days) == (2, 0, 2)
    assert (
        figures_of(
            plan_by_date(listed, plan_days([Inspector("i", 4, 4)], FIRST, LAST, CALENDAR), FIRST, LAST)
        ).addresses_split
        > 0
    )


def test_bad_input_gives_a_plan_and_a_list_with_reasons():
    good = lift(1, 0, 5, 8)
    listed = [
        good,
        good,
        replace(good, lift_id=2, valid_until=None),
        replace(good, lift_id=3, valid_until=day(-1)),
        lift(4, -9, -5, -1),
        lift(5, 20, 30, 40),
        lift(6, 5, 4, 3),
        lift(7, 5, 6, 6),  # a weekend
    ]
    plan = make_plan(listed, plan_days([Inspector("i", 4, 4)], FIRST, LAST, CALENDAR), FIRST, LAST)
    check(plan, listed, [Inspector("i", 4, 4)])
    assert [one.lift.lift_id for one in plan.planned] == [1]
    assert [(one.at, one.why) for one in plan.refused] == [
        (1, Why.LISTED_TWICE),
        (2, Why.NO_VALIDITY),
        (3, Why.VALIDITY_PAST),
        (4, Why.WINDOW_CLOSED),
        (5, Why.WINDOW_LATER),
        (6, Why.WINDOW_IMPOSSIBLE),
        (7, Why.NO_INSPECTOR),
    ]


def test_without_places_without_inspectors_and_without_lifts_there_is_a_plan_too():
    listed = [lift(1, 0, 5, 8), lift(2, 0, 5, 8)]
    for team, why in (
        ([Inspector("i", 0, 0)], Why.NO_CAPACITY),
        ([Inspector("i", -3, 0)], Why.NO_CAPACITY),
        ([], Why.NO_INSPECTOR),
        ([Inspector("i", 4, 4, (Away(FIRST, LAST),))], Why.NO_INSPECTOR),
    ):
        plan = make_plan(listed, plan_days(team, FIRST, LAST, CALENDAR), FIRST, LAST)
        assert [one.why for one in plan.refused] == [why, why]
        assert bound_of(plan).days_filled == 0
    assert make_plan([], plan_days([Inspector("i", 4, 4)], FIRST, LAST, CALENDAR), FIRST, LAST).planned == ()


def test_places_that_are_taken_already_are_not_planned_again():
    team = [Inspector("a", 2, 1), Inspector("b", 1, 1)]
    (monday, *_) = less_taken(plan_days(team, FIRST, LAST, CALENDAR), {(FIRST, "am"): 2, (FIRST, "pm"): 5})
    assert [(shift.inspector, shift.halves) for shift in monday.shifts] == [
        ("b", {"am": 1, "pm": 0}),
        ("a", {"am": 0, "pm": 0}),
    ]


def test_gz_34_an_inspector_who_is_ill_for_a_month_leaves_the_work_to_the_others():
    validity = month_end(date(2026, 5, 1))
    window = window_of(INSPECTION, validity, CALENDAR)
    listed = [PlanLift(number, "A", f"{number % 5}", validity, window) for number in range(200)]
    well, ill = Inspector("a", 2, 2), Inspector("b", 2, 2, (Away(date(2026, 3, 1), date(2026, 3, 31)),))
    plan = make_plan(
        listed,
        plan_days([well, ill], date(2026, 1, 1), date(2026, 12, 31), CALENDAR),
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert plan.refused == ()
    assert max(one.day for one in plan.planned) <= date(2026, 4, 30)
    assert not any(one.day.month == 3 for one in plan.planned if one.inspector == "b")


def test_what_has_no_place_before_its_target_is_planned_after_it_and_never_after_the_backstop():
    listed = [lift(number, 0, 1, 2) for number in range(8)]
    plan = make_plan(listed, plan_days([Inspector("i", 1, 1)], FIRST, LAST, CALENDAR), FIRST, LAST)
    assert [one.after_target for one in plan.planned] == [False] * 4 + [True] * 2
    assert [one.why for one in plan.refused] == [Why.NO_CAPACITY] * 2


def test_the_window_is_that_of_the_ladder():
    assert window_of(INSPECTION, date(2026, 5, 31), CALENDAR) == Window(
        date(2026, 2, 2), date(2026, 4, 30), date(2026, 5, 20)
    )
    assert window_of(INSPECTION, date(2026, 2, 28), CALENDAR).backstop == date(2026, 2, 14)  # the 20th is a holiday
    assert window_of(INSPECTION, date(2026, 3, 10), CALENDAR).backstop == date(2026, 3, 10)  # never after the validity
