"""The worked examples of seed 004, through the public functions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.facts import Facts
from schedules.happenings import STORED_EVENT
from schedules.pilots import exit_on, has_clean_record, is_clearly_higher, who_receives
from schedules.rulebook import load_rulebook

CHONGQING = load_rulebook("chongqing")
CITY_FROM = CHONGQING.limit("cq.city_bureau")


def outages(*events: tuple[str, str]) -> list[DutyAnswer]:
    facts = Facts(events=tuple(STORED_EVENT.validate_python({"kind": kind, "on": on}) for kind, on in events))
    return answer(CHONGQING, facts, WorkingCalendar())


@pytest.mark.parametrize(
    ("found", "due", "due_at"),
    [
        pytest.param("2026-03-04", "2026-03-09", "2026-03-10T00:00:00+08:00", id="C01"),
        pytest.param("2026-02-13", "2026-02-25", "2026-02-26T00:00:00+08:00", id="C02 a make-up Saturday counts"),
        pytest.param(
            "2026-09-30", "2026-10-10", "2026-10-11T00:00:00+08:00", id="National Day week, then a make-up Saturday"
        ),
    ],
)
def test_an_outage_is_mended_by_the_end_of_the_third_working_day(found: str, due: str, due_at: str) -> None:
    (row,) = outages(("iot_outage", found))
    assert (row.duty, row.rule, row.clause) == ("iot_restore", "cq.iot.outside", "四(三)1(2)")
    assert (str(row.due), row.model_dump(mode="json")["due_at"]) == (due, due_at)


def test_the_third_working_day_in_a_year_that_is_not_published_is_provisional() -> None:
    (row,) = outages(("iot_outage", "2026-12-30"))
    assert row.provisional


def test_c08_mended_on_the_last_day_it_stays_and_a_day_later_the_unit_is_out() -> None:
    (row,) = outages(("iot_outage", "2026-03-04"), ("iot_restored", "2026-03-09"))
    assert row.due is not None
    assert str(row.closed_on) == "2026-03-09"
    assert exit_on(row.due, row.closed_on, date(2026, 3, 10)) is None
    assert exit_on(row.due, None, date(2026, 3, 9)) is None
    assert exit_on(row.due, None, date(2026, 3, 10)) == date(2026, 3, 10)
    assert exit_on(row.due, date(2026, 3, 10), date(2026, 4, 1)) == date(2026, 3, 10)


def test_each_outage_is_mended_by_the_first_restoration_after_it() -> None:
    first, second = outages(("iot_outage", "2026-03-04"), ("iot_restored", "2026-03-05"), ("iot_outage", "2026-03-11"))
    assert (str(first.closed_on), second.closed_on) == ("2026-03-05", None)


def test_after_the_exit_no_outage_is_counted() -> None:
    facts = [{"kind": "pilot_exited", "on": "2026-03-04"}, {"kind": "iot_outage", "on": "2026-03-04"}]
    parsed = Facts(events=tuple(STORED_EVENT.validate_python(fact) for fact in facts))
    assert answer(CHONGQING, parsed, WorkingCalendar()) == []


def test_c10_a_lift_leaves_the_day_after_its_policy_ended() -> None:
    (row,) = answer(
        CHONGQING,
        Facts(events=(STORED_EVENT.validate_python({"kind": "policy_issued", "until": "2021-06-30"}),)),
        WorkingCalendar(),
    )
    assert row.due is not None
    assert exit_on(row.due, None, date(2021, 7, 1)) == date(2021, 7, 1)
    assert exit_on(row.due, None, date(2021, 6, 30)) is None


@pytest.mark.parametrize(
    ("managed", "maintained", "in_pilot_district", "receiver"),
    [
        pytest.param(1000, 0, False, "city_regulator", id="C12 a thousand is enough"),
        pytest.param(0, 999, True, "district_regulator", id="C12 one less, in a pilot district"),
        pytest.param(999, 999, False, None, id="C12 one less elsewhere: nobody"),
        pytest.param(400, 1200, False, "city_regulator", id="C13 either count"),
    ],
)
def test_who_receives_an_application(
    managed: int, maintained: int, in_pilot_district: bool, receiver: str | None
) -> None:
    found = who_receives(managed, maintained, city_from=CITY_FROM, in_pilot_district=in_pilot_district)
    assert found == receiver


@pytest.mark.parametrize(
    ("rate", "last_year", "alert"),
    [
        pytest.param(1.3, 0.9, True, id="C14"),
        pytest.param(1.0, 0.9, False, id="higher, but not clearly"),
        pytest.param(1.2, 1.0, True, id="just as much as the setting says"),
        pytest.param(0.1, 0.0, True, id="the first faults"),
        pytest.param(0.0, 0.0, False, id="still none"),
        pytest.param(0.5, 0.9, False, id="fewer"),
    ],
)
def test_a_fault_rate_clearly_above_last_years_is_looked_at(rate: float, last_year: float, alert: bool) -> None:
    share = CHONGQING.numbers.fault_rate_alert_percent / 100
    assert is_clearly_higher(rate, last_year, share=share) is alert


def test_an_accident_within_the_look_back_bars_an_application() -> None:
    years = CHONGQING.limit("cq.look_back")
    assert not has_clean_record(date(2020, 10, 1), [date(2017, 10, 1)], years=years)
    assert has_clean_record(date(2020, 10, 1), [date(2017, 9, 30)], years=years)
    testers = load_rulebook("zhoushan").limit("zs.look_back")
    assert has_clean_record(date(2020, 10, 1), [date(2018, 9, 30)], years=testers)


@given(st.dates(date(2005, 1, 1), date(2026, 9, 30)))
def test_three_working_days_lie_between_an_outage_and_its_deadline(found: date) -> None:
    calendar = WorkingCalendar()
    (row,) = outages(("iot_outage", found.isoformat()))
    assert row.due is not None
    assert calendar.working_between(found + timedelta(days=1), row.due) == 3
    assert calendar.is_working(row.due)


@given(st.integers(0, 3000), st.integers(0, 3000), st.booleans())
def test_more_lifts_never_send_an_application_down(managed: int, maintained: int, in_pilot: bool) -> None:
    ranks = [None, "district_regulator", "city_regulator"]
    now = who_receives(managed, maintained, city_from=CITY_FROM, in_pilot_district=in_pilot)
    more = who_receives(managed + 1, maintained, city_from=CITY_FROM, in_pilot_district=in_pilot)
    assert ranks.index(more) >= ranks.index(now)
