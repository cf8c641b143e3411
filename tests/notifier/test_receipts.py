"""What a provider says afterwards."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import col, select

from notifier.receipts import Receipt, apply_receipt, find_delivery
from store.notices import Delivery

pytestmark = pytest.mark.both_stores  # what is claimed and settled is in the statements


@pytest.fixture
def sent(world: Any, dispatch: Any, make_channel: Any) -> int:
    """A notice that was sent by SMS as `sms-1`; its contact has a chat too."""
    unit = world.unit(chats=[("webchat", "w-1")])
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms"), make_channel("webchat"))
    return notice


def receive(world: Any, receipt: Receipt, now: datetime, **said: Any) -> bool:
    def apply(session: Any) -> bool:
        delivery = find_delivery(session, "sms", "sms-1")
        assert delivery is not None
        return apply_receipt(session, delivery, receipt, now=now, **said)

    changed: bool = world.change(apply)
    return changed


def test_a_delivered_message_makes_its_notice_delivered(world: Any, sent: int, now: datetime) -> None:
    assert receive(world, Receipt.DELIVERED, now)
    assert world.status(sent) == "delivered"
    assert world.deliveries(sent)[0].status == "delivered"


@pytest.mark.parametrize("late", [Receipt.SENT, Receipt.FAILED, Receipt.DELIVERED])
def test_a_late_receipt_never_overwrites_a_final_state(world: Any, sent: int, now: datetime, late: Receipt) -> None:
    receive(world, Receipt.DELIVERED, now)
    before = world.history(sent)
    assert not receive(world, late, now)
    assert (world.status(sent), world.history(sent)) == ("delivered", before)


def test_a_message_that_never_arrived_goes_by_the_next_channel(
    world: Any, sent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    assert receive(world, Receipt.FAILED, now, error="30003")
    assert (world.status(sent), world.told(sent)) == ("planned", ["reserved"])
    chat = make_channel("webchat")
    dispatch(make_channel("sms"), chat)
    assert chat.addresses == ["w-1"]
    assert (world.status(sent), world.told(sent)) == ("sent", ["told"])


def test_an_unknown_provider_id_finds_nothing(world: Any, sent: int) -> None:
    with world.database.read() as session:
        assert find_delivery(session, "sms", "sms-99") is None


def miss(world: Any, now: datetime) -> None:
    """Nobody answers the last call."""

    def apply(session: Any) -> None:
        last = session.exec(select(Delivery).order_by(col(Delivery.id).desc())).first()
        assert apply_receipt(session, last, Receipt.MISSED, now=now, error="no-answer")

    world.change(apply)


def test_a_number_that_never_answers_is_called_three_times_then_a_person_calls(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit("+85251234567", role="legal_rep")
    notice = world.notice(unit, world.lifts(unit), "gz.call")
    voice, person = make_channel("voice"), make_channel("call_task")
    moments = []
    for _ in range(3):
        dispatch(voice, person, now=now)
        moments.append(now)
        miss(world, now)
        assert (world.status(notice), world.told(notice)) == ("planned", ["reserved"])
        now = world.get(notice).not_before
    assert [(after - before).total_seconds() / 60 for before, after in pairwise(moments)] == [30, 120]
    assert len(voice.sent) == 3
    assert person.sent == []
    dispatch(voice, person, now=now)
    assert (len(voice.sent), person.addresses) == (3, ["+85251234567"])
    assert world.deliveries(notice)[2].error == "permanent: not answered: no-answer"


def test_a_call_that_was_missed_before_we_settled_it_is_tried_again(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit("+85251234567", role="legal_rep")
    notice = world.notice(unit, world.lifts(unit), "gz.call")
    voice = make_channel("voice")
    taken = voice.send

    async def send(message: Any) -> str:
        provider_id: str = await taken(message)
        miss(world, now)
        return provider_id

    voice.send = send
    dispatch(voice)
    assert world.status(notice) == "planned"
    assert [(one.status, one.error) for one in world.deliveries(notice)] == [("failed", "not answered: no-answer")]
