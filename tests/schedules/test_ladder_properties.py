"""What holds for the ladder of any validity."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.calendar import WorkingCalendar
from schedules.dates import add_months, month_end
from schedules.rulebook import load_rulebook
from schedules.steps import step_dates

CALENDAR = WorkingCalendar()
INSPECTION = load_rulebook("guangzhou").rules[0]
DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))


@given(DAYS)
def test_a_rung_opens_before_it_is_practical_and_is_practical_before_it_is_late(valid_until: date) -> None:
    for rung in step_dates(INSPECTION, valid_until, CALENDAR):
        assert rung.opens_on <= rung.practical_on <= rung.latest_on
        assert CALENDAR.is_working(rung.practical_on)
        assert rung.tell_from is not None
        assert rung.tell_by is not None
        assert rung.tell_from <= rung.tell_by


@given(DAYS)
def test_rungs_are_told_in_the_order_of_the_ladder(valid_until: date) -> None:
    days = [rung.tell_by for rung in step_dates(INSPECTION, valid_until, CALENDAR)]
    assert days == sorted(days)


@given(DAYS)
def test_the_backstop_is_the_20th_and_never_after_the_validity(valid_until: date) -> None:
    rungs = {rung.step: rung for rung in step_dates(INSPECTION, valid_until, CALENDAR)}
    backstop = rungs["backstop"].latest_on
    assert backstop == min(valid_until, valid_until.replace(day=20))
    assert rungs["list"].latest_on < backstop
    assert not any(
        CALENDAR.is_working(rungs["list"].latest_on + timedelta(days=offset))
        for offset in range(1, (backstop - rungs["list"].latest_on).days)
    )


@given(DAYS, st.integers(-60, 60))
def test_months_are_added_by_the_calendar_and_clamped(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == min(day.day, month_end(moved).day)


@given(DAYS, st.integers(1, 30))
def test_working_days_are_counted_from_the_day_after(day: date, count: int) -> None:
    end = CALENDAR.add_working(day, count)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_between(day + timedelta(days=1), end) == count
    assert CALENDAR.add_working(end, -count) <= day if not CALENDAR.is_working(day) else True
