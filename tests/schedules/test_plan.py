"""A day's plan: who is told what, once, however the month went."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from actions.people.responsibility import UseUnitChange, change_use_units
from actions.visits.inspections import book, cancel_booking, record_inspection, record_visit_missed, renew_validity
from schedules.calendar import load_calendar, read_holiday_file, store_year
from schedules.ladder import rewrite_step_dates
from schedules.planner import plan_day
from schedules.regimes import rules_in_force
from store.duties import Duty
from store.lifts import Responsibility
from store.notices import Notice, NoticeStatus
from store.tasks import Task, TaskKind

V = date(2026, 5, 31)
WINTER = date(2026, 1, 5)


def steps_of(said: list[tuple[date, str, str, tuple[str, ...]]], party: str) -> list[tuple[str, str]]:
    return [(f"{day:%m-%d}", step) for day, name, step, _ in said if name == party]


def change_unit(session: Any, *, today: date, now: datetime, lift_id: int, old: int, new: int) -> None:
    change_use_units(session, [UseUnitChange(lift_id, old, new)], on=today, now=now)


def test_a_lift_that_nobody_books_goes_up_the_whole_ladder_once(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    said = town.live(WINTER, date(2026, 7, 31))
    assert steps_of(said, "甲物业") == [
        ("02-02", "sms"),
        ("03-02", "call"),
        ("05-06", "target"),
        ("05-14", "backstop"),
        ("05-19", "list"),
        ("06-01", "overdue"),
    ]
    assert steps_of(said, "天河区市场监督管理局") == [("05-19", "list"), ("06-01", "overdue")]


def test_planning_a_day_twice_tells_nobody_twice(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    assert len(town.plan(date(2026, 2, 2))) == 1
    assert town.plan(date(2026, 2, 2)) == []


def test_a_plan_made_twice_before_anything_is_sent_makes_one_notice(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    first = town.plan(date(2026, 2, 2), send=False)
    assert town.plan(date(2026, 2, 2), send=False) == first


def test_a_plan_that_was_rolled_back_is_made_again_in_the_same_process(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    with town.database.write() as session:
        plan_day(session, today=date(2026, 2, 2), now=datetime(2026, 2, 2, 1, tzinfo=UTC))
        session.rollback()
    assert town.plan(date(2026, 2, 2)) == [("甲物业", "sms", ("A1",))]


def test_g41_one_unit_with_14_lifts_gets_one_message_with_all_of_them(town: Any) -> None:
    unit = town.unit("甲物业")
    keys = tuple(f"L{number:02}" for number in range(14))
    lifts = [town.lift(key, V, unit, on=WINTER) for key in keys]
    assert town.plan(date(2026, 2, 2)) == [("甲物业", "sms", keys)]
    assert all(town.states(lift) == {"sms": "told"} for lift in lifts)


def test_a_lift_that_is_booked_leaves_the_message_by_itself(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    first, second = (town.lift(key, V, unit, on=WINTER) for key in ("A1", "A2"))
    day = date(2026, 2, 2)
    town.plan(day, send=False)
    act(book, day, lift_ids=[first], visit_on=date(2026, 4, 1), by=unit, key="tap")
    assert town.plan(day) == [("甲物业", "sms", ("A2",))]
    assert town.states(first) == {"sms": "released"}
    assert town.states(second) == {"sms": "told"}


def test_g40_a_lift_imported_after_both_dates_is_messaged_and_called_today_both_late(town: Any) -> None:
    lift = town.lift("A1", V, town.unit("甲物业"), on=date(2026, 4, 10))
    assert town.plan(date(2026, 4, 10)) == [("甲物业", "sms", ("A1",)), ("甲物业", "call", ("A1",))]
    assert town.states(lift) == {"sms": "told", "call": "told"}
    assert town.live(date(2026, 4, 11), date(2026, 4, 30)) == []
    with town.database.read() as session:
        assert all(session.exec(select(Notice.late)))


def test_a_lift_imported_after_the_target_gets_only_the_latest_rung(town: Any) -> None:
    lift = town.lift("A1", V, town.unit("甲物业"), on=date(2026, 5, 8))
    assert town.plan(date(2026, 5, 8)) == [("甲物业", "target", ("A1",))]
    assert town.states(lift) == {"sms": "superseded", "call": "superseded", "target": "told"}


def test_a_validity_that_ended_over_a_year_ago_is_a_task_and_not_a_notice(town: Any) -> None:
    lift = town.lift("A1", date(2025, 4, 30), town.unit("甲物业"), on=date(2026, 5, 8))
    assert town.plan(date(2026, 5, 8)) == []
    assert set(town.states(lift).values()) == {"too_old"}
    with town.database.read() as session:
        assert [task.kind for task in session.exec(select(Task))] == [TaskKind.VALIDITY_TOO_OLD]


def test_a_validity_that_ended_within_a_year_is_an_overdue_notice(town: Any) -> None:
    town.lift("A1", date(2025, 5, 31), town.unit("甲物业"), on=date(2026, 5, 8))
    assert ("甲物业", "overdue", ("A1",)) in town.plan(date(2026, 5, 8))


def test_a_validity_moved_after_it_was_told_brings_one_correction(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 2, 10))
    act(renew_validity, date(2026, 2, 10), lift_id=lift, valid_until=date(2026, 4, 30), by=unit, key="moved")
    said = town.live(date(2026, 2, 11), date(2026, 6, 1))
    assert steps_of(said, "甲物业") == [
        ("02-11", "corrected"),
        ("02-11", "call"),  # its window has opened for the new date
        ("03-31", "target"),
        ("04-14", "backstop"),
        ("04-17", "list"),
        ("05-01", "overdue"),
    ]
    with town.database.read() as session:
        facts = session.exec(select(Notice.facts).where(Notice.step == "corrected")).one()
    assert facts == {"old_due": "2026-05-31", "new_due": "2026-04-30"}


def test_a_validity_moved_later_is_told_again_on_the_new_dates(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 3, 10))
    act(renew_validity, date(2026, 3, 10), lift_id=lift, valid_until=date(2026, 8, 31), by=unit, key="moved")
    said = town.live(date(2026, 3, 11), date(2026, 7, 31))
    assert steps_of(said, "甲物业") == [("03-11", "corrected"), ("05-06", "sms"), ("06-01", "call")]


def test_a_validity_moved_before_anything_was_told_brings_no_correction(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    act(renew_validity, WINTER, lift_id=lift, valid_until=date(2026, 6, 30), by=unit, key="moved")
    assert steps_of(town.live(WINTER, date(2026, 3, 31)), "甲物业") == [("03-02", "sms")]


def test_a_validity_moved_while_its_message_waits_is_told_once_with_the_new_date(
    town: Any, act: Callable[..., Any]
) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    day = date(2026, 2, 2)
    town.plan(day, send=False)
    act(renew_validity, day, lift_id=lift, valid_until=date(2026, 5, 15), by=unit, key="moved")
    assert town.plan(day) == [("甲物业", "sms", ("A1",))]


def test_a_validity_moved_there_and_back_is_corrected_both_times(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 2, 10))
    said = []
    for number, day in enumerate((date(2026, 4, 30), V, date(2026, 4, 30), V)):
        today = date(2026, 2, 11) + timedelta(days=number)
        act(renew_validity, today, lift_id=lift, valid_until=day, by=unit, key=f"moved{number}")
        said += [step for _, step, _ in town.plan(today) if step == "corrected"]
    assert said == ["corrected"] * 4


def test_a_renewed_validity_ends_the_ladder_and_starts_the_next_cycle(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 3, 10))
    act(renew_validity, date(2026, 3, 10), lift_id=lift, valid_until=date(2027, 5, 31), by=unit, key="renewed")
    assert town.live(date(2026, 3, 10), date(2027, 1, 31)) == []
    assert steps_of(town.live(date(2027, 2, 1), date(2027, 2, 28)), "甲物业") == [("02-01", "sms")]


def test_a_lift_transferred_brings_one_introduction_and_not_the_ladders_past(
    town: Any, act: Callable[..., Any]
) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, old, on=WINTER)
    town.live(WINTER, date(2026, 3, 10))
    act(change_unit, date(2026, 3, 11), lift_id=lift, old=old, new=new)
    said = town.live(date(2026, 3, 11), date(2026, 5, 31))
    assert steps_of(said, "甲物业") == []
    assert steps_of(said, "乙物业") == [
        ("03-11", "introduction"),
        ("05-06", "target"),
        ("05-14", "backstop"),
        ("05-19", "list"),
    ]


def test_a_lift_transferred_before_its_message_went_out_takes_it_back(town: Any, act: Callable[..., Any]) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, old, on=WINTER)
    day = date(2026, 2, 2)
    town.plan(day, send=False)
    act(change_unit, day, lift_id=lift, old=old, new=new)
    assert town.plan(day) == [("乙物业", "introduction", ("A1",))]
    with town.database.read() as session:
        notice = session.exec(select(Notice).where(Notice.party_id == old)).one()
    assert (notice.status, notice.reason) == (NoticeStatus.CANCELLED, "transferred")


def test_ten_lifts_transferred_make_one_introduction(town: Any, act: Callable[..., Any]) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lifts = [town.lift(f"L{number}", V, old, on=WINTER) for number in range(10)]

    def change(session: Any, *, today: date, now: datetime) -> None:
        change_use_units(session, [UseUnitChange(lift, old, new) for lift in lifts], on=today, now=now)

    act(change, date(2026, 3, 11))
    assert [(party, step, len(keys)) for party, step, keys in town.plan(date(2026, 3, 11))] == [
        ("乙物业", "introduction", 10),
        ("乙物业", "call", 10),  # 000 四5 asks for a call, and nobody has called the new unit
    ]


def test_a_transfer_ends_the_booking_of_the_former_unit_and_asks_about_it(town: Any, act: Callable[..., Any]) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, old, on=WINTER)
    act(book, WINTER, lift_ids=[lift], visit_on=date(2026, 4, 1), by=old, key="tap")
    act(change_unit, date(2026, 3, 11), lift_id=lift, old=old, new=new)
    assert town.duty(lift).booked_on is None
    with town.database.read() as session:
        assert session.exec(select(Task.kind)).all() == [TaskKind.BOOKING_OF_FORMER_UNIT]


def test_a_booking_made_pauses_the_ladder_until_the_day_after_the_visit(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    act(book, date(2026, 1, 20), lift_ids=[lift], visit_on=date(2026, 4, 15), by=unit, key="tap")
    assert town.live(date(2026, 1, 20), date(2026, 4, 15)) == []
    assert town.duty(lift).next_on == date(2026, 4, 16)
    act(
        record_inspection, date(2026, 4, 15), lift_ids=[lift], on=date(2026, 4, 15), conclusion="pass", by=unit, key="r"
    )
    assert town.live(date(2026, 4, 16), date(2026, 8, 1)) == []


def test_a_booking_made_then_cancelled_resumes_at_the_right_rung(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 2, 10))
    act(book, date(2026, 2, 10), lift_ids=[lift], visit_on=date(2026, 5, 12), by=unit, key="tap")
    assert town.live(date(2026, 2, 11), date(2026, 4, 9)) == []
    act(cancel_booking, date(2026, 4, 10), lift_ids=[lift], by=unit, key="cancel")
    assert town.plan(date(2026, 4, 10)) == [("甲物业", "call", ("A1",))]


def test_a_no_show_resumes_the_day_after_by_itself(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 3, 31))
    act(book, date(2026, 4, 1), lift_ids=[lift], visit_on=date(2026, 5, 7), by=unit, key="tap")
    said = town.live(date(2026, 4, 1), date(2026, 5, 31))
    assert steps_of(said, "甲物业") == [("05-08", "target"), ("05-14", "backstop"), ("05-19", "list")]


def test_a_no_show_that_is_reported_resumes_at_once(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 3, 31))
    act(book, date(2026, 4, 1), lift_ids=[lift], visit_on=date(2026, 5, 12), by=unit, key="tap")
    town.live(date(2026, 4, 1), date(2026, 5, 10))
    act(record_visit_missed, date(2026, 5, 11), lift_ids=[lift], on=date(2026, 5, 11), by=unit, key="missed")
    assert town.plan(date(2026, 5, 11)) == [("甲物业", "target", ("A1",))]


def test_g38_a_booking_after_the_20th_is_on_the_list_under_its_own_heading(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    late, none = (town.lift(key, V, unit, on=WINTER) for key in ("A1", "A2"))
    done = act(book, date(2026, 4, 1), lift_ids=[late], visit_on=date(2026, 5, 28), by=unit, key="tap")
    assert done.booked_too_late == 1
    town.live(date(2026, 4, 1), date(2026, 5, 19))
    with town.database.read() as session:
        listed = session.exec(select(Notice).where(Notice.step == "list")).all()
    by_template = {notice.template: notice.party_id for notice in listed}
    assert set(by_template) == {"gz.unbooked", "gz.booked_late", "gz.listed"}
    assert by_template["gz.listed"] == unit, "and it speaks of the un-booked lift only"
    assert town.states(none)["list"] == town.states(late)["list"] == "told"


def test_g37_an_unbooked_lift_is_on_the_list_of_the_last_working_day_before_the_20th(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    town.live(WINTER, date(2026, 5, 18))
    assert ("天河区市场监督管理局", "list", ("A1",)) in town.plan(date(2026, 5, 19))


def test_overdue_is_told_whatever_is_booked(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    act(book, date(2026, 4, 1), lift_ids=[lift], visit_on=date(2026, 6, 20), by=unit, key="tap")
    town.live(date(2026, 4, 1), date(2026, 5, 31))
    assert ("甲物业", "overdue", ("A1",)) in town.plan(date(2026, 6, 1))


def test_a_tap_that_arrives_twice_books_once(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    first = act(book, WINTER, lift_ids=[lift], visit_on=date(2026, 4, 1), by=unit, key="tap")
    again = act(book, WINTER, lift_ids=[lift], visit_on=date(2026, 4, 2), by=unit, key="tap")
    assert (first.repeated, again.repeated) == (False, True)
    assert town.duty(lift).booked_on == date(2026, 4, 1)


def test_a_week_without_a_tick_is_caught_up_once_with_the_latest_rung_of_each_lift(town: Any) -> None:
    unit = town.unit("甲物业")
    town.lift("A1", V, unit, on=WINTER)
    town.live(WINTER, date(2026, 5, 12))
    assert town.plan(date(2026, 5, 20)) == [("天河区市场监督管理局", "list", ("A1",)), ("甲物业", "list", ("A1",))]
    assert town.live(date(2026, 5, 21), date(2026, 5, 31)) == []


def test_a_week_without_a_tick_at_a_months_end_sends_the_message_late_and_the_call_in_its_window(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    said = town.live(date(2026, 3, 4), date(2026, 3, 31))
    assert steps_of(said, "甲物业") == [("03-04", "sms"), ("03-05", "call")]


def test_a_holiday_year_arriving_moves_the_rungs_that_are_still_to_come(town: Any, tmp_path: Path) -> None:
    lift = town.lift("A1", date(2027, 2, 28), town.unit("甲物业"), on=date(2026, 11, 2))
    town.live(date(2026, 11, 2), date(2026, 12, 10))
    assert town.duty(lift).next_on == date(2027, 1, 29)
    days = {f"2027-01-{day}": True for day in (29, 30, 31)} | {"2027-02-05": True, "2027-02-08": False}
    entries = [{"name": "假日", "date": day, "isOffDay": off} for day, off in days.items()]
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "papers": [], "days": entries}), encoding="utf-8")
    with town.database.write() as session:
        store_year(session, read_holiday_file(path), source="2027", now=datetime(2026, 12, 11, tzinfo=UTC))
        rules = rules_in_force(session, "guangzhou", date(2026, 12, 11))
        assert rewrite_step_dates(session, rules, load_calendar(session)) > 0
    assert town.duty(lift).next_on == date(2027, 2, 1)


def test_a_lift_without_a_use_unit_is_a_task_and_is_told_when_there_is_one(town: Any) -> None:
    lift = town.lift("A1", V, None, on=WINTER)
    assert town.plan(date(2026, 2, 2)) == []
    with town.database.read() as session:
        assert session.exec(select(Task.kind)).all() == [TaskKind.USE_UNIT_MISSING]
    unit = town.unit("甲物业")
    with town.database.write() as session:
        session.add(Responsibility(lift_id=lift, party_id=unit, role="use_unit", from_on=date(2026, 3, 5)))
    assert town.plan(date(2026, 3, 5)) == [("甲物业", "sms", ("A1",))]


def test_the_maintainer_gets_a_copy_of_each_rung(town: Any) -> None:
    maintainer = town.unit("丙维保", "+8614000000002", kind="m")
    town.lift("A1", V, town.unit("甲物业"), on=WINTER, maintainer=maintainer)
    said = town.live(WINTER, date(2026, 6, 30))
    assert [step for _, step in steps_of(said, "丙维保")] == ["sms", "call", "target", "backstop", "list", "overdue"]


def test_a_lift_that_comes_to_us_after_the_list_day_is_told_to_its_unit_and_not_only_reported(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=date(2026, 5, 25))
    assert ("甲物业", "list", ("A1",)) in town.plan(date(2026, 5, 25))


@pytest.mark.parametrize(("day", "step"), [(date(2026, 5, 19), "list"), (date(2026, 6, 1), "overdue")])
def test_a_transfer_on_the_day_of_a_district_push_does_not_lose_the_push(
    town: Any, act: Callable[..., Any], day: date, step: str
) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, old, on=WINTER)
    town.live(WINTER, day - timedelta(days=1))
    act(change_unit, day, lift_id=lift, old=old, new=new)
    said = town.plan(day)
    assert ("天河区市场监督管理局", step, ("A1",)) in said
    assert ("乙物业", step, ("A1",)) in said
    assert not any(name == "甲物业" for name, _, _ in said)


@pytest.mark.parametrize("status", [NoticeStatus.FAILED, NoticeStatus.UNKNOWN])
def test_a_transfer_takes_back_what_failed_or_has_an_unknown_outcome_at_the_former_unit(
    town: Any, act: Callable[..., Any], status: NoticeStatus
) -> None:
    old, new = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, old, on=WINTER)
    town.plan(date(2026, 2, 2), send=False)
    with town.database.write() as session:
        notice = session.exec(select(Notice)).one()
        notice.status = status
        session.add(notice)
    act(change_unit, date(2026, 2, 3), lift_id=lift, old=old, new=new)
    with town.database.read() as session:
        assert session.exec(select(Notice.status).where(Notice.party_id == old)).one() == NoticeStatus.CANCELLED


def test_a_notice_that_could_not_leave_for_weeks_is_replaced_by_the_latest_rung(town: Any) -> None:
    lift = town.lift("A1", V, town.unit("甲物业"), on=WINTER)
    town.plan(date(2026, 2, 2), send=False)
    assert town.plan(date(2026, 5, 10)) == [("甲物业", "target", ("A1",))]
    assert town.states(lift)["sms"] == "released"


def test_a_lift_that_comes_up_later_in_the_day_does_not_join_a_notice_that_half_of_its_people_have(town: Any) -> None:
    unit = town.unit("甲物业")
    town.lift("A1", V, unit, on=WINTER)
    town.plan(date(2026, 5, 6), send=False)
    with town.database.write() as session:
        notice = session.exec(select(Notice).where(Notice.party_id == unit)).one()
        notice.tries = 1
        session.add(notice)
    town.lift("A2", V, unit, on=date(2026, 5, 6))
    assert town.plan(date(2026, 5, 6)) == [("甲物业", "target", ("A1",)), ("甲物业", "target", ("A2",))]


def test_a_lift_that_changes_hands_again_and_again_is_introduced_each_time(town: Any, act: Callable[..., Any]) -> None:
    first, second = town.unit("甲物业"), town.unit("乙物业", "+8614000000009")
    lift = town.lift("A1", V, first, on=WINTER)
    town.live(WINTER, date(2026, 2, 10))
    said = []
    for number, (old, new) in enumerate([(first, second), (second, first), (first, second)]):
        today = date(2026, 2, 11) + timedelta(days=number)
        act(change_unit, today, lift_id=lift, old=old, new=new)
        said += [(name, step) for name, step, _ in town.plan(today)]
    assert said == [("乙物业", "introduction"), ("甲物业", "introduction"), ("乙物业", "introduction")]


def test_the_same_result_recorded_by_two_people_on_one_day_is_one_report(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", V, unit, on=WINTER)
    day = date(2026, 4, 15)
    for key in ("one", "other"):
        act(record_inspection, day, lift_ids=[lift], on=day, conclusion="pass", by=unit, key=key)
    assert town.duty(lift).kind == "inspection_report"


def test_the_reports_date_stays_when_the_register_moves_on(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    lift = town.lift("A1", date(2026, 2, 28), unit, on=date(2025, 11, 3))
    day = date(2026, 2, 24)
    act(record_inspection, day, lift_ids=[lift], on=day, conclusion="pass", by=unit, key="passed")
    act(renew_validity, day, lift_id=lift, valid_until=date(2027, 2, 28), by=unit, key="renewed")
    with town.database.read() as session:
        assert session.exec(select(Duty.due).where(Duty.kind == "inspection_report")).one() == date(2026, 2, 28)


def test_a_tap_for_more_lifts_under_the_same_key_acts_for_the_new_ones(town: Any, act: Callable[..., Any]) -> None:
    unit = town.unit("甲物业")
    first, second = (town.lift(key, V, unit, on=WINTER) for key in ("A1", "A2"))
    act(book, WINTER, lift_ids=[first, first], visit_on=date(2026, 4, 1), by=unit, key="tap")
    act(book, WINTER, lift_ids=[first, second], visit_on=date(2026, 4, 2), by=unit, key="tap")
    assert (town.duty(first).booked_on, town.duty(second).booked_on) == (date(2026, 4, 1), date(2026, 4, 2))


def test_a_party_that_is_both_unit_and_maintainer_is_told_once_a_rung(town: Any) -> None:
    both = town.unit("甲物业")
    town.lift("A1", V, both, on=WINTER, maintainer=both)
    assert town.plan(date(2026, 2, 2)) == [("甲物业", "sms", ("A1",))]


def test_lifts_of_two_districts_make_two_last_warnings_because_each_names_its_bureau(town: Any) -> None:
    unit = town.unit("甲物业")
    town.lift("A1", V, unit, on=date(2026, 5, 7), district="440106")
    town.lift("A2", V, unit, on=date(2026, 5, 7), district="440113")
    town.plan(date(2026, 5, 7))
    assert town.plan(date(2026, 5, 14)) == [("甲物业", "backstop", ("A1",)), ("甲物业", "backstop", ("A2",))]


def test_an_unknown_district_goes_to_the_city_regulator(town: Any) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=date(2026, 5, 19), district="")
    assert ("广州市市场监督管理局", "list", ("A1",)) in town.plan(date(2026, 5, 19))


@pytest.mark.parametrize("weekend", [date(2026, 2, 7), date(2026, 2, 8)])
def test_a_rung_that_may_wait_is_not_told_on_a_day_of_rest(town: Any, weekend: date) -> None:
    town.lift("A1", V, town.unit("甲物业"), on=weekend)
    assert town.plan(weekend) == []
    assert town.plan(date(2026, 2, 9)) != []
