"""What is inspected or booked elsewhere, once the department has looked: no visit and no report of ours."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from actions.checks.desk import check_of_desk, confirm_saying
from actions.checks.sayings import say_inspected
from actions.desk.day import visits_of_desk
from actions.visits.bookings import book_visit, bookings_of
from actions.visits.inspections import record_inspection
from store.duties import Duty

TODAY = date(2026, 4, 1)
UNTIL = date(2026, 4, 9)  # five working days after 1 April: the 6th is a holiday, the 4th and 5th a weekend
ELSEWHERE = date(2026, 3, 20)


def reports(place: Any) -> list[int | None]:
    query = select(Duty.lift_id).where(Duty.kind == "inspection_report", col(Duty.withdrawn_at).is_(None))
    return place.ask(lambda session: list(session.exec(query)))


def test_booked_elsewhere_becomes_a_booking_when_it_is_confirmed(place: Any):
    lift, visit = place.lift("1", "云荔物业"), date(2026, 4, 20)
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=visit)
    assert place.checks()[0].said == "booked_elsewhere"
    place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert (place.duty(lift).booked_on, place.duty(lift).held_until) == (visit, None)


def test_what_is_elsewhere_takes_no_place_and_brings_no_visit_and_no_report(place: Any):
    booked, inspected = place.lift("1", "云荔物业"), place.lift("2", "云荔物业")
    for lift, day in ((booked, date(2026, 4, 20)), (inspected, ELSEWHERE)):
        place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=day)
        place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert (place.taken(), place.gone(booked), place.gone(inspected)) == ({}, [], [])
    assert place.do(bookings_of, "陈一鸣") == []
    assert place.do(visits_of_desk, "何值班", first=TODAY, last=date(2026, 5, 31)) == []
    assert reports(place) == [], "the report is that of the body that was there"
    assert [event.payload["elsewhere"] for event in place.events("booked", "inspection_ended")] == [True, True]


def test_an_inspection_of_our_own_still_brings_its_report(place: Any):
    lift = place.lift("1", "云荔物业")
    now = place.asked("何值班").now
    own = {"lift_ids": [lift], "on": ELSEWHERE, "conclusion": "pass", "by": place.parties["天河检验部"], "now": now}
    place.write(lambda session: record_inspection(session, **own, today=TODAY, key="own"))
    assert reports(place) == [lift]


@pytest.mark.parametrize("said_on", [date(2026, 4, 20), ELSEWHERE])
def test_a_visit_of_ours_is_called_off_for_what_is_elsewhere_and_did_not_take_place(place: Any, said_on: date):
    lift = place.lift("1", "云荔物业")
    place.do(book_visit, "陈一鸣", lift_ids=[lift], day=date(2026, 4, 8), half="am")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=said_on)
    place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert (place.taken(), place.gone(lift)) == ({}, ["cancelled"])


@pytest.mark.parametrize(("result", "closed_on"), [("pass", date(2026, 4, 20)), ("fail", None)])
def test_a_booking_elsewhere_whose_day_has_passed_is_no_pass_before_somebody_says_so(
    place: Any, result: str, closed_on: date | None
):
    lift, visit = place.lift("1", "云荔物业"), date(2026, 4, 20)
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=visit)
    task_id = place.checks()[0].task_id
    place.today = date(2026, 4, 21)
    assert place.do(check_of_desk, "何值班", task_id=task_id).becomes == "needs_result"
    assert place.refusal(confirm_saying, "何值班", task_id=task_id).name == "sayings.which_result"
    assert (place.events("inspection_ended"), place.duty(lift).closed_on) == ([], None)
    place.do(confirm_saying, "何值班", task_id=task_id, result=result)
    assert place.duty(lift).closed_on == closed_on
    assert [event.payload["conclusion"] for event in place.events("inspection_ended")] == [result]
    assert reports(place) == []


def test_on_its_day_a_booking_elsewhere_is_still_one(place: Any):
    lift, visit = place.lift("1", "云荔物业"), date(2026, 4, 20)
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=visit)
    place.today = visit
    place.do(confirm_saying, "何值班", task_id=place.checks()[0].task_id)
    assert (place.duty(lift).booked_on, place.duty(lift).closed_on) == (visit, None)


@pytest.mark.parametrize(
    ("said_on", "on", "name"),
    [
        (ELSEWHERE, date(2026, 4, 2), "sayings.not_yet"),
        (ELSEWHERE, date(2024, 3, 20), "sayings.no_such_day"),
        (date(2026, 4, 20), date(2027, 4, 2), "sayings.no_such_day"),
    ],
)
def test_a_day_that_does_not_go_with_what_was_said_changes_nothing(place: Any, said_on: date, on: date, name: str):
    lift = place.lift("1", "云荔物业")
    place.do(say_inspected, "陈一鸣", lift_ids=[lift], on=said_on)
    assert place.refusal(confirm_saying, "何值班", task_id=place.checks()[0].task_id, on=on).name == name
    assert (place.events("booked", "inspection_ended"), place.duty(lift).held_until) == ([], UNTIL)
