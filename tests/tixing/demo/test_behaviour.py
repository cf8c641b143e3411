"""What people do is drawn from what they were told, and is the same every time."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from schedules.calendar import WorkingCalendar
from tixing.demo.acts import Act, ActKind, Answer, CallState, LiftState, draw
from tixing.demo.behaviour import acts_of
from tixing.demo.data import Profile
from tixing.demo.visits import RECTIFIES

DAYS = WorkingCalendar()
MONDAY = date(2026, 11, 2)
V = date(2027, 1, 31)
DESK = "检验二部"
CALLS_AFTER = {DESK: 3}


def lift(number: int = 1, profile: Profile = Profile.PROMPT, **known: object) -> LiftState:
    values: dict[str, object] = {"told": {}, **known}
    return LiftState(lift_id=number, key=f"K{number}", site="云荔花园", profile=profile, due=V, **values)  # type: ignore[arg-type]


def act_on(day: date, lifts: Sequence[LiftState], calls: Sequence[CallState] = ()) -> list[Act]:
    return acts_of(day, lifts, calls, DAYS, CALLS_AFTER)


def first_booking(one: LiftState, start: date) -> tuple[date, date]:
    """The day on which the lift is booked, and the day of the visit."""
    for offset in range(60):
        day = start + timedelta(days=offset)
        for act in act_on(day, [one]):
            assert act.kind is ActKind.BOOK
            assert act.on is not None
            return day, act.on
    raise AssertionError("never booked")


def test_the_prompt_book_within_five_days_of_the_sms_or_the_next_working_day() -> None:
    booked, visit = first_booking(lift(told={"sms": MONDAY}), MONDAY)
    assert MONDAY < booked <= DAYS.first_working(MONDAY + timedelta(days=5))
    assert visit > booked
    assert DAYS.is_working(visit)


@pytest.mark.parametrize(
    ("profile", "rungs"),
    [
        (Profile.AFTER_TARGET, ("sms", "call")),
        (Profile.AFTER_LAST, ("sms", "call", "target")),
        (Profile.LISTED, ("sms", "call", "target", "backstop")),
    ],
)
def test_the_others_wait_for_their_rung(profile: Profile, rungs: tuple[str, ...]) -> None:
    told = dict.fromkeys(rungs, MONDAY)
    waiting = lift(profile=profile, told=told)
    assert not any(act_on(MONDAY + timedelta(days=offset), [waiting]) for offset in range(40))
    rung = {Profile.AFTER_TARGET: "target", Profile.AFTER_LAST: "backstop", Profile.LISTED: "list"}[profile]
    booked, _ = first_booking(lift(profile=profile, told={**told, rung: MONDAY}), MONDAY)
    assert booked <= MONDAY + timedelta(days=4)


def test_nobody_acts_on_a_day_of_rest() -> None:
    assert act_on(date(2026, 10, 1), [lift(told={"sms": date(2026, 9, 1)}, booked_on=date(2026, 10, 1))]) == []


def test_a_site_with_many_lifts_is_visited_on_several_days() -> None:
    lifts = [lift(number, told={"sms": MONDAY}) for number in range(1, 23)]
    acts = act_on(MONDAY + timedelta(days=7), lifts)
    assert [len(act.lift_ids) for act in acts] == [9, 9, 4]
    assert len({act.on for act in acts}) == 3


def test_a_visit_in_the_typhoon_moves_behind_it() -> None:
    [act] = act_on(date(2026, 9, 16), [lift(booked_on=date(2026, 9, 16))])
    assert act.kind is ActKind.BOOK
    assert act.on == date(2026, 9, 22)  # the 20th is a make-up Sunday


def test_first_visits_end_as_an_inspector_expects() -> None:
    lifts = [lift(number, booked_on=MONDAY) for number in range(1, 2001)]
    share = {act.kind: len(act.lift_ids) / len(lifts) for act in act_on(MONDAY, lifts) if act.kind is not ActKind.BOOK}
    assert share[ActKind.PASS] == pytest.approx(0.70, abs=0.04)
    assert share[ActKind.OPINION] == pytest.approx(0.26, abs=0.04)
    assert 0 < share[ActKind.MISS] < 0.04
    assert 0 < share[ActKind.FAIL] < 0.04


def test_an_aborted_visit_is_booked_anew_the_same_day() -> None:
    lifts = [lift(number, booked_on=MONDAY) for number in range(1, 400)]
    acts = act_on(MONDAY, lifts)
    missed = next(act for act in acts if act.kind is ActKind.MISS)
    again = next(act for act in acts if act.kind is ActKind.BOOK)
    assert missed.lift_ids == again.lift_ids


def test_opinion_notices_are_answered_in_time_or_the_inspector_concludes_after_the_deadline() -> None:
    deadline = date(2026, 11, 16)
    numbers = range(1, 200)
    lapses = next(n for n in numbers if draw("rectifies", f"K{n}", MONDAY) >= RECTIFIES)
    answers = next(n for n in numbers if draw("rectifies", f"K{n}", MONDAY) < RECTIFIES)
    open_items = {"booked_on": None, "opinion_on": MONDAY, "rectify_by": deadline, "visits": 1}
    assert act_on(deadline, [lift(lapses, **open_items)]) == []
    assert [act.kind for act in act_on(date(2026, 11, 17), [lift(lapses, **open_items)])] == [ActKind.FAIL]
    assert [act.kind for act in act_on(deadline, [lift(answers, **open_items)])] == [ActKind.CONFIRM]


def test_a_failed_lift_is_inspected_again_after_some_days() -> None:
    failed = lift(failed_on=MONDAY, visits=1, told={"sms": MONDAY})
    assert act_on(MONDAY + timedelta(days=1), [failed]) == []
    booked, _ = first_booking(failed, MONDAY + timedelta(days=1))
    assert booked > MONDAY + timedelta(days=3)


def call(lift_ids: tuple[int, ...], call_by: date = date(2026, 11, 30)) -> CallState:
    return CallState(7, DESK, lift_ids, MONDAY, call_by)


def test_the_officer_calls_after_some_working_days_but_not_after_the_last_day() -> None:
    waiting = [lift(profile=Profile.AFTER_CALL, told={"call": MONDAY})]
    assert act_on(date(2026, 11, 4), waiting, [call((1,))]) == []
    [made] = act_on(date(2026, 11, 5), waiting, [call((1,))])
    assert (made.kind, made.answer, made.lift_ids) == (ActKind.ANSWER, Answer.BOOKED, (1,))
    [hurried] = act_on(date(2026, 11, 3), waiting, [call((1,), call_by=date(2026, 11, 3))])
    assert hurried.answer is Answer.BOOKED


@pytest.mark.parametrize(
    ("profile", "answers"),
    [
        (Profile.AFTER_TARGET, {Answer.CALL_AGAIN}),
        (Profile.LISTED, {Answer.REFUSED, Answer.NO_ANSWER}),
        (Profile.DEAD_NUMBER, {Answer.WRONG_NUMBER}),
    ],
)
def test_who_does_not_book_on_the_telephone_says_something_else(profile: Profile, answers: set[Answer]) -> None:
    [act] = act_on(date(2026, 11, 5), [lift(profile=profile, told={"call": MONDAY})], [call((1,))])
    assert act.answer in answers
    assert act.lift_ids == ()


def test_a_call_about_lifts_that_are_booked_meanwhile_is_dropped_at_once() -> None:
    booked = lift(profile=Profile.AFTER_CALL, told={"call": MONDAY}, booked_on=date(2026, 12, 1))
    [act] = act_on(date(2026, 11, 3), [booked], [call((1,))])
    assert (act.kind, act.answer, act.lift_ids) == (ActKind.ANSWER, None, ())


def test_the_same_day_plays_the_same_again() -> None:
    lifts = [lift(number, booked_on=MONDAY) for number in range(1, 100)]
    assert act_on(MONDAY, lifts) == act_on(MONDAY, lifts)
