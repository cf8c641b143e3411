"""Tasks, stages, targets and limits of offices: their days and their numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schedules.programme import Assignment, due_days, meets

HEAD = {"id": "x.y", "kind": "report", "bearer": "city_regulator", "clause": "一", "quote": "…", "obligations": ["X-1"]}
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))


def entry(when: dict[str, object] | None = None, **more: object) -> Assignment:
    return Assignment.model_validate(HEAD | ({"when": when} if when else {}) | more)


def measured(sense: str, number: int) -> Assignment:
    return entry(measure={"of": "things", "sense": sense, "number": number, "unit": "lifts"})


def days(when: dict[str, object], first: str, last: str) -> list[str]:
    return [str(day) for day in due_days(entry(when), date.fromisoformat(first), date.fromisoformat(last))]


def test_one_day_comes_once():
    when = {"kind": "on_day", "day": date(2022, 12, 15)}
    assert days(when, "2022-12-15", "2022-12-15") == ["2022-12-15"]
    assert days(when, "2022-12-16", "2023-12-31") == []


def test_every_year_within_its_bounds():
    when = {"kind": "every_year", "month": 12, "day": 20, "first": date(2020, 9, 1), "last": date(2022, 12, 31)}
    assert days(when, "2019-01-01", "2027-12-31") == ["2020-12-20", "2021-12-20", "2022-12-20"]


def test_every_quarter_from_the_first_15th_after_the_issue():
    when = {"kind": "every_quarter", "day": 15, "first": date(2020, 11, 11)}
    assert days(when, "2020-01-01", "2021-12-31") == [
        "2020-12-15", "2021-03-15", "2021-06-15", "2021-09-15", "2021-12-15",
    ]  # fmt: skip


def test_every_half_year_by_its_last_day():
    when = {"kind": "every_half_year", "first": date(2020, 11, 11), "last": date(2022, 12, 31)}
    assert days(when, "2020-01-01", "2023-12-31") == [
        "2020-12-31", "2021-06-30", "2021-12-31", "2022-06-30", "2022-12-31",
    ]  # fmt: skip


def test_every_week_by_sunday_and_every_day():
    assert days({"kind": "every_week"}, "2026-11-16", "2026-11-30") == ["2026-11-22", "2026-11-29"]
    assert len(days({"kind": "every_day"}, "2026-11-01", "2026-11-30")) == 30


def test_a_stage_counts_by_its_end_and_without_one_by_its_beginning():
    closed = {"kind": "period", "first": date(2020, 5, 1), "last": date(2020, 10, 31)}
    assert days(closed, "2020-01-01", "2020-12-31") == ["2020-10-31"]
    assert days({"kind": "period", "first": date(2021, 1, 1)}, "2020-01-01", "2022-12-31") == ["2021-01-01"]
    assert days({"kind": "period", "last": date(2022, 6, 30)}, "2020-01-01", "2022-12-31") == ["2022-06-30"]


@pytest.mark.parametrize(
    ("sense", "values"),
    [
        pytest.param("at_least", {999: False, 1000: True, 1001: True}, id="以上 and 不少于 include the number"),
        pytest.param("at_most", {999: True, 1000: True, 1001: False}, id="不超过 and 以内 include the number"),
        pytest.param("exactly", {999: False, 1000: True, 1001: False}, id="exactly"),
    ],
)
def test_a_number_itself_is_allowed(sense: str, values: dict[int, bool]):
    assert {value: meets(measured(sense, 1000), value) for value in values} == values


def test_a_share_is_compared_with_its_fraction():
    target = measured("at_least", 90)
    assert [meets(target, 100 * passed / 20) for passed in (17, 18, 19)] == [False, True, True]


def test_an_entry_without_a_number_cannot_be_compared():
    with pytest.raises(ValueError, match=r"x\.y names no number"):
        meets(entry(trend={"of": "rate of faults", "way": "down"}), 1)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({}, "a day, a number or a direction", id="nothing said"),
        pytest.param({"when": {"kind": "period"}}, "first day or its last", id="a period without ends"),
        pytest.param(
            {"when": {"kind": "period", "first": date(2022, 1, 1), "last": date(2021, 1, 1)}},
            "lies before the first",
            id="ends in disorder",
        ),
        pytest.param(
            {"when": {"kind": "every_day"}, "remind": [14]},
            "a name of what is due",
            id="a nameless paper",
        ),
        pytest.param(
            {"when": {"kind": "every_day"}, "remind": [3, 14], "name": {"zh": "总结", "en": "summary"}},
            "from the earliest",
            id="reminders in disorder",
        ),
    ],
)
def test_an_entry_that_says_too_little_is_refused(more: dict[str, object], message: str):
    with pytest.raises(ValidationError, match=message):
        entry(**more)


@given(DAYS, DAYS, st.sampled_from(["every_day", "every_week", "every_half_year", "every_quarter"]))
def test_days_lie_within_what_was_asked_and_a_longer_question_only_adds(first: date, last: date, kind: str):
    when = entry({"kind": kind, "day": 15} if kind == "every_quarter" else {"kind": kind})
    found = due_days(when, first, last)
    assert all(first <= day <= last for day in found)
    assert found == sorted(set(found))
    wider = due_days(when, first - timedelta(days=400), last + timedelta(days=400))
    assert [day for day in wider if first <= day <= last] == found
