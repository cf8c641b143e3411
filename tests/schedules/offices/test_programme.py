"""Tasks, stages, targets and limits of offices: their days and their numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schedules.offices.programme import Assignment, due_days, meets
from schedules.rulebook import load_rulebook, rulebook_ids

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
        pytest.param(
            {"kind": "target", "when": {"kind": "every_day"}, "remind": [3], "name": {"zh": "总结", "en": "summary"}},
            "only a report or a review",
            id="a target is nobody's paper",
        ),
    ],
)
def test_an_entry_that_says_too_little_is_refused(more: dict[str, object], message: str):
    with pytest.raises(ValidationError, match=message):
        Assignment.model_validate(HEAD | more)


@given(DAYS, DAYS, st.sampled_from(["every_day", "every_week", "every_half_year", "every_quarter"]))
def test_days_lie_within_what_was_asked_and_a_longer_question_only_adds(first: date, last: date, kind: str):
    when = entry({"kind": kind, "day": 15} if kind == "every_quarter" else {"kind": kind})
    found = due_days(when, first, last)
    assert all(first <= day <= last for day in found)
    assert found == sorted(set(found))
    wider = due_days(when, first - timedelta(days=400), last + timedelta(days=400))
    assert [day for day in wider if first <= day <= last] == found


def entry_of(rulebook: str, entry_id: str) -> Assignment:
    return next(entry for entry in load_rulebook(rulebook).programme if entry.id == entry_id)


@pytest.mark.parametrize(
    ("rulebook", "entry_id", "first", "last", "expected"),
    [
        pytest.param("guangzhou", "gz.rate", "2026-01-01", "2027-12-31", ["2026-06-30", "2027-06-30"], id="四9 June"),
        pytest.param("guangzhou", "gz.anomalies", "2026-01-01", "2026-12-31", ["2026-08-01"], id="四9 August"),
        pytest.param("pingluo", "pl.areas", "2018-01-01", "2026-12-31", ["2019-06-30"], id="二(一) 2019年6月底前"),
        pytest.param("zhoushan", "zs.summary", "2020-01-01", "2026-12-31", ["2022-12-15"], id="四(四)"),
        pytest.param(
            "zhoushan",
            "zs.quarter",
            "2020-01-01",
            "2026-12-31",
            [f"{year}-{month}-15" for year in (2020, 2021, 2022) for month in ("03", "06", "09", "12")][3:],
            id="五(四) the first is 2020-12-15",
        ),
        pytest.param(
            "zhoushan",
            "zs.half_year",
            "2020-01-01",
            "2026-12-31",
            ["2020-12-31", "2021-06-30", "2021-12-31", "2022-06-30", "2022-12-31"],
            id="附件1 六(一) 每半年",
        ),
        pytest.param(
            "chongqing",
            "cq.summary",
            "2019-01-01",
            "2026-12-31",
            ["2020-12-20", "2021-12-20", "2022-12-20"],
            id="C15 四(六)",
        ),
        pytest.param("chongqing", "cq.review", "2019-01-01", "2026-12-31", ["2022-12-31"], id="四(六)"),
        pytest.param("guangzhou-paperless", "gp.coverage.2021", "2021-01-01", "2022-12-31", ["2021-12-31"], id="一"),
    ],
)
def test_the_days_of_the_documents(rulebook: str, entry_id: str, first: str, last: str, expected: list[str]):
    found = due_days(entry_of(rulebook, entry_id), date.fromisoformat(first), date.fromisoformat(last))
    assert [str(day) for day in found] == expected


@pytest.mark.parametrize(
    ("rulebook", "entry_id", "enough", "too_little"),
    [
        ("guangzhou", "gz.rate", 100, 99.9),
        ("guangzhou", "gz.no_longer", 0, 1),
        ("pingluo", "pl.areas", 1, 0),
        ("pingluo", "pl.passed", 90, 89.9),
        ("pingluo", "pl.complaints", 3, 4),
        ("pingluo", "pl.faults", 1, 1.01),
        ("zhoushan", "zs.target.on_demand.2020", 1000, 999),
        ("zhoushan", "zs.target.testing.2021", 5000, 4999),
        ("zhoushan", "zs.target.insured.2022", 70, 69.9),
        ("zhoushan", "zs.target.residential.2022", 80, 79.9),
        ("zhoushan", "zs.training", 6, 6.1),
        ("guangzhou-paperless", "gp.coverage.2021", 30, 29.9),
        ("guangzhou-paperless", "gp.coverage.2022", 100, 99.9),
        ("guangzhou-paperless", "gp.retention", 4, 3),
        ("chongqing", "cq.city_bureau", 1000, 999),
        ("chongqing", "cq.look_back", 3, 2),
    ],
)
def test_the_numbers_of_the_documents(rulebook: str, entry_id: str, enough: float, too_little: float):
    entry = entry_of(rulebook, entry_id)
    assert (meets(entry, enough), meets(entry, too_little)) == (True, False)


def test_every_report_that_reminds_says_what_it_is_called():
    reminding = [entry for book in map(load_rulebook, rulebook_ids()) for entry in book.programme if entry.remind]
    assert {entry.kind for entry in reminding} == {"report", "review"}
    assert all(entry.reminders == {"d14": 14, "d3": 3} for entry in reminding)
