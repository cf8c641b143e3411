"""Numbers and chats that nobody has."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.channels.base import PermanentError
from notifier.receipts import Receipt, apply_receipt
from schedules.doubts import settle_doubts
from store.notices import Delivery
from store.parties import Chat
from store.tasks import Task, TaskKind

PHONE = "+8614000000001"


@pytest.fixture
def failed(world: Any, dispatch: Any, make_channel: Any) -> int:
    """A notice whose number nobody has."""
    unit = world.unit(PHONE)
    notice: int = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms", answers=[PermanentError("Twilio answered 400", no_such=True)]), make_channel("voice"))
    return notice


def open_tasks(world: Any, kind: TaskKind = TaskKind.BAD_PHONE) -> list[Task]:
    return [task for task in world.all(Task) if task.kind == kind and task.status == "open"]


def test_the_department_is_asked_to_put_the_register_right(world: Any, failed: int) -> None:
    [task] = open_tasks(world)
    assert (task.key, task.owner_party_id, task.notice_id) == (f"failing:{PHONE}", 900, failed)
    assert task.detail["number"] == PHONE
    assert task.detail["error"] == "no such address: Twilio answered 400"


def test_nobody_is_called_under_it_and_the_notice_waits_for_a_contact(world: Any, failed: int) -> None:
    assert [one.channel for one in world.deliveries(failed)] == ["sms"]
    assert world.status(failed) == "failed"


def test_it_is_one_task_however_often_it_fails_and_the_next_notice_tries_again(
    world: Any, failed: int, dispatch: Any, make_channel: Any
) -> None:
    unit = world.get(failed).party_id
    world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms)
    assert sms.addresses == [PHONE]
    assert len(open_tasks(world)) == 1


def test_a_receipt_says_it_too(world: Any, dispatch: Any, make_channel: Any, now: datetime) -> None:
    unit = world.unit(PHONE)
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms"))
    said = {"now": now, "error": "no such address: 30005"}
    world.change(
        lambda session: apply_receipt(
            session, session.get_one(Delivery, world.deliveries(notice)[0].id), Receipt.FAILED, **said
        )
    )
    assert [task.key for task in open_tasks(world)] == [f"failing:{PHONE}"]


@pytest.mark.parametrize(("days", "settled"), [(0, 0), (2, 1)])
def test_what_arrives_later_settles_it(
    world: Any, failed: int, dispatch: Any, make_channel: Any, now: datetime, days: int, settled: int
) -> None:
    unit = world.get(failed).party_id
    notice = world.notice(unit, world.lifts(unit))
    later = now + timedelta(days=days)
    dispatch(make_channel("sms"), now=later)
    world.change(
        lambda session: apply_receipt(
            session, session.get_one(Delivery, world.deliveries(notice)[0].id), Receipt.DELIVERED, now=later
        )
    )
    assert world.change(lambda session: settle_doubts(session, today=later.date())) == settled


def test_a_chat_that_is_gone_is_left_alone(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(PHONE, chats=[("telegram", "44")])
    world.notice(unit, world.lifts(unit), "gz.sms.maint")
    gone = PermanentError("Telegram: bot was blocked by the user", no_such=True)
    chat, sms = make_channel("telegram", answers=[gone]), make_channel("sms")
    dispatch(chat, sms)
    assert (chat.sent, sms.addresses) == ([], [PHONE])
    assert [one.active for one in world.all(Chat)] == [False]
    assert open_tasks(world) == []
