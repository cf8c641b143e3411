"""The worked examples of seed 000, through the public functions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import DutyAnswer, answer
from schedules.calendar import WorkingCalendar
from schedules.derive import derive
from schedules.facts import Facts, LiftFacts, OutsideFacts
from schedules.happenings import STORED_EVENT
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


def rectify(on: str) -> dict[str, str]:
    return {"kind": "inspection_ended", "on": on, "conclusion": "rectify"}


def notice(on: str, deadline: str) -> dict[str, str]:
    return {"kind": "opinion_notice_issued", "on": on, "deadline": deadline}


def passed(on: str) -> dict[str, str]:
    return {"kind": "inspection_ended", "on": on, "conclusion": "pass"}


def confirmation(on: str) -> dict[str, str]:
    return {"kind": "rectification_confirmed", "on": on}


FOUND = [rectify("2026-05-11"), notice("2026-05-11", "2026-05-20")]


@pytest.mark.parametrize(
    ("events", "rectifications", "reports", "closed_on"),
    [
        pytest.param(
            [*FOUND, passed("2026-06-01")], ["2026-06-01"], ["2026-06-01"], "2026-06-01", id="passed after the deadline"
        ),
        pytest.param(
            [*FOUND, notice("2026-05-15", "2026-05-29"), confirmation("2026-05-22")],
            ["2026-05-22", "2026-05-22"],
            ["2026-05-22"],
            "2026-05-22",
            id="one confirmation of two notices",
        ),
        pytest.param(
            [*FOUND, confirmation("2026-05-18"), confirmation("2026-05-19")],
            ["2026-05-18"],
            ["2026-05-18"],
            "2026-05-18",
            id="confirmed twice",
        ),
        pytest.param(
            [*FOUND, confirmation("2026-05-18"), passed("2026-05-18")],
            ["2026-05-18"],
            ["2026-05-18"],
            "2026-05-18",
            id="confirmed and passed on one day",
        ),
        pytest.param(
            [rectify("2026-05-11"), confirmation("2026-05-18"), passed("2026-05-18")],
            [],
            ["2026-05-18"],
            "2026-05-18",
            id="the same without a notice",
        ),
        pytest.param(
            [*FOUND, passed("2026-05-12"), confirmation("2026-05-19")],
            ["2026-05-19"],
            ["2026-05-19"],
            "2026-05-19",
            id="left on the next day",
        ),
        pytest.param(
            [*FOUND, passed("2026-06-01"), notice("2026-06-10", "2026-06-20"), confirmation("2026-06-15")],
            ["2026-06-01", "2026-06-15"],
            ["2026-06-01", "2026-06-15"],
            "2026-06-01",
            id="items of another inspection after the pass",
        ),
        pytest.param(
            [*FOUND, passed("2026-05-15"), passed("2026-05-25"), confirmation("2026-06-05")],
            ["2026-05-25"],
            ["2026-05-25"],
            "2026-05-25",
            id="left within the deadline, passed after it, then confirmed",
        ),
        pytest.param(
            [*FOUND, confirmation("2026-05-13"), passed("2026-05-20"), confirmation("2026-05-20")],
            ["2026-05-13"],
            ["2026-05-13", "2026-05-20"],
            "2026-05-13",
            id="a confirmation that says nothing new on the day of another pass",
        ),
        pytest.param(
            [notice("2025-05-11", "2025-05-20"), confirmation("2025-05-18"), confirmation("2026-05-18")],
            ["2025-05-18"],
            ["2025-05-18", "2026-05-18"],
            "2026-05-18",
            id="a confirmation of the next year, its notice unknown",
        ),
    ],
)
def test_how_an_inspection_with_items_ends(
    events: list[dict[str, str]], rectifications: list[str], reports: list[str], closed_on: str
) -> None:
    facts = OutsideFacts.model_validate({"lift": {"valid_until": "2026-06"}, "events": events}).facts()
    drafts = derive(GUANGZHOU, facts, WorkingCalendar())
    by_duty = {duty: [d for d in drafts if d.rule.duty == duty] for duty in {d.rule.duty for d in drafts}}
    assert [str(draft.closed_on) for draft in by_duty.get("rectification", [])] == rectifications
    assert sorted(str(draft.event_on) for draft in by_duty["inspection_report"]) == reports
    assert [str(draft.closed_on) for draft in by_duty["periodic_inspection"]] == [closed_on]


DAYS_OF_MAY = st.integers(0, 60).map(lambda days: date(2026, 5, 1) + timedelta(days=days))
COURSES = st.lists(
    st.one_of(
        st.builds(lambda day: rectify(str(day)), DAYS_OF_MAY),
        st.builds(lambda day: passed(str(day)), DAYS_OF_MAY),
        st.builds(lambda day: confirmation(str(day)), DAYS_OF_MAY),
        st.builds(
            lambda day, length: notice(str(day), str(day + timedelta(days=length))), DAYS_OF_MAY, st.integers(0, 20)
        ),
    ),
    max_size=7,
)


@given(COURSES)
def test_what_an_end_closes_is_of_its_day_and_no_day_ends_two_inspections(events: list[dict[str, str]]) -> None:
    facts = Facts(
        lift=LiftFacts(valid_until=date(2026, 8, 31)), events=tuple(map(STORED_EVENT.validate_python, events))
    )
    drafts = derive(GUANGZHOU, facts, WorkingCalendar())
    ended = [d.event_on for d in drafts if d.rule.id in ("gz.report.passed", "gz.report.rectified") and d.due]
    assert len(set(ended)) == len(ended)
    rectifications = [draft for draft in drafts if draft.rule.duty == "rectification"]
    assert all(draft.closed_on in ended for draft in rectifications if draft.closed_on)
    for draft in rectifications:
        assert draft.event_on is not None
        later = [day for day in ended if day is not None and day >= draft.event_on]
        assert draft.closed_on == min(later, default=None)
