"""The next way is tried when, and only when, the former did not reach the person: also of two, late, or stopped."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session

from actions.evidence.ledger import Outcome, outcome_of
from actions.running.tasks import close_task
from notifier.channels.base import PermanentError, TemporaryError, UnknownOutcome
from notifier.receipts import Receipt, apply_receipt
from notifier.resending import resend
from store.database import table_of
from store.duties import Told, ToldState
from store.lifts import Responsibility
from store.notices import Delivery, Notice
from store.parties import ContactRole
from store.tasks import Task

A, B = "+85251234567", "+85251234568"
Hear = Callable[..., bool]


@pytest.fixture
def hear(world: Any, now: datetime) -> Hear:
    """A receipt for the n-th attempt of a notice."""

    def take(notice: int, which: int, receipt: Receipt, error: str = "", at: datetime = now) -> bool:
        delivery = world.deliveries(notice)[which].id
        changed: bool = world.change(
            lambda session: apply_receipt(session, session.get_one(Delivery, delivery), receipt, now=at, error=error)
        )
        return changed

    return take


@pytest.fixture
def pair(world: Any) -> int:
    """A notice to the contact and the manager of a unit."""
    unit = world.party()
    world.contact(unit, ContactRole.UNIT_CONTACT, A)
    world.contact(unit, ContactRole.SAFETY_MANAGER, B, name="王大海")
    notice: int = world.notice(unit, world.lifts(unit), "gz.late")
    return notice


def open_tasks(world: Any) -> list[Task]:
    return [task for task in world.all(Task) if task.status == "open"]


def test_what_was_tried_often_enough_goes_the_next_way_and_ends(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(A, chats=[("telegram", "777")])
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("Twilio answered 403")] * 100)
    chat = make_channel("telegram")
    for hour in range(24):
        dispatch(sms, chat, now=now + timedelta(hours=hour))
    assert [one.channel for one in world.deliveries(notice)] == ["sms"] * 6 + ["telegram"]
    assert (world.status(notice), chat.addresses) == ("sent", ["777"])


def test_without_another_way_it_stays_failed_with_its_task(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(A)
    world.contact(unit, ContactRole.SAFETY_MANAGER, B)
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 100)
    for hour in range(5 * 24):
        dispatch(sms, now=now + timedelta(hours=hour))
    assert (world.status(notice), len(world.deliveries(notice))) == ("failed", 12)
    assert [task.kind for task in open_tasks(world)] == ["delivery_failed"]


def test_a_chat_that_never_answers_is_repeated_six_times_and_no_more(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(A, chats=[("telegram", "777")])
    world.notice(unit, world.lifts(unit), "gz.sms.maint")
    chat, sms = make_channel("telegram", answers=[UnknownOutcome("no answer")] * 1000), make_channel("sms")
    for step in range(2 * 24 * 2):
        dispatch(chat, sms, now=now + timedelta(minutes=30 * step))
    assert (1000 - len(chat.answers), sms.addresses) == (6, [A])


def test_a_pass_that_is_stopped_forgets_nothing(
    world: Any, dispatch: Any, make_channel: Any, pair: int, hear: Hear, now: datetime
) -> None:
    sms, calls = make_channel("sms"), make_channel("call_task")
    dispatch(sms, calls)
    hear(pair, 1, Receipt.FAILED, "30003")
    looks = iter([True, True])
    dispatch(sms, calls, now=now + timedelta(minutes=4), goes_on=lambda: next(looks, False))
    dispatch(sms, calls, now=now + timedelta(minutes=6))
    assert (sms.addresses, calls.addresses) == ([A, B], [B])


def test_of_two_each_is_told_though_the_first_has_it_already(
    world: Any, dispatch: Any, make_channel: Any, pair: int, hear: Hear, now: datetime
) -> None:
    sms, calls = make_channel("sms"), make_channel("call_task")
    dispatch(sms, calls)
    assert hear(pair, 0, Receipt.DELIVERED)
    assert world.status(pair) == "sent", "the other one is still waited for"
    assert hear(pair, 1, Receipt.FAILED, "30003")
    dispatch(sms, calls, now=now + timedelta(minutes=5))
    assert (sms.addresses, calls.addresses) == ([A, B], [B])


def test_of_two_both_must_have_it_before_it_is_delivered(
    world: Any, dispatch: Any, make_channel: Any, pair: int, hear: Hear
) -> None:
    dispatch(make_channel("sms"))
    hear(pair, 1, Receipt.DELIVERED)
    hear(pair, 0, Receipt.DELIVERED)
    assert world.status(pair) == "delivered"


@pytest.mark.parametrize("receipt", [Receipt.DELIVERED, Receipt.FAILED, Receipt.SENT])
def test_of_two_the_one_in_doubt_is_asked_about_whatever_is_heard_of_the_other(
    world: Any, dispatch: Any, make_channel: Any, pair: int, hear: Hear, now: datetime, receipt: Receipt
) -> None:
    sms = make_channel("sms", answers=[UnknownOutcome("timeout")], can_tell=True)
    calls = make_channel("call_task")
    dispatch(sms, calls)
    sms.arrived[(pair, A)] = "sms-A"
    hear(pair, 1, receipt, "30003" if receipt is Receipt.FAILED else "")
    assert world.status(pair) == "unknown"
    for seconds in (10, 60, 180, 700, 4000):
        dispatch(sms, calls, now=now + timedelta(seconds=seconds))
    assert [one.status for one in world.deliveries(pair) if one.address == A] == ["sent"]
    assert calls.addresses == ([B] if receipt is Receipt.FAILED else [])


def test_of_two_a_failure_heard_while_the_other_is_sent_is_not_lost(
    world: Any, dispatch: Any, make_channel: Any, pair: int, hear: Hear, now: datetime
) -> None:
    sms = make_channel("sms", answers=[None, TemporaryError("busy")])
    dispatch(sms)
    plain = sms.send

    async def send(message: Any) -> Any:
        hear(pair, 0, Receipt.FAILED, "30003")
        return await plain(message)

    sms.send = send
    calls = make_channel("call_task")
    dispatch(sms, calls, now=now + timedelta(minutes=2))
    assert (sms.addresses, calls.addresses) == ([A, B], [A])


def test_of_two_who_was_given_up_gets_the_next_way(
    world: Any, dispatch: Any, make_channel: Any, pair: int, now: datetime
) -> None:
    sms = make_channel("sms", answers=[None, *[TemporaryError("busy")] * 50])
    calls = make_channel("call_task")
    for hour in range(24):
        dispatch(sms, calls, now=now + timedelta(hours=hour))
    assert (sms.addresses, calls.addresses) == ([A], [B])


def test_busy_before_our_own_settling_is_called_again_half_an_hour_later(
    world: Any, dispatch: Any, make_channel: Any, hear: Hear, now: datetime
) -> None:
    unit = world.unit(A, role="legal_rep")
    notice = world.notice(unit, world.lifts(unit), "gz.call")
    voice = make_channel("voice")
    plain = voice.send

    async def send(message: Any) -> Any:
        taken = await plain(message)
        hear(notice, -1, Receipt.MISSED, "busy")
        return taken

    voice.send = send
    dispatch(voice)
    assert world.get(notice).not_before == now + timedelta(minutes=30)


def test_who_lost_a_lift_is_not_phoned_about_it(
    world: Any, dispatch: Any, make_channel: Any, hear: Hear, now: datetime
) -> None:
    unit = world.unit("+8614000000001")
    notice = world.notice(unit, world.lifts(unit, 2))
    sms, calls = make_channel("sms"), make_channel("call_task")
    dispatch(sms, calls)
    held = table_of(Responsibility)
    first = min(row.lift_id for row in world.all(Responsibility))
    gone = update(held).where(held.c.lift_id == first).values(to_on=date(2026, 11, 23))
    world.change(lambda session: session.execute(gone))
    hear(notice, 0, Receipt.FAILED, "30003")
    dispatch(sms, calls, now=now + timedelta(minutes=5))
    [call] = calls.sent
    assert len(call.prepared.lift_keys) == 1
    assert sorted(world.told(notice)) == ["released", "told"]


def test_a_receipt_after_the_last_try_says_that_it_arrived(
    world: Any, dispatch: Any, make_channel: Any, hear: Hear, now: datetime
) -> None:
    unit = world.unit(A)
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms", answers=[TemporaryError("busy")] * 5 + [UnknownOutcome("no answer")])
    moment = now
    for _ in range(40):
        dispatch(sms, now=moment)
        moment += timedelta(hours=1)
    assert world.status(notice) == "failed"
    assert hear(notice, -1, Receipt.DELIVERED)
    assert world.status(notice) == "delivered"
    dispatch(sms, now=moment)
    assert open_tasks(world) == []


def test_words_that_cannot_be_written_are_a_task_that_no_contact_closes(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(A)
    odd = world.notice(unit, world.lifts(unit), "gz.corrected", facts={"old_due": "no date"})
    sms = make_channel("sms")
    for hour in range(3):
        dispatch(sms, now=now + timedelta(hours=hour))
    assert world.status(odd) == "failed"
    [task] = open_tasks(world)
    assert (task.kind, task.key, task.notice_id) == ("delivery_failed", f"unwritten:{odd}", odd)


@pytest.mark.parametrize("ends", ["sent", "cancelled"])
def test_the_task_about_words_ends_when_its_notice_was_sent_after_all_or_is_due_no_more(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, ends: str
) -> None:
    unit = world.unit(A)
    odd = world.notice(unit, world.lifts(unit), "gz.corrected", facts={"old_due": "no date"})
    sms = make_channel("sms")
    dispatch(sms, now=now)

    def mend(session: Session) -> int:
        session.get_one(Notice, odd).facts = {"old_due": "2026-12-31", "new_due": "2027-01-31"}
        if ends == "cancelled":
            told = table_of(Told)
            session.execute(update(told).where(told.c.notice_id == odd).values(state=ToldState.RELEASED))
        return resend(session, city_id=None, today=now.date(), now=now)

    assert world.change(mend) == 1
    assert len(open_tasks(world)) == 1
    for hour in (1, 2):
        dispatch(sms, now=now + timedelta(hours=hour))
    assert (world.status(odd), open_tasks(world)) == (ends, [])
    assert (sms.addresses == [A]) == (ends == "sent")


def test_what_was_told_by_hand_is_not_sent_by_a_later_resend(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit(A)
    odd = world.notice(unit, world.lifts(unit), "gz.corrected", facts={"old_due": "no date"})
    sms = make_channel("sms")
    dispatch(sms, now=now)
    [task] = open_tasks(world)
    said = {"by": "陈一鸣", "reason": "已电话告知", "now": now, "today": now.date()}
    assert world.change(lambda session: close_task(session, task.id, **said))
    assert not world.change(lambda session: close_task(session, task.id, **said))
    assert (world.status(odd), world.told(odd)) == ("cancelled", ["told"])
    assert world.history(odd)[-1] == ("cancelled", "told by hand: 已电话告知 (陈一鸣)")
    assert world.change(lambda session: resend(session, city_id=None, today=now.date(), now=now)) == 0
    dispatch(sms, now=now + timedelta(hours=1))
    assert sms.sent == []
    row = SimpleNamespace(state=world.told(odd)[0], status=world.status(odd))
    assert outcome_of(row, []) == Outcome.CALLED


def test_the_task_ends_when_it_was_sent_again(world: Any, dispatch: Any, make_channel: Any, now: datetime) -> None:
    unit = world.unit(A)
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms", answers=[PermanentError("30007")]))
    assert [task.kind for task in open_tasks(world)] == ["delivery_failed"]
    world.contact(unit, ContactRole.SAFETY_MANAGER, B)
    sms = make_channel("sms")
    for minute in (1, 2):
        dispatch(sms, now=now + timedelta(minutes=minute))
    assert (world.status(notice), sms.addresses, open_tasks(world)) == ("sent", [B], [])
