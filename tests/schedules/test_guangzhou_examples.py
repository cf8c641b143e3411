"""The worked examples of seed 000, through the public functions."""

from datetime import date

import pytest

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.facts import OutsideFacts
from schedules.inspections import shortened_validity
from schedules.rulebook import load_rulebook

GUANGZHOU = load_rulebook("guangzhou")


def duties(facts: dict[str, object]) -> dict[str, DutyAnswer]:
    rows = answer(GUANGZHOU, OutsideFacts.model_validate(facts).facts(), WorkingCalendar())
    return {row.duty: row for row in rows}


def ladder(valid_until: str) -> dict[str, tuple[str, str]]:
    inspection = duties({"lift": {"valid_until": valid_until}})["periodic_inspection"]
    return {step.step: (str(step.on), str(step.practical)) for step in inspection.steps}


@pytest.mark.parametrize(
    ("valid_until", "expected"),
    [
        pytest.param(
            "2026-05-31",
            {
                "sms": ("2026-02-28", "2026-02-28"),  # a make-up Saturday, worked
                "call": ("2026-03-31", "2026-03-31"),
                "target": ("2026-04-30", "2026-04-30"),
                "backstop": ("2026-05-20", "2026-05-20"),
                "list": ("2026-05-19", "2026-05-19"),
            },
            id="G01 clamped month ends",
        ),
        pytest.param(
            "2026-02-28",
            {
                "sms": ("2025-11-28", "2025-11-28"),
                "call": ("2025-12-28", "2025-12-26"),
                "target": ("2026-01-28", "2026-01-28"),
                "backstop": ("2026-02-20", "2026-02-14"),
                "list": ("2026-02-14", "2026-02-14"),
            },
            id="G07 Spring Festival swallows the 20th",
        ),
        pytest.param(
            "2026-03-10",
            {
                "sms": ("2025-12-10", "2025-12-10"),
                "call": ("2026-01-10", "2026-01-09"),
                "target": ("2026-02-10", "2026-02-10"),
                "backstop": ("2026-03-10", "2026-03-10"),
                "list": ("2026-03-09", "2026-03-09"),
            },
            id="G13 a validity before the 20th",
        ),
    ],
)
def test_the_ladder_of_a_validity(valid_until: str, expected: dict[str, tuple[str, str]]) -> None:
    assert ladder(valid_until) == expected


def test_a_month_means_its_last_day() -> None:
    assert ladder("2026-05") == ladder("2026-05-31")


def test_a_leap_february_clamps_to_the_29th() -> None:
    assert ladder("2024-05-31")["sms"][0] == "2024-02-29"


@pytest.mark.parametrize(
    ("ended_on", "valid_until", "due", "practical"),
    [
        pytest.param("2026-02-13", "2026-02", "2026-02-27", "2026-02-27", id="G15 counts the make-up Saturday"),
        pytest.param("2026-02-24", "2026-02", "2026-02-28", "2026-02-28", id="G17 the month rule cuts"),
        pytest.param("2025-01-24", "2025-01", "2025-01-31", "2025-01-27", id="G20 holidays to the month's end"),
        pytest.param("2026-06-29", "2026-05", "2026-06-30", "2026-06-30", id="overdue: the month rule a fortiori"),
        pytest.param("2026-04-10", "2026-05", "2026-04-17", "2026-04-17", id="valid beyond the month: 5 working days"),
    ],
)
def test_the_report_of_a_passed_inspection(ended_on: str, valid_until: str, due: str, practical: str) -> None:
    event = {"kind": "inspection_ended", "on": ended_on, "conclusion": "pass"}
    rows = duties({"lift": {"valid_until": valid_until}, "events": [event]})
    report = rows["inspection_report"]
    assert (str(report.due), str(report.practical)) == (due, practical)
    assert str(rows["periodic_inspection"].closed_on) == ended_on


ITEMS_FOUND = {"kind": "opinion_notice_issued", "on": "2026-05-11", "deadline": "2026-05-20"}


def test_g35_the_reports_clock_starts_at_the_confirmation_of_the_rectification() -> None:
    confirmed = {"kind": "rectification_confirmed", "on": "2026-05-19"}
    rows = duties({"lift": {"valid_until": "2026-06"}, "events": [ITEMS_FOUND, confirmed]})
    assert str(rows["inspection_report"].due) == "2026-05-26"
    assert [str(step.on) for step in rows["inspection_report"].steps] == ["2026-05-19"]
    assert str(rows["rectification"].closed_on) == "2026-05-19"
    assert str(rows["periodic_inspection"].closed_on) == "2026-05-19"


def test_g35_a_visit_that_ended_with_items_open_does_not_start_the_clock() -> None:
    left = {"kind": "inspection_ended", "on": "2026-05-11", "conclusion": "pass"}
    confirmed = {"kind": "rectification_confirmed", "on": "2026-05-19"}
    rows = answer(
        GUANGZHOU,
        OutsideFacts.model_validate(
            {"lift": {"valid_until": "2026-06"}, "events": [left, ITEMS_FOUND, confirmed]}
        ).facts(),
        WorkingCalendar(),
    )
    assert [str(row.due) for row in rows if row.duty == "inspection_report"] == ["2026-05-26"]


def test_g36_nothing_submitted_leaves_the_inspection_open_and_the_report_without_a_date() -> None:
    rows = duties({"lift": {"valid_until": "2026-06"}, "events": [ITEMS_FOUND]})
    assert str(rows["rectification"].due) == "2026-05-20"
    assert rows["rectification"].closed_on is None
    assert rows["inspection_report"].due is None
    assert rows["periodic_inspection"].closed_on is None


def test_a_failed_inspection_closes_nothing_and_its_report_has_no_date_in_the_document() -> None:
    failed = {"kind": "inspection_ended", "on": "2026-05-11", "conclusion": "fail"}
    rows = duties({"lift": {"valid_until": "2026-05"}, "events": [failed]})
    assert rows["periodic_inspection"].closed_on is None
    assert (rows["inspection_report"].due, rows["inspection_report"].rule) == (None, "gz.report.failed")


def test_g39_a_concentrated_inspection_may_not_extend_the_validity() -> None:
    assert shortened_validity(date(2026, 5, 31), date(2026, 4, 30)) == date(2026, 4, 30)
    with pytest.raises(ValueError, match="may not extend"):
        shortened_validity(date(2026, 5, 31), date(2026, 6, 30))


def test_the_inspection_that_gave_the_validity_does_not_close_it() -> None:
    last_year = {"kind": "inspection_ended", "on": "2025-06-10", "conclusion": "pass"}
    rows = duties({"lift": {"valid_until": "2026-05-31"}, "events": [last_year]})
    assert rows["periodic_inspection"].closed_on is None


def test_a_date_in_an_unpublished_year_is_provisional() -> None:
    inspection = duties({"lift": {"valid_until": "2027-02"}})["periodic_inspection"]
    assert inspection.provisional
    assert {step.step: str(step.practical) for step in inspection.steps}["backstop"] == "2027-02-19"
    assert not duties({"lift": {"valid_until": "2026-12"}})["periodic_inspection"].provisional


@pytest.mark.parametrize("deadline", ["2026-05-13", "2026-05-14", "2026-05-15", "2026-06-30"])
def test_no_rung_of_a_rectification_opens_before_the_notice_was_issued(deadline: str) -> None:
    issued = {"kind": "opinion_notice_issued", "on": "2026-05-13", "deadline": deadline}
    steps = duties({"events": [issued]})["rectification"].steps
    assert [step.step for step in steps] == ["near3", "near1"]
    for step in steps:
        assert date(2026, 5, 13) <= step.opens <= step.practical <= step.on <= date.fromisoformat(deadline)


def test_the_aim_for_a_report_opens_when_the_items_were_confirmed() -> None:
    events = [
        {"kind": "opinion_notice_issued", "on": "2026-05-11", "deadline": "2026-05-20"},
        {"kind": "rectification_confirmed", "on": "2026-05-19"},
    ]
    (aim,) = duties({"events": events})["inspection_report"].steps
    assert (aim.step, str(aim.opens), str(aim.on)) == ("aim", "2026-05-19", "2026-05-19")


def test_a_lift_without_validity_has_no_ladder() -> None:
    assert duties({"lift": {}}) == {}
