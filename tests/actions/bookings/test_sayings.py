"""What a unit says of its lifts: reminders wait for the department where it says that they were inspected elsewhere."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from actions.checks.desk import check_of_desk, confirm_saying, refute_saying
from actions.checks.own_sayings import saying_of_unit, sayings_of_unit, take_back_saying
from actions.checks.sayings import say_inspected, say_not_ours, say_out_of_use
from actions.permissions import NotAllowedError
from actions.visits.bookings import book_visit
from notifier.prepare import prepare
from schedules.duties import rebuild
from store.notices import Notice
from store.parties import ContactRole
from store.tasks import Task
from tixing.checkup import check_up

UNTIL = date(2026, 4, 9)  # five working days after 1 April: the 6th is a holiday, the 4th and 5th a weekend
ELSEWHERE = date(2026, 3, 20)


def test_reminders_stop_at_once_and_the_department_is_asked(place: Any):
    lift = place.lift("1", "云荔物业")
    assert {step for step, _ in place.plan(date(2026, 4, 1))} == {"call", "sms"}
    said = place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE, note="由 XX 院检验")
    assert (said.desks, said.until) == (["天河检验部"], UNTIL)
    assert place.plan(date(2026, 4, 1)) == [], "what had not gone out is taken back"
    assert (place.duty(lift).held_until, place.duty(lift).booked_on) == (UNTIL, None)
    (check,) = place.checks()
    assert (check.said, check.on, check.unit, check.who) == ("inspected", ELSEWHERE, "云荔物业", "陈一鸣")
    assert (check.phone, check.note, check.lifts) == ("+8614000000001", "由 XX 院检验", ["云荔花园1栋1梯"])


def test_nobody_who_says_it_is_told_before_the_department_has_looked_or_its_days_are_over(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    for day in (2, 3, 7, 8):
        assert place.plan(date(2026, 4, day)) == []
    assert place.duty(lift).next_on == UNTIL
    assert {step for step, _ in place.plan(UNTIL)} == {"call", "sms"}


def test_confirmed_it_is_an_inspection_and_nothing_more_is_told(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    (check,) = place.checks()
    place.do(confirm_saying, "何值班", task_id=check.task_id)
    assert (place.duty(lift).closed_on, place.duty(lift).held_until, place.checks()) == (ELSEWHERE, None, [])
    (event,) = place.events("inspection_ended")
    assert (event.payload["on"], event.payload["conclusion"], event.party_id) == (
        "2026-03-20",
        "pass",
        place.parties["天河检验部"],
    )


def test_the_department_may_have_found_another_day(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    place.do(confirm_saying, "罗检验", task_id=place.checks()[0].task_id, on=date(2026, 3, 18))
    assert place.duty(lift).closed_on == date(2026, 3, 18)


def test_refuted_the_reminders_go_on_at_the_right_rung(place: Any):
    lift = place.lift("1", "云荔物业")
    before = place.duty(lift).next_on
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    place.today = date(2026, 4, 2)
    check = place.do(refute_saying, "何值班", task_id=place.checks()[0].task_id, note="查无记录")
    assert (place.duty(lift).held_until, place.duty(lift).next_on) == (None, before)
    assert {step for step, _ in place.plan(date(2026, 4, 2))} == {"call", "sms", "saying_settled"}
    assert place.do(check_of_desk, "何值班", task_id=check.task_id) == check
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    assert (place.duty(lift).held_until, len(place.checks())) == (None, 1), (
        "said again it is looked into, not waited for"
    )


def test_a_booking_with_us_ends_it(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    place.do(book_visit, "陈一鸣", lift_ids=[lift], day=date(2026, 4, 8), half="am")
    assert (place.duty(lift).booked_on, place.duty(lift).held_until) == (date(2026, 4, 8), None)


def test_said_beside_a_booking_the_later_day_holds(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(book_visit, "陈一鸣", lift_ids=[lift], day=date(2026, 4, 3), half="am")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    assert (place.duty(lift).booked_on, place.duty(lift).next_on) == (date(2026, 4, 3), UNTIL)
    other = place.lift("2", "云荔物业")
    place.do(book_visit, "陈一鸣", lift_ids=[other], day=date(2026, 4, 20), half="am")
    place.do(say_inspected, "陈一鸣", lift_ids=[other], on=ELSEWHERE)
    assert place.duty(other).next_on == date(2026, 4, 21)


def test_overdue_and_what_is_owed_to_regulators_does_not_wait(place: Any):
    lift = place.lift("1", "云荔物业")
    place.today = date(2026, 5, 29)
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    assert {step for step, _ in place.plan(date(2026, 6, 1))} == {"overdue"}


def test_it_survives_a_rebuild_of_everything(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    now = place.asked("陈一鸣").now
    place.write(lambda session: rebuild(session, city_id="guangzhou", today=place.today, now=now))
    assert place.duty(lift).held_until == UNTIL
    found = check_up(place.database, today=place.today, now=now)
    assert not [one.message for one in found if one.level == one.WRONG]


def test_one_tap_says_it_once_and_nobody_says_it_twice(place: Any):
    lift = place.lift("1", "云荔物业")
    for _ in range(2):
        said = place.do(say_inspected, "陈一鸣", "tap", lift_ids=[lift], on=ELSEWHERE)
    assert (said.repeated, len(place.events("said_inspected")), len(place.checks())) == (True, 1, 1)
    refused = place.refusal(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    assert (refused.name, refused.facts) == ("sayings.said_already", {"until": UNTIL})


@pytest.mark.parametrize("on", [date(2024, 4, 1), date(2027, 4, 2)])
def test_a_day_that_makes_no_sense_is_refused(place: Any, on: date):
    lift = place.lift("1", "云荔物业")
    assert place.refusal(say_inspected, "陈一鸣", lift_ids=[lift], on=on).name == "sayings.no_such_day"
    assert place.duty(lift).held_until is None


@pytest.mark.parametrize(("verb", "kind"), [(say_not_ours, "not_their_lifts"), (say_out_of_use, "said_out_of_use")])
def test_other_sayings_are_checked_and_reminders_go_on(place: Any, verb: Any, kind: str):
    here, there = place.lift("1", "云荔物业"), place.lift("2", "云荔物业", district="440104")
    before = place.duty(here).next_on
    for _ in range(2):
        place.do(verb, "陈一鸣", "tap", lift_ids=[here, there], note="见附件")
    (check,) = place.checks()
    assert (check.kind, check.lifts, check.note) == (kind, ["云荔花园1栋1梯"], "见附件")
    assert len(place.checks("越秀值班")) == 1
    assert (place.duty(here).next_on, place.duty(here).held_until) == (before, None)
    assert [event.payload["answer"] for event in place.events("urging_answered")] == [check.said] * 2
    place.do(confirm_saying, "何值班", task_id=check.task_id, note="登记已改")
    task = place.ask(lambda session: session.exec(select(Task).where(Task.id == check.task_id)).one())
    assert (task.status, task.outcome) == ("done", "confirmed: 登记已改 (何值班)")


def test_a_check_is_settled_once_by_its_department(place: Any):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    task_id = place.checks()[0].task_id
    for who in ("陈一鸣", "越秀值班", "维保甲"):
        for verb in (confirm_saying, refute_saying, check_of_desk):
            with pytest.raises(NotAllowedError):
                place.do(verb, who, task_id=task_id)
    with pytest.raises(NotAllowedError):
        place.do(say_inspected, "黄敏", lift_ids=[lift], on=ELSEWHERE)
    for _ in range(2):
        place.do(confirm_saying, "何值班", "tap", task_id=task_id)
    assert place.refusal(refute_saying, "罗检验", task_id=task_id).name == "sayings.settled"
    assert len(place.events("inspection_ended")) == 1


def outcomes(place: Any) -> list[tuple[str, str]]:
    """(template, who reads it)."""

    def read(session: Any) -> list[tuple[str, str]]:
        ids = session.exec(select(Notice.id).where(Notice.duty == "saying").order_by(col(Notice.id))).all()
        found = prepare(session, ids, ("webchat",), place.today)
        assert all(one.lift_keys for one in found)
        return [(one.template, one.name) for one in found]

    return place.ask(read)


def test_reminders_of_a_lift_wait_once_in_a_cycle(place: Any):
    first, other = place.lift("1", "云荔物业"), place.lift("2", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[first], on=ELSEWHERE)
    place.today = date(2026, 4, 13)  # nobody has looked
    for note in ("", "报告 77 号"):
        said = place.do(say_inspected, "陈一鸣", lift_ids=[first], on=ELSEWHERE, note=note)
        assert (said.until, said.unheld, said.desks) == (None, 1, ["天河检验部"])
    assert [one.note for one in place.checks()] == ["报告 77 号"], "one check, with what was said last"
    assert len(place.events("said_inspected")) == 3
    said = place.do(say_inspected, "陈一鸣", lift_ids=[first, other], on=ELSEWHERE)
    assert (said.until, said.unheld) == (date(2026, 4, 20), 1)


def test_who_said_it_hears_what_came_of_it_and_the_head_sees_all(place: Any):
    place.person("赵法人", "云荔物业", ContactRole.LEGAL_REP, "+8614000000012")
    place.person("钱安全", "云荔物业", ContactRole.SAFETY_MANAGER, "+8614000000013")
    lifts = [place.lift(key, "云荔物业") for key in "123"]
    place.do(say_inspected, "陈一鸣", lift_ids=lifts[:1], on=ELSEWHERE)
    place.do(say_out_of_use, "钱安全", lift_ids=lifts[1:2])
    place.do(say_not_ours, "陈一鸣", lift_ids=lifts[2:])
    place.today = date(2026, 4, 3)
    inspected, out_of_use, not_ours = place.checks()
    place.do(refute_saying, "何值班", task_id=inspected.task_id, note="查无记录")
    place.do(confirm_saying, "何值班", task_id=out_of_use.task_id)
    assert outcomes(place) == [("saying.refuted", "陈一鸣"), ("saying.confirmed", "钱安全")]
    seen = place.do(sayings_of_unit, "赵法人")
    assert [(one.result, one.who, one.days, one.mine) for one in seen] == [
        ("open", "陈一鸣", 2, False),
        ("confirmed", "钱安全", 2, False),
        ("not so", "陈一鸣", 2, False),
    ]
    assert [one.who for one in place.do(sayings_of_unit, "陈一鸣")] == ["陈一鸣", "陈一鸣"]
    for who in ("钱安全", "赵法人", "黄敏", "何值班"):
        with pytest.raises(NotAllowedError):
            place.do(take_back_saying, who, task_id=not_ours.task_id)
    with pytest.raises(NotAllowedError):
        place.do(saying_of_unit, "陈一鸣", task_id=out_of_use.task_id)


def test_what_was_said_by_mistake_is_taken_back_and_reminders_go_on(place: Any):
    lift = place.lift("1", "云荔物业")
    before = place.duty(lift).next_on
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE)
    task_id = place.checks()[0].task_id
    assert place.do(sayings_of_unit, "陈一鸣")[0].mine
    for _ in range(2):
        assert place.do(take_back_saying, "陈一鸣", "tap", task_id=task_id).result == "taken back"
    assert (place.duty(lift).held_until, place.duty(lift).next_on, place.checks()) == (None, before, [])
    assert place.refusal(refute_saying, "何值班", task_id=task_id).name == "sayings.settled"
    assert place.refusal(take_back_saying, "陈一鸣", task_id=task_id).name == "sayings.settled"
    assert outcomes(place) == []


def test_what_a_colleague_says_stands_beside_it_and_stays_when_the_first_is_taken_back(place: Any):
    place.person("钱安全", "云荔物业", ContactRole.SAFETY_MANAGER, "+8614000000013")
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=ELSEWHERE, note="甲院")
    place.today = date(2026, 4, 2)
    said = place.do(say_inspected, "钱安全", lift_ids=[lift], on=date(2026, 3, 21), note="乙院")
    assert (said.until, place.refusal(say_inspected, "钱安全", lift_ids=[lift], on=ELSEWHERE).name) == (
        UNTIL,
        "sayings.said_already",
    )
    (check,) = place.checks()
    assert [(one.who, one.note, one.on, one.day.day) for one in check.sayings] == [
        ("陈一鸣", "甲院", ELSEWHERE, 1),
        ("钱安全", "乙院", date(2026, 3, 21), 2),
    ]
    for _ in range(2):
        assert place.do(take_back_saying, "陈一鸣", "tap", task_id=check.task_id).result == "taken back"
    assert place.refusal(take_back_saying, "陈一鸣", task_id=check.task_id).name == "sayings.settled"
    assert (place.duty(lift).held_until, [one.who for one in place.checks()[0].sayings]) == (UNTIL, ["钱安全"])
    assert [(one.result, len(one.sayings)) for one in place.do(sayings_of_unit, "钱安全")] == [("open", 2)]
    place.do(refute_saying, "何值班", task_id=check.task_id)
    assert outcomes(place) == [("saying.refuted", "钱安全")]
    assert place.do(saying_of_unit, "陈一鸣", task_id=check.task_id).result == "taken back"


def test_who_said_the_same_in_one_check_all_hear_what_came_of_it(place: Any):
    place.person("钱安全", "云荔物业", ContactRole.SAFETY_MANAGER, "+8614000000013")
    lift = place.lift("1", "云荔物业")
    for who in ("陈一鸣", "钱安全"):
        place.do(say_out_of_use, who, lift_ids=[lift])
    place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert outcomes(place) == [("saying.confirmed", "陈一鸣"), ("saying.confirmed", "钱安全")]


def test_a_lift_waits_as_long_as_it_is_said_in_any_check(place: Any):
    place.person("钱安全", "云荔物业", ContactRole.SAFETY_MANAGER, "+8614000000013")
    lifts = [place.lift(key, "云荔物业") for key in "12"]
    place.do(say_inspected, "陈一鸣", lift_ids=lifts[:1], on=ELSEWHERE)
    place.do(say_inspected, "钱安全", lift_ids=lifts, on=ELSEWHERE)
    first, second = place.checks()
    place.do(take_back_saying, "陈一鸣", task_id=first.task_id)
    assert [place.duty(lift).held_until for lift in lifts] == [UNTIL, UNTIL]
    place.do(take_back_saying, "钱安全", task_id=second.task_id)
    assert [place.duty(lift).held_until for lift in lifts] == [None, None]
