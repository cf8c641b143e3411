"""Where the clauses leave room: what one inspection closes, what counts at a restart, what a supervision replaces."""

from datetime import date
from typing import Any

import pytest

from schedules.calendar import WorkingCalendar
from schedules.dates import parse_day
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import OutsideFacts
from schedules.happenings import Answered
from schedules.rulebook import load_rulebook

KINDS = {"periodic_inspection": "inspection", "legacy_inspection": "legacy", "self_test": "test"}
DINGHAI_2018 = {"district": "定海", "installed_pass_on": "2018-03-09"}
DINGHAI_2017 = {"district": "定海", "installed_pass_on": "2017-05-20"}
JUNE_2016 = {"installed_pass_on": "2016-06-01"}


def years(city: str, since: str, until: str, lift: dict[str, Any], *events: dict[str, Any]) -> list[str]:
    """What falls due from `since` to `until`: the day, what it is, and the day on which it was closed."""
    facts = OutsideFacts.model_validate({"lift": lift, "events": events}).facts()
    found = derive(load_rulebook(city), facts, WorkingCalendar(), until=parse_day(until))
    rows = [
        f"{draft.due} {KINDS[draft.rule.duty]}" + (f" closed {draft.closed_on}" if draft.closed_on else "")
        for draft in found
        if draft.rule.duty in KINDS and draft.due and parse_day(since) <= draft.due <= parse_day(until)
    ]
    return sorted(rows)


def stored_years(lift: dict[str, Any], exited: Answered, *events: dict[str, Any]) -> list[DutyDraft]:
    """The same up to 2023 for a lift whose exit from the testing pilot was noted in the register."""
    facts = OutsideFacts.model_validate({"lift": lift, "events": events}).facts()
    known = facts.model_copy(update={"events": (exited, *facts.events)})
    found = derive(load_rulebook("zhoushan"), known, WorkingCalendar(), until=date(2023, 12, 31))
    return sorted((d for d in found if d.rule.duty in KINDS and d.due), key=lambda d: d.due or date.min)


def inspected(on: str, conclusion: str = "pass") -> dict[str, Any]:
    return {"kind": "inspection_ended", "on": on, "conclusion": conclusion}


def done_test(on: str) -> dict[str, Any]:
    return {"kind": "test_done", "on": on}


def supervised(kind: str, on: str) -> dict[str, Any]:
    return {"kind": kind, "passed_on": on}


def stop(since: str, until: str, *, formal: bool = False) -> dict[str, Any]:
    return {"kind": "out_of_use", "from": since, "restart_on": until, "formal": formal}


def test_a_late_inspection_does_not_close_the_next_year_s() -> None:
    lift = {"district": "定海", "installed_pass_on": "2005-02-10"}
    found = years("zhoushan", "2024-01-01", "2025-06-30", lift, inspected("2023-02-10"), inspected("2024-08-29"))
    assert found == ["2024-02-29 inspection closed 2024-08-29", "2024-12-31 test", "2025-02-28 inspection"]


def test_a_late_inspection_by_the_rule_before_the_pilot_does_not_close_the_next_year_s() -> None:
    lift = {"district": "嵊泗", "installed_pass_on": "2012-02-10", "inspection_month": 2}
    found = years("zhoushan", "2021-01-01", "2022-12-31", lift, inspected("2021-09-15"))
    assert found == ["2021-02-28 legacy closed 2021-09-15", "2022-02-28 legacy"]


@pytest.mark.parametrize(("on", "next_year"), [("2021-11-30", ""), ("2021-12-01", " closed 2021-12-01")])
def test_a_late_inspection_is_the_next_year_s_too_within_the_two_months_before_its_month(
    on: str, next_year: str
) -> None:
    lift = {"district": "嵊泗", "installed_pass_on": "2012-02-10", "inspection_month": 2}
    found = years("zhoushan", "2021-01-01", "2022-12-31", lift, inspected(on))
    assert found == [f"2021-02-28 legacy closed {on}", f"2022-02-28 legacy{next_year}"]


def test_a_late_inspection_for_the_last_year_is_none_before_a_renovation_of_this_year() -> None:
    lift = {"district": "定海", "installed_pass_on": "2005-02-10"}
    late = [inspected("2024-08-29"), supervised("renovated", "2025-02-10")]
    found = years("zhoushan", "2024-01-01", "2026-02-28", lift, *late)
    assert found == ["2024-02-29 inspection closed 2024-08-29", "2024-12-31 test closed 2025-02-10", "2026-02-28 test"]


def test_a_validity_that_ended_in_a_stop_before_the_first_listed_day_brings_an_inspection_at_the_restart() -> None:
    lift = {"district": "定海", "installed_pass_on": "2014-04-08"}
    out = stop("2020-04-01", "2021-10-01", formal=True)
    found = years("zhoushan", "2020-01-01", "2021-12-31", lift, inspected("2019-04-10"), out)
    assert found == ["2021-10-01 inspection", "2021-10-01 test"]

    for renewal in (inspected("2020-03-20"), supervised("major_repair", "2020-03-20")):
        assert years("zhoushan", "2020-01-01", "2021-12-31", lift, renewal, out) == ["2021-10-01 test"]


@pytest.mark.parametrize(
    ("lift", "supervision", "out", "following"),
    [
        (
            {"installed_pass_on": "2012-03-09", "valid_until": "2024-03"},
            supervised("major_repair", "2024-03-10"),
            stop("2024-12-12", "2026-01-11", formal=True),
            "2026-03-31",
        ),
        (
            {"installed_pass_on": "2016-05-30", "valid_until": "2024-05"},
            supervised("renovated", "2024-04-15"),
            stop("2025-09-03", "2026-10-03", formal=True),
            "2027-04-30",
        ),
        (
            {"installed_pass_on": "2022-08-29", "valid_until": "2023-08"},
            supervised("major_repair", "2025-08-26"),
            stop("2026-06-12", "2027-12-11", formal=True),
            "2028-08-31",
        ),
    ],
)
def test_a_stated_validity_that_a_supervisory_inspection_has_overtaken_is_not_what_ended_at_a_restart(
    lift: dict[str, Any], supervision: dict[str, Any], out: dict[str, Any], following: str
) -> None:
    since, until = out["restart_on"], following
    found = years("zhoushan", since, until, {"district": "定海", **lift}, supervision, out)
    assert found == [f"{since} test", f"{following} inspection"]


def test_a_repair_that_replaced_a_test_leaves_the_stated_validity_as_it_was() -> None:
    lift = {"district": "定海", "installed_pass_on": "2022-08-29", "valid_until": "2024-12-31"}
    out = stop("2024-06-12", "2025-07-11", formal=True)
    found = years("zhoushan", "2025-01-01", "2025-07-31", lift, supervised("major_repair", "2024-05-26"), out)
    assert found == ["2025-07-11 inspection", "2025-07-11 test"]


def test_an_inspection_in_the_first_days_of_a_stop_is_none_of_the_restart_s() -> None:
    found = years(
        "national", "2025-01-01", "2029-12-31", JUNE_2016, stop("2025-01-10", "2028-02-10"), inspected("2025-01-20")
    )
    assert found == ["2028-02-10 inspection", "2029-02-28 inspection"]


def test_one_inspection_closes_an_overdue_one_and_not_that_of_a_restart_a_year_later() -> None:
    lift = {"installed_pass_on": "2019-02-09"}
    visits = [inspected("2026-02-28", "fail"), inspected("2026-03-23")]
    found = years("national", "2026-01-01", "2028-12-31", lift, *visits, stop("2026-03-14", "2027-09-14"))
    assert found == ["2026-02-28 inspection closed 2026-03-23", "2027-09-14 inspection", "2028-09-30 inspection"]


def test_a_test_in_the_first_days_of_a_stop_is_neither_the_restart_s_nor_a_late_one() -> None:
    out = stop("2022-06-10", "2025-08-10", formal=True)
    found = years("zhoushan", "2022-01-01", "2025-12-31", DINGHAI_2018, out, done_test("2022-06-20"))
    assert found == ["2022-03-31 test", "2025-08-10 inspection", "2025-08-10 test"]


@pytest.mark.parametrize(
    ("on", "closed"),
    [
        ("2025-11-30", ""),
        ("2025-12-01", " closed 2025-12-01"),  # two months before February
        ("2026-01-09", " closed 2026-01-09"),
    ],
)
def test_before_a_short_stop_s_restart_the_two_months_before_its_month_count(on: str, closed: str) -> None:
    found = years("national", "2026-01-01", "2026-02-28", JUNE_2016, stop("2025-01-10", "2026-02-10"), inspected(on))
    assert found == [f"2026-02-10 inspection{closed}"]


@pytest.mark.parametrize(
    ("on", "following"),
    [
        ("2026-03-05", "2027-03-31 inspection"),
        ("2026-11-30", "2027-11-30 inspection"),
        ("2026-12-01", "2027-02-28 inspection closed 2026-12-01"),  # it can be that of the next year already
    ],
)
def test_the_month_after_a_restart_is_that_of_its_inspection_also_when_it_was_late(on: str, following: str) -> None:
    found = years("national", "2026-01-01", "2027-12-31", JUNE_2016, stop("2025-01-01", "2026-02-10"), inspected(on))
    assert found == [f"2026-02-10 inspection closed {on}", following]


def test_a_late_inspection_of_a_restart_in_the_next_year_is_that_year_s() -> None:
    found = years(
        "national", "2026-01-01", "2028-12-31", JUNE_2016, stop("2025-01-01", "2026-11-20"), inspected("2027-01-10")
    )
    assert found == ["2026-11-20 inspection closed 2027-01-10", "2028-01-31 test"]


def test_a_major_repair_replaces_the_inspection_of_its_year_where_only_the_validity_is_known() -> None:
    lift = {"valid_until": "2026-05"}
    assert years("national", "2026-01-01", "2026-12-31", lift, supervised("major_repair", "2026-04-15")) == []
    assert years("national", "2026-01-01", "2026-12-31", lift, supervised("major_repair", "2025-12-15")) != []


@pytest.mark.parametrize(
    ("visits", "closed"),
    [
        ([], " closed 2026-07-01"),
        ([inspected("2026-06-20")], " closed 2026-06-20"),
        ([inspected("2026-09-20")], " closed 2026-07-01"),
    ],
)
def test_an_inspection_that_was_due_before_a_major_repair_of_its_year_is_owed_no_longer(
    visits: list[dict[str, Any]], closed: str
) -> None:
    lift = {"installed_pass_on": "2017-05-20"}
    found = years("national", "2026-01-01", "2027-12-31", lift, supervised("major_repair", "2026-07-01"), *visits)
    assert found == [f"2026-05-31 inspection{closed}", "2027-05-31 test"]


def test_a_major_repair_of_the_next_year_replaces_no_overdue_inspection() -> None:
    lift = {"installed_pass_on": "2017-05-20"}
    found = years("national", "2026-01-01", "2026-12-31", lift, supervised("major_repair", "2027-01-10"))
    assert found == ["2026-05-31 inspection"]


@pytest.mark.parametrize(
    ("lift", "supervision", "late", "expected"),
    [
        (
            DINGHAI_2018,
            supervised("renovated", "2022-04-20"),
            "2022-06-20",
            ["2022-03-31 test closed 2022-04-20", "2023-04-30 test", "2024-04-30 test", "2025-04-30 inspection"],
        ),
        (
            DINGHAI_2018,
            supervised("major_repair", "2022-04-20"),
            "2022-06-20",
            ["2022-03-31 test closed 2022-04-20", "2023-03-31 test", "2024-03-31 inspection", "2025-03-31 test"],
        ),
        (
            {"district": "定海", "installed_pass_on": "2010-03-09"},
            supervised("major_repair", "2023-04-20"),
            "2023-06-20",
            [
                "2022-03-31 inspection closed 2023-04-20",
                "2023-03-31 test closed 2023-04-20",
                "2024-04-30 test",
                "2025-04-30 inspection",
            ],
        ),
    ],
)
def test_a_supervisory_inspection_within_the_window_of_an_undone_test_replaces_it(
    lift: dict[str, Any], supervision: dict[str, Any], late: str, expected: list[str]
) -> None:
    assert years("zhoushan", "2022-01-01", "2025-06-30", lift, supervision, done_test(late)) == expected


def test_a_test_that_was_done_before_the_supervisory_inspection_is_closed_by_itself() -> None:
    found = years(
        "zhoushan",
        "2022-01-01",
        "2022-12-31",
        DINGHAI_2018,
        done_test("2022-04-10"),
        supervised("renovated", "2022-04-20"),
    )
    assert found == ["2022-03-31 test closed 2022-04-10"]


def test_a_major_repair_after_the_window_closes_the_missed_test_of_its_own_year_only() -> None:
    for repaired, expected in (("2022-06-01", " closed 2022-06-01"), ("2023-01-10", "")):
        found = years("zhoushan", "2022-01-01", "2022-12-31", DINGHAI_2018, supervised("major_repair", repaired))
        assert found == [f"2022-03-31 test{expected}"]


def test_a_major_repair_closes_the_overdue_inspection_of_its_year_under_the_pilot() -> None:
    lift = {"district": "定海", "installed_pass_on": "2018-05-20"}
    found = years("zhoushan", "2021-01-01", "2021-12-31", lift, supervised("major_repair", "2021-09-10"))
    assert found == ["2021-05-31 inspection closed 2021-09-10"]


@pytest.mark.parametrize(
    ("city", "kind", "on", "expected"),
    [
        ("national", "renovated", "2026-08-01", ["2026-05-31 inspection closed 2026-08-01", "2027-08-31 inspection"]),
        ("national", "renovated", "2027-02-01", ["2026-05-31 inspection closed 2027-02-01"]),
        ("zhoushan", "renovated", "2023-08-15", ["2023-05-31 inspection closed 2023-08-15", "2024-08-31 test"]),
        ("zhoushan", "major_repair", "2023-08-15", ["2023-05-31 inspection closed 2023-08-15", "2024-08-31 test"]),
        ("zhoushan", "renovated", "2024-02-15", ["2023-05-31 inspection closed 2024-02-15"]),
    ],
)
def test_what_was_overdue_is_owed_no_longer_when_the_years_begin_anew(
    city: str, kind: str, on: str, expected: list[str]
) -> None:
    before = [done_test("2021-05-05"), done_test("2022-05-05"), inspected("2024-05-01"), done_test("2025-05-05")]
    since, until = ("2026-01-01", "2027-12-31") if city == "national" else ("2023-01-01", "2024-12-31")
    facts = before if city == "national" else before[:2]
    assert years(city, since, until, DINGHAI_2017, *facts, supervised(kind, on)) == expected


def test_what_was_owed_on_leaving_the_pilot_is_closed_by_a_renovation() -> None:
    events = [done_test("2021-08-10"), supervised("renovated", "2021-09-15")]
    assert years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, *events) == [
        "2021-05-31 legacy closed 2021-09-15",
        "2021-05-31 test closed 2021-09-15",
        "2022-09-30 legacy",
    ]


def test_a_renovation_after_the_window_of_a_test_says_nothing_of_an_exit() -> None:
    found = years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, supervised("renovated", "2021-09-15"))
    assert found == ["2021-05-31 test closed 2021-09-15", "2022-09-30 test"]


def test_a_repair_in_the_window_of_last_year_s_test_stands_for_that_one_and_for_no_other() -> None:
    lift = {"district": "岱山", "installed_pass_on": "2016-11-03"}
    repaired = supervised("major_repair", "2022-01-15")
    found = years("zhoushan", "2021-01-01", "2022-12-31", lift, repaired)
    assert found == ["2021-11-30 test closed 2022-01-15", "2022-11-30 inspection"]
    found = years("zhoushan", "2021-01-01", "2022-12-31", lift, done_test("2021-12-01"), repaired)
    assert found == ["2021-11-30 test closed 2021-12-01"]


@pytest.mark.parametrize(
    ("on", "closed"),
    [
        ("2025-06-01", ""),
        ("2028-08-09", ""),
        ("2028-08-10", " closed 2028-08-10"),
        ("2029-06-01", " closed 2029-06-01"),
    ],
)
def test_what_was_passed_more_than_a_year_before_a_restart_is_none_of_it(on: str, closed: str) -> None:
    lift, out = {"installed_pass_on": "2017-05-20"}, stop("2024-05-10", "2029-08-10")
    assert years("national", "2024-06-01", "2029-08-10", lift, out, inspected(on)) == [f"2029-08-10 inspection{closed}"]


def test_a_stop_that_begins_in_the_window_of_a_test_suspends_it() -> None:
    out = stop("2021-06-10", "2022-07-10", formal=True)
    found = years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, out, done_test("2022-07-05"))
    assert found == ["2022-07-10 test closed 2022-07-05"]

    ongoing = {"kind": "out_of_use", "from": "2021-06-10", "formal": True}
    assert years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, ongoing) == []
    found = years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, ongoing, done_test("2021-06-01"))
    assert found == ["2021-05-31 test closed 2021-06-01"]


def test_an_exit_that_was_noted_before_the_stop_became_known_is_void() -> None:
    exited = Answered(kind="testing_exited", on=date(2021, 8, 1))
    out = stop("2021-06-10", "2022-07-10", formal=True)
    assert [str(draft.due) for draft in stored_years(DINGHAI_2017, exited, out)] == ["2022-07-10", "2023-05-31"]
    assert "2022-05-31" in [str(draft.due) for draft in stored_years(DINGHAI_2017, exited)]


def test_a_stop_after_the_window_of_a_test_suspends_it_no_longer() -> None:
    ongoing = {"kind": "out_of_use", "from": "2021-08-01", "formal": True}
    assert years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, ongoing) == ["2021-05-31 test"]


@pytest.mark.parametrize("visit", [inspected("2027-06-01"), done_test("2027-06-01")])
def test_a_missed_national_test_is_made_up_for_by_an_inspection_or_a_test_of_a_later_year(
    visit: dict[str, Any],
) -> None:
    lift, first = {"installed_pass_on": "2024-06-10"}, inspected("2025-06-01")
    assert years("national", "2026-01-01", "2026-12-31", lift, first) == ["2026-06-30 test"]
    found = years("national", "2026-01-01", "2026-12-31", lift, first, visit)
    assert found == ["2026-06-30 test closed 2027-06-01"]


def test_a_missed_test_of_the_pilot_is_not_made_up_for_by_a_later_year_s() -> None:
    found = years("zhoushan", "2021-01-01", "2022-12-31", DINGHAI_2017, done_test("2022-05-05"))
    assert found == ["2021-05-31 test", "2022-05-31 test closed 2022-05-05"]


@pytest.mark.parametrize(
    ("formal", "expected"), [(True, ["2026-07-10 inspection", "2026-07-10 test"]), (False, ["2026-05-31 legacy"])]
)
def test_a_formal_stop_needs_no_age(formal: bool, expected: list[str]) -> None:
    out = stop("2025-04-15", "2026-07-10", formal=formal)
    assert years("zhoushan", "2025-01-01", "2029-12-31", {"valid_until": "2026-05"}, out) == expected


@pytest.mark.parametrize("kinds", [("renovated", "major_repair"), ("major_repair", "renovated")])
def test_of_one_day_a_renovation_counts_and_a_major_repair_does_not(kinds: tuple[str, str]) -> None:
    lift = {"district": "定海", "installed_pass_on": "2012-03-09"}
    found = years("zhoushan", "2024-01-01", "2026-12-31", lift, *(supervised(kind, "2023-04-20") for kind in kinds))
    assert found == ["2024-04-30 test", "2025-04-30 test", "2026-04-30 inspection"]


@pytest.mark.parametrize("on", ["2022-06-20", "2022-08-20", "2022-09-20"])
def test_an_inspection_in_the_window_of_the_missed_test_is_the_one_that_leaving_the_pilot_brings(on: str) -> None:
    lift = {"district": "定海", "installed_pass_on": "2018-06-10"}
    events = [inspected("2021-06-10"), inspected(on), done_test("2022-09-10")]
    found = years("zhoushan", "2022-01-01", "2023-12-31", lift, *events)
    assert found == [f"2022-06-30 legacy closed {on}", f"2022-06-30 test closed {on}", "2023-06-30 legacy"]


def test_an_inspection_before_the_window_of_the_missed_test_is_not_the_one_that_leaving_the_pilot_brings() -> None:
    events = [inspected("2022-03-31"), done_test("2022-09-10")]
    lift = {"district": "定海", "installed_pass_on": "2018-06-10"}
    assert years("zhoushan", "2022-01-01", "2022-12-31", lift, *events) == ["2022-06-30 legacy", "2022-06-30 test"]


@pytest.mark.parametrize("kind", ["renovated", "major_repair"])
def test_a_supervisory_inspection_later_than_the_inspection_after_an_exit_does_not_close_the_missed_test(
    kind: str,
) -> None:
    lift = {"district": "定海", "installed_pass_on": "2018-03-05"}
    events = [inspected("2021-03-10"), done_test("2022-06-20"), inspected("2022-07-10"), supervised(kind, "2024-11-18")]
    assert years("zhoushan", "2022-01-01", "2023-12-31", lift, *events) == [
        "2022-03-31 legacy closed 2022-07-10",
        "2022-03-31 test closed 2022-07-10",
        "2023-03-31 legacy closed 2024-11-18",
    ]


@pytest.mark.parametrize(
    ("lift", "events", "expected"),
    [
        (
            {"installed_pass_on": "2019-06-05"},
            [done_test("2024-06-10"), inspected("2026-06-10"), done_test("2027-01-10")],
            "2025-06-30 test closed 2026-06-10",
        ),
        (
            {"installed_pass_on": "2012-10-08", "inspection_month": 5},
            [inspected("2029-04-11"), done_test("2047-02-17")],
            "2026-05-31 test closed 2029-04-11",
        ),
        (
            {"installed_pass_on": "2021-12-01"},
            [
                inspected("2025-05-17"),
                supervised("renovated", "2026-05-01"),
                done_test("2028-01-01"),
                done_test("2028-12-20"),
            ],
            "2024-12-31 test closed 2025-05-17",
        ),
    ],
)
def test_a_test_that_comes_after_a_missed_one_was_made_up_for_is_none_for_it(
    lift: dict[str, Any], events: list[dict[str, Any]], expected: str
) -> None:
    year = expected[:4]
    assert years("national", f"{year}-01-01", f"{year}-12-31", lift, *events) == [expected]


def test_a_second_supervisory_inspection_does_not_close_what_was_inspected_between_the_two() -> None:
    lift = {"district": "定海", "installed_pass_on": "2008-01-29"}
    first, second = supervised("major_repair", "2024-04-06"), supervised("major_repair", "2026-05-23")
    found = years("zhoushan", "2026-01-01", "2026-12-31", lift, first, inspected("2025-12-24"), second)
    assert found == ["2026-04-30 inspection closed 2025-12-24"]


def test_of_two_inspections_before_a_restart_the_last_is_its_own_and_gives_the_month() -> None:
    events = [stop("2030-02-18", "2032-02-18", formal=True), inspected("2031-03-14"), inspected("2031-07-31")]
    found = years("national", "2032-01-01", "2033-12-31", {"installed_pass_on": "2009-01-01"}, *events)
    assert found == ["2032-02-18 inspection closed 2031-07-31", "2032-07-31 inspection", "2033-07-31 inspection"]


def test_a_supervisory_inspection_out_of_use_is_not_the_inspection_of_the_restart() -> None:
    """TSG T7001-2023 4.1(4) asks for one of its own before the lift is used again."""
    events = [stop("2024-02-29", "2025-03-29", formal=True), supervised("renovated", "2024-11-23")]
    found = years("national", "2025-01-01", "2025-12-31", {"installed_pass_on": "2013-12-10"}, *events)
    assert found[0] == "2025-03-29 inspection"


def test_stops_that_overlap_or_touch_are_one_time_out_of_use() -> None:
    lift = {"installed_pass_on": "2014-03-20", "district": "定海"}
    one = [stop("2022-01-10", "2023-05-10", formal=True)]
    expected = years("zhoushan", "2021-01-01", "2025-12-31", lift, *one)
    for middle in (("2022-09-10", "2022-06-10"), ("2022-09-10", "2022-09-10")):
        first, second = stop("2022-01-10", middle[0], formal=True), stop(middle[1], "2023-05-10", formal=True)
        assert years("zhoushan", "2021-01-01", "2025-12-31", lift, first, second) == expected
    assert "2023-05-10 inspection" in expected


LIUHENG_2013 = {"installed_pass_on": "2013-12-21", "district": "六横", "inspection_month": 9}


@pytest.mark.parametrize("validity", [{}, {"valid_until": "2023-09"}])
def test_a_validity_that_an_inspection_has_followed_is_not_what_is_owed_on_leaving_the_pilot(
    validity: dict[str, str],
) -> None:
    done = [inspected("2021-09-10"), done_test("2022-09-10"), inspected("2023-08-20"), done_test("2024-12-10")]
    found = years("zhoushan", "2023-01-01", "2025-12-31", {**LIUHENG_2013, **validity}, *done)
    assert found == [
        "2023-09-30 inspection closed 2023-08-20",
        "2024-09-30 legacy",
        "2024-09-30 test",
        "2025-09-30 legacy",
    ]


@pytest.mark.parametrize("validity", ["2021-11", "2022-02"])
def test_a_validity_in_a_year_that_has_its_inspection_leaves_the_one_owed_on_leaving_the_pilot(validity: str) -> None:
    lift = {"district": "定海", "installed_pass_on": "2018-03-09", "inspection_month": 3, "valid_until": validity}
    found = years("zhoushan", "2021-01-01", "2022-12-31", lift, inspected("2021-03-05"), done_test("2022-08-10"))
    due = {"2021-11": "2022-03-31", "2022-02": "2022-02-28"}[validity]
    assert f"{due} legacy" in found
    assert len([row for row in found if "legacy" in row]) == 1


@pytest.mark.parametrize(
    ("lift", "events", "expected"),
    [
        (
            {**LIUHENG_2013, "valid_until": "2023-09"},
            [inspected("2021-09-10"), done_test("2022-09-10"), supervised("major_repair", "2023-08-20")],
            ["2024-08-31 legacy", "2024-08-31 test"],
        ),
        (
            {"district": "普陀", "installed_pass_on": "2013-09-04", "valid_until": "2021-09"},
            [supervised("major_repair", "2021-10-03"), done_test("2023-01-10")],
            ["2022-10-31 legacy", "2022-10-31 test"],
        ),
    ],
)
def test_a_validity_before_a_supervisory_inspection_is_not_what_is_owed_on_leaving_the_pilot(
    lift: dict[str, Any], events: list[dict[str, Any]], expected: list[str]
) -> None:
    found = years("zhoushan", "2020-01-01", "2024-12-31", lift, *events, done_test("2024-11-10"))
    assert [row for row in found if "closed" not in row and row < expected[0][:4] + "-12"] == expected


def test_an_exit_after_the_last_day_asked_for_says_nothing_else_of_the_years_before() -> None:
    lift = {"district": "定海", "installed_pass_on": "2018-03-18"}
    found = years("zhoushan", "2022-01-01", "2024-12-31", lift, done_test("2025-03-10"))
    assert found == ["2022-03-31 test", "2023-03-31 test", "2024-03-31 inspection"]


def test_what_closed_a_test_is_the_same_however_far_is_asked() -> None:
    lift = {"installed_pass_on": "2020-01-18"}
    done = [inspected("2027-01-10"), inspected("2029-01-19"), done_test("2029-12-26")]
    assert years("national", "2028-01-01", "2028-02-29", lift, *done) == ["2028-01-31 test closed 2029-01-19"]


DAISHAN_2012 = {"district": "岱山", "installed_pass_on": "2012-08-22"}


def left(on: str) -> dict[str, Any]:
    return {"kind": "opt_out", "filed_on": on}


@pytest.mark.parametrize("validity", [{}, {"valid_until": "2021-08"}])
@pytest.mark.parametrize(
    ("filed", "first", "following"),
    [
        ("2021-07-31", "2021-08-31 legacy closed 2021-12-01", "legacy"),
        ("2021-08-15", "2021-08-31 test closed 2021-08-10", "test"),
        ("2021-11-30", "2021-08-31 test closed 2021-08-10", "test"),
        ("2021-12-01", "2021-08-31 test closed 2021-08-10", "legacy"),
        ("2022-11-30", "2021-08-31 test closed 2021-08-10", "legacy"),
        ("2022-12-01", "2021-08-31 test closed 2021-08-10", "test"),
    ],
)
def test_staying_out_is_judged_by_the_validity_that_ran_when_it_was_applied_for(
    validity: dict[str, str], filed: str, first: str, following: str
) -> None:
    happened = [done_test("2021-08-10"), left(filed), supervised("renovated", "2021-12-01")]
    found = years("zhoushan", "2021-01-01", "2023-12-31", {**DAISHAN_2012, **validity}, *happened)
    assert found == [first, f"2022-12-31 {following}", f"2023-12-31 {following}"]


@pytest.mark.parametrize(
    ("installed", "renovated", "filed"),
    [("2019-02-22", "2021-01-10", "2021-12-31"), ("2010-08-17", "2022-04-21", "2023-03-07")],
)
def test_after_a_renovation_its_first_year_is_that_by_which_staying_out_is_judged(
    installed: str, renovated: str, filed: str
) -> None:
    lift = {"district": "岱山", "installed_pass_on": installed}
    found = years("zhoushan", filed, "2026-12-31", lift, supervised("renovated", renovated), left(filed))
    assert found
    assert all(row.endswith("legacy") for row in found)


@pytest.mark.parametrize(
    ("lift", "repaired", "filed", "kind"),
    [
        ({"installed_pass_on": "2013-09-24", "district": "定海"}, "2021-10-14", "2021-11-22", "test"),
        ({"installed_pass_on": "2008-03-26", "district": "嵊泗"}, "2021-02-26", "2023-01-12", "legacy"),
    ],
)
def test_a_major_repair_gives_no_other_validity_by_which_staying_out_is_judged(
    lift: dict[str, str], repaired: str, filed: str, kind: str
) -> None:
    found = years(
        "zhoushan", filed, f"{int(filed[:4]) + 1}-12-31", lift, supervised("major_repair", repaired), left(filed)
    )
    assert found[0].endswith(kind)


@pytest.mark.parametrize(
    ("lift", "events"),
    [
        ({"installed_pass_on": "2018-10-23", "district": "六横"}, [left("2020-12-23"), ("2022-10-28", "2022-12-07")]),
        ({"installed_pass_on": "2012-06-17", "district": "定海"}, [left("2021-02-20"), ("2022-02-10", "2022-03-01")]),
    ],
)
def test_applying_to_join_before_the_fifteenth_year_changes_nothing_ever(
    lift: dict[str, Any], events: list[Any]
) -> None:
    out, (filed, accepted) = events
    joined = {"kind": "opt_in", "filed_on": filed, "accepted_on": accepted}
    found = years("zhoushan", "2021-01-01", "2040-12-31", lift, out, joined)
    assert len(found) == 20
    assert all(row.endswith("legacy") for row in found)


@pytest.mark.parametrize(("accepted", "kind"), [("2020-12-31", "legacy"), ("2021-01-01", "inspection")])
def test_applying_to_join_counts_from_the_year_in_which_the_lift_is_fifteen(accepted: str, kind: str) -> None:
    lift = {"installed_pass_on": "2006-06-17", "district": "定海"}
    joined = {"kind": "opt_in", "filed_on": "2020-12-01", "accepted_on": accepted}
    assert years("zhoushan", "2021-06-01", "2021-06-30", lift, joined) == [f"2021-06-30 {kind}"]
