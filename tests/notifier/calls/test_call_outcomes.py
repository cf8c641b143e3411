"""What callers press: each outcome reaches the attempt, the ledger and the register, once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from actions.desk import calls as verbs
from actions.desk.calls import CallError
from actions.evidence.attempts import Came, load_attempts
from actions.told.replies import Answer, Reply, take_reply
from notifier.call_receipts import take_call_receipts
from notifier.calls import rewrite_calls
from notifier.former_contacts import leave_former_contacts
from store.events import Event
from store.notices import Delivery, Inbox
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus

FIRST, SECOND = "+8614000000001", "+8614000000002"
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 on a Monday in China


def test_who_was_reached_was_told_and_the_task_keeps_who_said_so(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    assert (call.number, call.who, call.unit, len(call.lifts)) == (FIRST, "李小满", "广州示例云荔物业服务有限公司", 2)
    assert call.script.startswith("您好，我是检验一部的陈一鸣。")
    assert desk.press(verbs.told, call.task_id)
    assert desk.world.status(notice) == "delivered"
    assert desk.world.told(notice) == ["told", "told"]
    [task] = desk.tasks(TaskKind.CALL)
    assert (task.status, task.outcome, task.closed_on) == (TaskStatus.DONE, "told", date(2026, 11, 23))
    assert [(made["by"], made["outcome"], made["note"]) for made in verbs.calls_made(task)] == [
        ("陈一鸣", "told", "说下周来")
    ]
    assert ("sent", "called: told") in desk.world.history(notice)
    assert desk.open() == []


def test_a_tap_that_comes_twice_acts_once_and_another_outcome_later_is_refused(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    assert desk.press(verbs.told, call.task_id, key="a", will_book=True)
    assert not desk.press(verbs.told, call.task_id, key="a", will_book=True)
    assert len(desk.world.all(Event, Event.kind == "urging_answered")) == 2  # one for each lift
    assert len(desk.world.all(Inbox)) == 1
    with pytest.raises(CallError, match=r"was settled on 2026-11-23: will_book"):
        desk.press(verbs.no_answer, call.task_id)
    with pytest.raises(CallError, match="there is no call 4711"):
        desk.press(verbs.told, 4711)
    assert ("sent", "answered by person: will_book") in desk.world.history(notice)


def test_who_asks_for_another_call_was_told_and_gets_a_call_of_its_own_from_then_on(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    later = MORNING + timedelta(days=1)
    assert desk.press(verbs.told, call.task_id, call_back_at=later)
    assert desk.world.status(notice) == "delivered"
    [again] = desk.open()
    assert again.task_id != call.task_id
    assert (again.again_at, again.number, again.missed) == (later, FIRST, 0)
    assert desk.press(verbs.told, again.task_id)
    assert [task.outcome for task in desk.tasks(TaskKind.CALL)] == ["call_again", "told"]
    assert desk.world.all(Inbox, Inbox.handled_at.is_(None)) == []


def test_a_call_that_nobody_answers_is_made_three_times_and_then_the_next_contact_is_called(desk: Any) -> None:
    notice = desk.call(FIRST, SECOND)
    [call] = desk.open()
    assert desk.press(verbs.no_answer, call.task_id)
    [call] = desk.open()
    assert (call.missed, call.again_at) == (1, MORNING + timedelta(hours=2))
    assert desk.press(verbs.no_answer, call.task_id, now=MORNING + timedelta(hours=2))
    [call] = desk.open()
    assert (call.missed, call.again_at) == (2, datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    assert desk.world.status(notice) == "sent"
    assert desk.press(verbs.no_answer, call.task_id, now=MORNING + timedelta(days=1))
    assert desk.world.status(notice) == "planned"
    assert desk.world.told(notice) == ["reserved", "reserved"]
    desk.send(MORNING + timedelta(days=1))
    [call] = desk.open()
    assert call.number == SECOND
    assert desk.tasks(TaskKind.BAD_PHONE) == []


def test_a_call_told_by_two_people_or_made_before_its_time_does_not_count(desk: Any) -> None:
    notice = desk.call(FIRST, SECOND)
    [call] = desk.open()
    for minutes in (0, 0, 1, 119):
        assert desk.press(verbs.no_answer, call.task_id, now=MORNING + timedelta(minutes=minutes))
    desk.send(MORNING + timedelta(hours=2))
    [call] = desk.open()
    assert (call.number, call.missed, call.again_at) == (FIRST, 1, MORNING + timedelta(hours=2))
    [task] = desk.tasks(TaskKind.CALL)
    assert [made["outcome"] for made in verbs.calls_made(task)] == ["no_answer", *["no_answer_too_early"] * 3]
    assert desk.world.status(notice) == "sent"


def test_a_call_that_somebody_asked_for_is_made_each_working_day_until_it_has_an_outcome(
    desk: Any, make_channel: Any
) -> None:
    unit = desk.world.unit(FIRST)
    notice = desk.world.notice(unit, desk.world.lifts(unit))
    desk.send(MORNING, make_channel("sms"))
    [sent] = desk.world.deliveries(notice)
    reply = Reply(notice, sent.id, Answer.CALL_BACK, "sms", "sms-1")
    desk.world.change(lambda session: take_reply(session, reply, now=MORNING, today=date(2026, 11, 23)))
    [call] = desk.open()
    for hours in (0, 2, 24, 48):
        assert desk.press(verbs.no_answer, call.task_id, now=MORNING + timedelta(hours=hours))
    [call] = desk.open()
    assert (call.missed, call.again_at) == (4, datetime(2026, 11, 26, 1, 0, tzinfo=UTC))
    assert desk.press(verbs.told, call.task_id)
    assert desk.open() == []


def test_a_call_that_was_asked_for_and_then_became_an_attempt_gives_way_to_the_next_contact(desk: Any) -> None:
    notice = desk.call(FIRST, SECOND)
    [call] = desk.open()
    desk.world.change(lambda session: ask_for(session, call.task_id))
    for hours in (0, 2, 24):
        assert desk.press(verbs.no_answer, call.task_id, now=MORNING + timedelta(hours=hours))
    assert (desk.world.status(notice), desk.open()) == ("planned", [])


def test_in_the_evening_and_before_a_weekend_the_next_try_is_on_the_next_working_day(desk: Any) -> None:
    desk.call()
    [call] = desk.open()
    friday = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)  # 15:30; two hours later is after hours
    desk.press(verbs.no_answer, call.task_id, now=friday)
    [call] = desk.open()
    assert call.again_at == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verb", "kind", "outcome"),
    [
        (verbs.not_theirs, TaskKind.NOT_THEIR_LIFTS, "not_ours"),
        (verbs.out_of_use, TaskKind.SAID_OUT_OF_USE, "out_of_use"),
        (verbs.unit_changed, TaskKind.NOT_THEIR_LIFTS, "unit_changed"),
        (verbs.special, TaskKind.SPECIAL_REASON, "special"),
    ],
)
def test_who_says_that_lifts_are_not_theirs_or_stand_still_was_told_and_the_desk_looks_into_it(
    desk: Any, verb: Any, kind: TaskKind, outcome: str
) -> None:
    notice = desk.call()
    [call] = desk.open()
    assert desk.press(verb, call.task_id, key="a")
    assert not desk.press(verb, call.task_id, key="a")
    assert desk.world.status(notice) == "delivered"
    [task] = desk.tasks(kind)
    assert (task.notice_id, len(task.detail["lifts"]), task.detail["way"]) == (notice, 2, "person")
    assert {event.payload["answer"] for event in desk.world.all(Event)} == {outcome}
    assert (task.detail["said"], task.detail["note"]) == (outcome, "说下周来")


def test_who_refuses_to_name_a_day_was_told_and_nothing_but_the_history_says_so(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    assert desk.press(verbs.refused, call.task_id, key="a")
    assert not desk.press(verbs.refused, call.task_id, key="a")
    assert (desk.world.status(notice), desk.open()) == ("delivered", [])
    assert [task.kind for task in desk.world.all(Task)] == [TaskKind.CALL]
    assert {(one.payload["answer"], one.payload["note"]) for one in desk.world.all(Event)} == {("refused", "说下周来")}
    assert ("sent", "answered by person: refused") in desk.world.history(notice)


def test_a_call_asks_for_the_person_who_has_the_number_by_now(desk: Any) -> None:
    desk.call()
    [call] = desk.open()
    assert call.who == "李小满"

    def look(session: Any) -> int:
        return leave_former_contacts(session, today=date(2026, 11, 24), now=MORNING)

    assert desk.world.change(look) == 0

    def replace_person(session: Any) -> None:
        desk.gone(session, FIRST)
        session.flush()
        session.add(Contact(party_id=900, role="duty_officer", name="别的人", phone=FIRST, from_on=date(2026, 11, 24)))
        party = session.exec(select(Contact.party_id).where(Contact.phone == FIRST, Contact.name == "李小满")).one()
        session.add(Contact(party_id=party, role="unit_contact", name="周宁", phone=FIRST, from_on=date(2026, 11, 24)))

    desk.world.change(replace_person)
    assert desk.world.change(look) == 1
    desk.world.change(lambda session: rewrite_calls(session, today=date(2026, 11, 24)))
    [again] = desk.open()
    assert (again.task_id, again.who, "周宁" in again.script, "李小满" in again.script) == (
        call.task_id,
        "周宁",
        True,
        False,
    )
    assert desk.world.change(look) == 0


def test_an_outcome_that_comes_before_the_pass_has_settled_its_attempt_waits_for_it(desk: Any) -> None:
    notice = desk.call()
    [call] = desk.open()
    desk.world.change(lambda session: unsettle(session, notice))
    desk.press(verbs.told, call.task_id)
    assert len(desk.world.all(Inbox, Inbox.handled_at.is_(None))) == 1
    desk.world.change(lambda session: settle(session, notice, str(call.task_id)))
    assert desk.world.change(lambda session: take_call_receipts(session, now=MORNING)) == 1
    assert desk.world.status(notice) == "delivered"
    assert desk.world.change(lambda session: take_call_receipts(session, now=MORNING)) == 0


def test_the_evidence_says_how_a_call_went_also_of_one_that_reached_nobody(desk: Any) -> None:
    reached, missed = desk.call(), desk.call(SECOND)
    calls = {call.notice_id: call.task_id for call in desk.open()}
    desk.press(verbs.told, calls[reached], will_book=True)
    desk.press(verbs.wrong_number, calls[missed])
    found = desk.world.change(lambda session: load_attempts(session, [reached, missed]))
    assert [(one.came, one.outcome) for one in found[reached]] == [(Came.CALLED, "will_book")]
    assert [(one.came, one.outcome) for one in found[missed]] == [(Came.FAILED, "wrong_number")]


def ask_for(session: Any, task: int) -> None:
    """As where the person asked for a call before the notice itself did."""
    call = session.get_one(Task, task)
    call.detail = call.detail | {"asked_by": "sms"}


def unsettle(session: Any, notice: int) -> None:
    """As it is between the opening of the task and the end of the batch."""
    [delivery] = delivery_of(session, notice)
    delivery.status, delivery.provider_id, delivery.settled_at = "sending", None, None


def settle(session: Any, notice: int, provider_id: str) -> None:
    [delivery] = delivery_of(session, notice)
    delivery.status, delivery.provider_id, delivery.settled_at = "sent", provider_id, MORNING


def delivery_of(session: Any, notice: int) -> list[Any]:
    return list(session.exec(select(Delivery).where(Delivery.notice_id == notice)))
