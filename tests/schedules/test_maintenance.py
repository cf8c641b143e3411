"""How long a lift may go without a visit: seed 002 附件1 一(二), seed 004 四(三), and the law's fifteen days."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.dates import add_months
from schedules.facts import MaintenanceFacts, OutsideFacts
from schedules.intervals import check_interval, max_interval, next_visit
from schedules.rulebook import RulebookError, load_rulebook, parse_rulebook

ZHOUSHAN = load_rulebook("zhoushan")
FLAGS = ("on_demand", "iot", "online_service", "remote_check", "pension_insurance", "full_package")
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
assert ZHOUSHAN.maintenance is not None
TABLE = ZHOUSHAN.maintenance


def rows(city: str, maintenance: dict[str, bool], *events: dict[str, Any]) -> list[DutyAnswer]:
    facts = OutsideFacts.model_validate({"maintenance": maintenance, "events": events})
    return answer(load_rulebook(city), facts.facts(), WorkingCalendar())


def due_of(duty: str, found: list[DutyAnswer]) -> str | None:
    (row,) = [row for row in found if row.duty == duty]
    return str(row.due) if row.due else None


def visit(on: str) -> dict[str, str]:
    return {"kind": "onsite_visit", "on": on}


def flags(*names: str) -> dict[str, bool]:
    return {"on_demand": True, **dict.fromkeys(names, True)}


@pytest.mark.parametrize(
    ("equipment", "last", "due", "rule"),
    [
        pytest.param(("iot", "online_service"), "2026-01-31", "2026-04-30", "zs.onsite.iot", id="M01"),
        pytest.param(("remote_check", "pension_insurance"), "2026-03-15", "2026-06-15", "zs.onsite.pension", id="2"),
        pytest.param(("remote_check", "full_package"), "2026-03-15", "2026-05-15", "zs.onsite.full", id="3"),
        pytest.param(("remote_check",), "2026-01-31", "2026-02-28", "zs.onsite.remote", id="4: clamped"),
        pytest.param(
            ("remote_check", "pension_insurance", "full_package"),
            *("2026-03-15", "2026-06-15", "zs.onsite.pension"),
            id="M08: the more permissive of two",
        ),
        pytest.param(
            ("iot", "remote_check", "full_package"),
            *("2026-03-15", "2026-05-15", "zs.onsite.full"),
            id="monitoring without checks on line is as none",
        ),
        pytest.param(("online_service",), "2026-03-15", "2026-03-30", "zs.onsite", id="no monitoring to check on line"),
        pytest.param(("pension_insurance", "full_package"), "2026-03-15", "2026-03-30", "zs.onsite", id="no checks"),
        pytest.param((), "2026-03-15", "2026-03-30", "zs.onsite", id="M10"),
    ],
)
def test_the_longest_interval_is_that_of_the_first_line_that_fits(
    equipment: tuple[str, ...], last: str, due: str, rule: str
) -> None:
    (row,) = [row for row in rows("zhoushan", flags(*equipment), visit(last)) if row.duty == "onsite_maintenance"]
    assert (str(row.due), row.rule) == (due, rule)


def test_a_lift_outside_the_pilot_has_fifteen_days_whatever_it_is_equipped_with() -> None:
    equipped = {**flags("iot", "online_service"), "on_demand": False}
    assert due_of("onsite_maintenance", rows("zhoushan", equipped, visit("2026-03-15"))) == "2026-03-30"


@pytest.mark.parametrize("city", ["chongqing", "pingluo", "guangzhou", "guangzhou-paperless", "national"])
def test_elsewhere_it_is_fifteen_days(city: str) -> None:
    assert due_of("onsite_maintenance", rows(city, {}, visit("2026-02-20"))) == "2026-03-07"


def test_only_the_next_visit_is_owed_whatever_the_order_in_which_visits_became_known() -> None:
    found = rows("zhoushan", {}, visit("2026-03-15"), visit("2026-02-28"))
    assert due_of("onsite_maintenance", found) == "2026-03-30"


def test_without_a_visit_there_is_nothing_to_count_from() -> None:
    assert rows("zhoushan", flags("iot", "online_service")) == []


def test_remote_checks_run_from_the_last_one_or_from_the_visit() -> None:
    remote = flags("remote_check", "full_package")
    assert due_of("remote_check", rows("zhoushan", remote, visit("2026-03-15"))) == "2026-03-30"
    checked = {"kind": "remote_check", "on": "2026-03-28"}
    assert due_of("remote_check", rows("zhoushan", remote, visit("2026-03-15"), checked)) == "2026-04-12"


@pytest.mark.parametrize(
    "maintenance",
    [flags("iot", "online_service", "remote_check"), flags(), {"remote_check": True}],
    ids=["monitored on line", "not eligible", "not in the pilot"],
)
def test_remote_checks_are_owed_only_where_the_interval_rests_on_them(maintenance: dict[str, bool]) -> None:
    assert [row.duty for row in rows("zhoushan", maintenance, visit("2026-03-15"))] == ["onsite_maintenance"]


def exited(on: str) -> dict[str, str]:
    return {"kind": "pilot_exited", "on": on, "maintainer": "same"}


def test_m13_on_leaving_the_pilot_fifteen_days_run_from_the_last_visit() -> None:
    found = rows("chongqing", flags(), visit("2026-06-01"), exited("2026-06-10"))
    assert due_of("onsite_maintenance", found) == "2026-06-16"


def test_m13_where_the_fifteen_days_are_over_the_visit_is_due_on_the_day_of_the_exit() -> None:
    found = rows("zhoushan", flags("iot", "online_service"), visit("2026-05-01"), exited("2026-06-10"))
    assert due_of("onsite_maintenance", found) == "2026-06-10"
    found = rows("zhoushan", flags("remote_check"), visit("2026-06-12"), exited("2026-06-10"))
    assert due_of("onsite_maintenance", found) == "2026-06-27"
    assert "remote_check" not in {row.duty for row in found}


def test_a_project_published_again_is_in_the_pilot_again() -> None:
    again = {"kind": "pilot_published", "on": "2026-07-01"}
    found = rows("zhoushan", flags("iot", "online_service"), exited("2026-06-10"), again, visit("2026-07-05"))
    assert due_of("onsite_maintenance", found) == "2026-10-05"


def test_a_publication_of_the_day_of_the_exit_is_the_one_that_was_left() -> None:
    published = {"kind": "pilot_published", "on": "2026-06-10"}
    found = rows("zhoushan", flags("iot", "online_service"), published, exited("2026-06-10"), visit("2026-06-12"))
    assert due_of("onsite_maintenance", found) == "2026-06-27"


def test_a_marked_lift_of_chongqing_is_visited_by_its_plan_which_the_facts_do_not_hold() -> None:
    (row,) = rows("chongqing", flags("iot"), visit("2026-06-01"))
    assert (row.rule, row.due) == ("cq.onsite.plan", None)


def test_m14_an_interval_above_the_longest_is_refused() -> None:
    monitored = MaintenanceFacts(iot=True, online_service=True)
    check_interval(TABLE, monitored, months=3)
    with pytest.raises(ValueError, match="4 months between visits are refused: the longest is 3"):
        check_interval(TABLE, monitored, months=4)
    with pytest.raises(ValueError, match="the longest is 15 days"):
        check_interval(TABLE, MaintenanceFacts(iot=True), months=1)


@given(st.builds(MaintenanceFacts, **dict.fromkeys(FLAGS, st.booleans())), DAYS)
def test_no_interval_is_above_three_months_and_none_below_fifteen_days(lift: MaintenanceFacts, last: date) -> None:
    due = next_visit(max_interval(TABLE, lift), last)
    assert due is not None
    assert (due - last).days >= 15
    assert due <= add_months(last, 3)


@given(st.builds(MaintenanceFacts, **dict.fromkeys(FLAGS, st.booleans())), st.sampled_from(FLAGS), DAYS)
def test_more_equipment_never_shortens_the_interval(lift: MaintenanceFacts, more: str, last: date) -> None:
    before = next_visit(max_interval(TABLE, lift), last)
    after = next_visit(max_interval(TABLE, lift.model_copy(update={more: True})), last)
    assert before is not None
    assert after is not None
    assert before <= after


@given(st.builds(MaintenanceFacts, **dict.fromkeys(FLAGS, st.booleans())), st.integers(1, 12))
def test_an_interval_is_refused_exactly_where_a_visit_would_come_too_late(lift: MaintenanceFacts, months: int) -> None:
    longest = next_visit(max_interval(TABLE, lift.model_copy(update={"on_demand": True})), date(2026, 1, 1))
    assert longest is not None
    try:
        check_interval(TABLE, lift, months)
    except ValueError:
        assert add_months(date(2026, 1, 1), months) > longest
    else:
        assert add_months(date(2026, 1, 1), months) <= longest


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[[maintenance.cases]]\nrule = "x.onsite"\nneeds = ["iot"]\nmonths = 3', "the last case"),
        ('[[maintenance.cases]]\nrule = "x.other"\ndays = 15', "differ in x.other"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_on_loading(table: str, sentence: str) -> None:
    head = 'id = "x"\ncity = "x"\nseed = "000"\ntitle = "x"\nissuer = "x"\nversion = "1"\nrules = []\n'
    place = '[place]\nname = "x"\ninspection_department = "x"\ncity_regulator = "x"\ndistrict_regulator = "x"\n'
    with pytest.raises(RulebookError, match=sentence):
        parse_rulebook(head + place + table, "x")


def remote(on: str) -> dict[str, str]:
    return {"kind": "remote_check", "on": on}


@pytest.mark.parametrize(
    ("second", "due", "rule"),
    [
        pytest.param("2026-04-29", "2026-06-15", "zs.onsite.pension", id="one missed"),
        pytest.param("2026-04-30", "2026-04-30", "zs.onsite", id="two missed: due on the day after the second"),
    ],
)
def test_two_remote_checks_missed_in_a_row_bring_back_fifteen_days(second: str, due: str, rule: str) -> None:
    equipment = flags("remote_check", "pension_insurance")
    found = rows("zhoushan", equipment, visit("2026-03-15"), remote("2026-03-30"), remote(second))
    assert due_of("onsite_maintenance", found) == due
    assert rule in {row.rule for row in found}
    assert due_of("remote_check", found) == str(date.fromisoformat(second) + timedelta(days=15))


def test_the_next_visit_on_site_starts_the_longer_interval_anew() -> None:
    checks = [remote("2026-03-30"), remote("2026-05-20")]
    found = rows("zhoushan", flags("remote_check"), visit("2026-03-15"), *checks, visit("2026-05-21"))
    assert due_of("onsite_maintenance", found) == "2026-06-21"
