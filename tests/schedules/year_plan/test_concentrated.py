"""One round per compound: what an earlier visit costs each lift, and that nothing is ever extended (000 四2)."""

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.calendar import WorkingCalendar
from schedules.rulebook import load_rulebook
from schedules.year_plan.concentrated import moved_together, together
from schedules.year_plan.inspectors import Inspector, plan_days
from schedules.year_plan.lifts import PlanLift, window_of
from schedules.year_plan.outcome import figures_of
from schedules.year_plan.plan import make_plan

CALENDAR = WorkingCalendar()
INSPECTION = load_rulebook("guangzhou").rules[0]
MAY, AUGUST = date(2026, 5, 31), date(2026, 8, 31)


def lift(number: int, valid_until: date | None) -> PlanLift:
    window = window_of(INSPECTION, valid_until, CALENDAR) if valid_until else None
    return PlanLift(number, "A", "1", valid_until, window)


def test_gz_03_lifts_of_different_months_are_one_earlier_visit_with_what_each_loses():
    (visit,) = together([lift(1, AUGUST), lift(2, MAY), lift(3, None)], INSPECTION, CALENDAR, most_months=6)
    assert visit.adjusted == MAY
    assert visit.window.target == date(2026, 4, 30)
    assert [(one.lift_id, one.adjusted, one.days_lost) for one in visit.lifts] == [(2, MAY, 0), (1, MAY, 92)]
    assert [one.fee_share for one in visit.lifts] == [1, Fraction(365 - 92, 365)]


def test_gz_03_the_fee_of_a_unit_that_is_exempt_does_not_change():
    (visit,) = together([lift(1, AUGUST), lift(2, MAY)], INSPECTION, CALENDAR, most_months=6, exempt=True)
    assert {one.fee_share for one in visit.lifts} == {1}


@settings(deadline=None)
@given(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=60), st.integers(0, 18))
def test_gz_03_a_validity_is_never_extended(validities: list[date], most_months: int):
    lifts = [lift(number, valid_until) for number, valid_until in enumerate(validities)]
    visits = together(lifts, INSPECTION, CALENDAR, most_months=most_months)
    assert sorted(one.lift_id for visit in visits for one in visit.lifts) == list(range(len(lifts)))
    assert all(one.adjusted <= one.valid_until for visit in visits for one in visit.lifts)
    assert all(0 <= one.fee_share <= 1 for visit in visits for one in visit.lifts)
    for before, after in zip(lifts, moved_together(lifts, visits), strict=True):
        assert before.valid_until is not None
        assert after.valid_until is not None
        assert after.window is not None
        assert after.window.backstop <= after.valid_until <= before.valid_until


def test_sixty_lifts_that_agree_need_one_day_instead_of_several():
    lifts = [lift(number, date(2026, 4 + number % 5, 28)) for number in range(60)]
    team = [Inspector("a", 15, 15), Inspector("b", 15, 15)]
    apart = make_plan(
        lifts, plan_days(team, date(2026, 1, 1), date(2026, 12, 31), CALENDAR), date(2026, 1, 1), date(2026, 12, 31)
    )
    agreed = moved_together(lifts, together(lifts, INSPECTION, CALENDAR, most_months=5))
    plan = make_plan(
        agreed, plan_days(team, date(2026, 1, 1), date(2026, 12, 31), CALENDAR), date(2026, 1, 1), date(2026, 12, 31)
    )
    assert figures_of(apart).address_days > figures_of(plan).address_days == 1
