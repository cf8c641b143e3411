"""A stored register's dates beside the years of a cycle: what is done, what is owed, what closes what."""

from datetime import date
from typing import Any

import pytest

from schedules.calendar import WorkingCalendar
from schedules.cycles.duties import exit_day
from schedules.dates import parse_day
from schedules.derive import derive
from schedules.drafts import DutyDraft
from schedules.facts import Facts
from schedules.happenings import STORED_EVENT
from schedules.rulebook import load_rulebook

KINDS = {"periodic_inspection": "inspection", "legacy_inspection": "legacy", "self_test": "test"}


def drafts(city: str, until: str, *events: dict[str, Any], **facts: Any) -> list[DutyDraft]:
    stated = {
        name: tuple((parse_day(known), parse_day(day)) for known, day in facts.pop(name, ()))
        for name in ("stated_inspections", "stated_tests")
    }
    known = Facts(events=tuple(STORED_EVENT.validate_python(event) for event in events), **stated, **facts)
    found = derive(load_rulebook(city), known, WorkingCalendar(), until=parse_day(until))
    return sorted(
        (draft for draft in found if draft.rule.duty in KINDS and draft.due and draft.due <= parse_day(until)),
        key=lambda draft: (draft.due or date.min, draft.rule.duty),
    )


def years(city: str, until: str, *events: dict[str, Any], **facts: Any) -> list[tuple[str, str, str | None]]:
    """(month of the due date, kind, closed on)."""
    return [
        (str(draft.due)[:7], KINDS[draft.rule.duty], str(draft.closed_on) if draft.closed_on else None)
        for draft in drafts(city, until, *events, **facts)
    ]


MAY_2017 = {"installed_pass_on": "2017-05-20"}
DINGHAI = {"district": "330902", "installed_pass_on": "2017-05-20"}


def test_nothing_is_listed_from_before_the_register_spoke() -> None:
    assert years("national", "2027-12", lift=MAY_2017, known_from="2025-11-03") == [
        ("2026-05", "inspection", None),
        ("2027-05", "test", None),
    ]


def test_what_is_due_in_the_month_in_which_the_register_began_is_listed() -> None:
    assert years("national", "2026-12", lift=MAY_2017, known_from="2026-05-31")[0] == ("2026-05", "inspection", None)


def test_inspections_before_the_first_stated_validity_are_done() -> None:
    facts = {"lift": MAY_2017, "known_from": "2026-03-10", "stated_inspections": [("2026-03-10", "2028-05")]}
    assert years("national", "2028-12", **facts) == [("2027-05", "test", None), ("2028-05", "inspection", None)]


def test_a_validity_that_was_over_when_the_register_began_is_still_owed() -> None:
    facts = {"lift": MAY_2017, "known_from": "2026-08-10", "stated_inspections": [("2026-08-10", "2026-05")]}
    assert years("national", "2027-12", **facts) == [("2026-05", "inspection", None), ("2027-05", "test", None)]


def test_a_later_validity_closes_the_inspections_before_it_on_the_day_it_became_known() -> None:
    stated = [("2026-03-10", "2026-05"), ("2026-06-20", "2028-05")]
    assert years("national", "2028-12", lift=MAY_2017, known_from="2026-03-10", stated_inspections=stated) == [
        ("2026-05", "inspection", "2026-06-20"),
        ("2027-05", "test", None),
        ("2028-05", "inspection", None),
    ]


def test_a_recorded_pass_closes_before_the_registers_word_does() -> None:
    stated = [("2026-03-10", "2026-05"), ("2026-06-20", "2028-05")]
    passed = {"kind": "inspection_ended", "on": "2026-05-12", "conclusion": "pass"}
    found = years("national", "2026-12", passed, lift=MAY_2017, known_from="2026-03-10", stated_inspections=stated)
    assert found == [("2026-05", "inspection", "2026-05-12")]


def test_a_corrected_validity_closes_nothing() -> None:
    stated = [("2026-03-10", "2026-05"), ("2026-04-20", "2026-08")]
    found = years("national", "2026-12", lift=MAY_2017, known_from="2026-03-10", stated_inspections=stated)
    assert found == [("2026-08", "inspection", None)]


def test_a_validity_in_a_year_of_testing_is_the_date_of_a_test() -> None:
    """Years of inspection are 2026 and 2028 here: the number of the year says so, whatever the register calls it."""
    facts = {"lift": MAY_2017, "known_from": "2027-01-10", "stated_inspections": [("2027-01-10", "2027-05")]}
    assert years("national", "2028-12", **facts) == [("2027-05", "test", None), ("2028-05", "inspection", None)]
    facts["stated_inspections"] = [("2027-01-10", "2027-05"), ("2027-05-20", "2028-05")]
    assert years("national", "2027-12", **facts) == [("2027-05", "test", "2027-05-20")]


def test_dates_and_the_store_say_the_same_of_a_validity_in_a_year_of_testing() -> None:
    lift = {**MAY_2017, "valid_until": "2027-05-31"}
    stored = years(
        "national", "2029-12", lift=lift, known_from="2024-02-01", stated_inspections=[("2024-02-01", "2027-05")]
    )
    assert stored == years("national", "2029-12", lift=lift)


def test_an_inspection_that_the_register_leaves_out_is_owed_all_the_same() -> None:
    facts = {"lift": MAY_2017, "known_from": "2026-01-10", "stated_inspections": [("2026-01-10", "2027-05")]}
    assert years("national", "2027-12", **facts) == [("2026-05", "inspection", None), ("2027-05", "test", None)]
    facts["known_from"] = "2026-03-01"  # it may have been done two months early
    assert years("national", "2027-12", **facts) == [("2027-05", "test", None)]


def test_a_register_that_moves_on_by_two_inspections_closes_the_first_alone() -> None:
    stated = [("2026-03-10", "2026-05"), ("2026-06-20", "2030-05")]
    assert years("national", "2030-12", lift=MAY_2017, known_from="2026-03-10", stated_inspections=stated) == [
        ("2026-05", "inspection", "2026-06-20"),
        ("2027-05", "test", None),
        ("2028-05", "inspection", None),
        ("2029-05", "test", None),
        ("2030-05", "inspection", None),
    ]


def test_the_pilot_too_owes_an_inspection_that_the_register_leaves_out() -> None:
    facts = {"lift": DINGHAI, "known_from": "2022-01-10", "stated_inspections": [("2022-01-10", "2024-05")]}
    assert ("2023-05", "inspection", None) in years("zhoushan", "2024-12", **facts)


def test_the_register_s_month_stands_in_a_year_of_testing_too() -> None:
    facts = {"lift": MAY_2017, "known_from": "2026-03-10"}
    stated = [("2026-03-10", "2026-05"), ("2026-05-20", "2027-08")]
    assert years("national", "2027-12", stated_inspections=stated, **facts) == [
        ("2026-05", "inspection", "2026-05-20"),
        ("2027-08", "test", None),
    ]


def test_a_test_that_was_over_when_the_register_began_is_still_owed() -> None:
    facts = {"lift": MAY_2017, "known_from": "2025-08-10", "stated_inspections": [("2025-08-10", "2025-05")]}
    assert years("national", "2026-12", **facts) == [("2025-05", "test", None), ("2026-05", "inspection", None)]


def test_a_lift_of_unknown_age_owes_each_validity_and_tests_in_between() -> None:
    stated = [("2025-01-10", "2025-09"), ("2025-10-02", "2028-09")]
    assert years("national", "2029-12", lift={}, known_from="2025-01-10", stated_inspections=stated) == [
        ("2025-09", "inspection", "2025-10-02"),
        ("2026-09", "test", None),
        ("2027-09", "test", None),
        ("2028-09", "inspection", None),
    ]


def test_a_stated_test_date_moves_tests_and_a_later_one_closes_them() -> None:
    facts = {"lift": MAY_2017, "known_from": "2025-01-10", "stated_tests": [("2025-01-10", "2025-08")]}
    assert years("national", "2026-12", **facts) == [("2025-08", "test", None), ("2026-05", "inspection", None)]
    facts["stated_tests"] = [("2025-01-10", "2025-05"), ("2025-05-30", "2027-05")]
    assert years("national", "2027-12", **facts) == [
        ("2025-05", "test", "2025-05-30"),
        ("2026-05", "inspection", None),
        ("2027-05", "test", None),
    ]


@pytest.mark.parametrize("city", ["national", "zhoushan"])
@pytest.mark.parametrize("installed", ["2018-08-20", None])
def test_a_test_that_the_register_states_is_owed_although_it_was_overdue_when_it_spoke(
    city: str, installed: str | None
) -> None:
    lift = {"district": "330902"} | ({"installed_pass_on": installed} if installed else {})
    stated = {"stated_inspections": [("2023-11-20", "2024-08")], "stated_tests": [("2023-11-20", "2023-08")]}
    found = years(city, "2024-12", lift=lift, known_from="2023-11-20", **stated)
    assert ("2023-08", "test", None) in found


def test_nationally_a_year_of_inspection_has_no_test_although_the_register_states_one() -> None:
    stated = {"stated_inspections": [("2025-11-03", "2026-05")], "stated_tests": [("2025-11-03", "2026-05")]}
    assert years("national", "2027-12", lift=MAY_2017, known_from="2025-11-03", **stated) == [
        ("2026-05", "inspection", None),
        ("2027-05", "test", None),
    ]


def test_the_pilot_puts_a_validity_off_to_the_next_inspection_of_its_years() -> None:
    facts = {"lift": DINGHAI, "known_from": "2020-12-01", "stated_inspections": [("2020-12-01", "2021-05")]}
    assert years("zhoushan", "2023-12", **facts) == [
        ("2021-05", "test", None),
        ("2022-05", "test", None),
        ("2023-05", "inspection", None),
    ]
    facts["stated_inspections"] += [("2021-01-05", "2023-05")]
    assert years("zhoushan", "2023-12", **facts)[2] == ("2023-05", "inspection", None)


def test_a_validity_from_before_the_pilot_is_owed_by_the_old_rule() -> None:
    facts = {"lift": DINGHAI, "known_from": "2020-12-01", "stated_inspections": [("2020-12-01", "2020-11")]}
    assert years("zhoushan", "2021-12", **facts)[0] == ("2020-11", "legacy", None)


def test_t29_a_missed_test_ends_the_pilot_for_the_lift() -> None:
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    (missed, *_) = drafts("zhoushan", "2021-12", lift=lift)
    assert exit_day(missed) == date(2021, 8, 1)
    exited = {"kind": "testing_exited", "on": "2021-08-01"}
    assert years("zhoushan", "2023-12", exited, lift=lift) == [
        ("2021-05", "legacy", None),
        ("2021-05", "test", None),
        ("2022-05", "legacy", None),
        ("2023-05", "legacy", None),
    ]


def test_after_an_exit_only_an_inspection_that_comes_later_counts() -> None:
    exited = {"kind": "testing_exited", "on": "2021-08-01"}
    stated = [("2020-12-01", "2021-05"), ("2021-01-05", "2023-05")]
    facts = {"lift": DINGHAI, "known_from": "2020-12-01", "stated_inspections": stated}
    assert years("zhoushan", "2022-12", exited, **facts)[0] == ("2021-05", "legacy", None)
    passed = {"kind": "inspection_ended", "on": "2021-08-20", "conclusion": "pass"}
    assert years("zhoushan", "2022-12", exited, passed, **facts)[0] == ("2021-05", "legacy", "2021-08-20")


def test_after_an_exit_the_date_that_the_pilot_had_put_off_stands_for_no_inspection() -> None:
    """The register goes on stating that date, which is void (002 附件2 三6), and knows of no later inspection."""
    exited = {"kind": "testing_exited", "on": "2021-08-01"}
    stated = [("2021-01-05", "2021-05"), ("2021-08-10", "2022-05")]
    facts = {"lift": DINGHAI, "known_from": "2021-01-05", "stated_inspections": stated}
    assert years("zhoushan", "2021-12", exited, last_inspected_on="2020-05-12", **facts)[0] == (
        "2021-05",
        "legacy",
        None,
    )
    inspected = years("zhoushan", "2021-12", exited, last_inspected_on="2021-08-02", **facts)
    assert inspected[0] == ("2021-05", "legacy", "2021-08-02")


def test_a_register_that_knows_the_inspection_after_an_exit_closes_the_missed_test_with_it() -> None:
    exited = {"kind": "testing_exited", "on": "2021-08-01"}
    stated = [("2021-01-05", "2021-05"), ("2021-08-10", "2022-08")]
    facts = {
        "lift": DINGHAI,
        "known_from": "2021-01-05",
        "stated_inspections": stated,
        "last_inspected_on": "2021-08-02",
    }
    found = years("zhoushan", "2021-12", exited, **facts)
    assert found == [("2021-05", "legacy", "2021-08-02"), ("2021-05", "test", "2021-08-02")]
    known = Facts(
        lift=DINGHAI,
        events=(STORED_EVENT.validate_python(exited),),
        known_from=date(2021, 1, 5),
        stated_inspections=((date(2021, 1, 5), date(2021, 5, 31)),),
    )
    owed = derive(load_rulebook("zhoushan"), known, WorkingCalendar(), until=date(2021, 12, 31))
    assert "use_mark_renewal" not in {draft.rule.duty for draft in owed}  # the date that it would show is void


def test_a_booking_pauses_the_inspection_that_is_open_next_and_no_other() -> None:
    booked = {"kind": "booked", "visit_on": "2026-04-15"}
    paused = [
        draft.booked_on for draft in drafts("national", "2028-12", booked, lift=MAY_2017, known_from="2026-01-01")
    ]
    assert paused == [date(2026, 4, 15), None, None]


def test_a_booking_from_before_the_last_pass_pauses_nothing() -> None:
    booked = {"kind": "booked", "visit_on": "2026-04-15"}
    passed = {"kind": "inspection_ended", "on": "2026-04-15", "conclusion": "pass"}
    facts = {"lift": MAY_2017, "known_from": "2026-01-01"}
    assert not any(draft.booked_on for draft in drafts("national", "2028-12", booked, passed, **facts))


@pytest.mark.parametrize("tested", ["2022-03-01", "2022-07-31"])
def test_a_test_counts_for_the_window_that_holds_its_day(tested: str) -> None:
    done = {"kind": "test_done", "on": tested}
    found = drafts("zhoushan", "2022-12", done, lift={**DINGHAI, "valid_until": "2021-05"})
    assert [draft.due.year for draft in found if draft.closed_on and draft.due] == [2022]


def test_a_test_after_its_window_does_not_undo_that_the_lift_has_left_the_pilot() -> None:
    late = {"kind": "test_done", "on": "2022-02-28"}
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    assert years("zhoushan", "2022-12", late, lift=lift) == [
        ("2021-05", "legacy", None),
        ("2021-05", "test", None),
        ("2022-05", "legacy", None),
    ]


def test_a_test_in_time_that_became_known_late_undoes_the_exit() -> None:
    noted = {"kind": "testing_exited", "on": "2021-08-01"}
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    in_time, late = ({"kind": "test_done", "on": on} for on in ("2021-07-28", "2021-08-02"))
    assert years("zhoushan", "2022-12", noted, in_time, lift=lift) == [
        ("2021-05", "test", "2021-07-28"),
        ("2022-05", "test", None),
    ]
    assert ("2022-05", "legacy", None) in years("zhoushan", "2022-12", noted, late, lift=lift)
    accident = {"kind": "testing_exited", "on": "2021-07-29"}  # an exit for another reason stands
    assert ("2022-05", "legacy", None) in years("zhoushan", "2022-12", accident, in_time, lift=lift)


def test_the_missed_test_is_owed_until_the_inspection_in_its_place() -> None:
    late = {"kind": "test_done", "on": "2021-08-15"}
    passed = {"kind": "inspection_ended", "on": "2021-08-20", "conclusion": "pass"}
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    assert years("zhoushan", "2021-12", late, passed, lift=lift) == [
        ("2021-05", "legacy", "2021-08-20"),
        ("2021-05", "test", "2021-08-20"),
    ]


def test_a_test_after_the_restart_is_late_and_ends_no_pilot() -> None:
    stop = {"kind": "out_of_use", "from": "2022-01-10", "restart_on": "2023-03-01", "formal": True}
    late = {"kind": "test_done", "on": "2023-03-05"}
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    assert years("zhoushan", "2024-12", stop, late, lift=lift)[1:] == [
        ("2023-03", "test", "2023-03-05"),
        ("2023-05", "inspection", None),
        ("2024-05", "test", None),
    ]


def test_another_test_after_the_window_of_one_that_was_done_means_nothing() -> None:
    tests = [{"kind": "test_done", "on": on} for on in ("2021-05-10", "2021-12-10")]
    lift = {**DINGHAI, "valid_until": "2021-05-31"}
    assert years("zhoushan", "2022-12", *tests, lift=lift) == [
        ("2021-05", "test", "2021-05-10"),
        ("2022-05", "test", None),
    ]


def test_under_the_national_rule_a_late_test_is_late_and_nothing_more() -> None:
    late = {"kind": "test_done", "on": "2025-08-10"}
    assert years("national", "2026-12", late, lift=MAY_2017, known_from="2025-01-01") == [
        ("2025-05", "test", "2025-08-10"),
        ("2026-05", "inspection", None),
    ]


@pytest.mark.parametrize(("on", "closed"), [("2026-02-25", None), ("2026-03-01", "2026-03-01")])
def test_an_inspection_before_its_window_neither_counts_nor_moves_the_years(on: str, closed: str | None) -> None:
    passed = {"kind": "inspection_ended", "on": on, "conclusion": "pass"}
    for lift in (MAY_2017, {**MAY_2017, "valid_until": "2026-05-31"}):
        assert years("national", "2028-12", passed, lift=lift, known_from="2025-01-01")[1:] == [
            ("2026-05", "inspection", closed),
            ("2027-05", "test", None),
            ("2028-05", "inspection", None),
        ]
    unknown = years("national", "2028-12", passed, lift={"valid_until": "2026-05-31"})
    assert unknown == [("2026-05", "inspection", closed)]
