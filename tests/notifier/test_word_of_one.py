"""Two people are to be told: what is heard of one says nothing of the other."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.channels.base import ChannelError, PermanentError, TemporaryError, UnknownOutcome
from notifier.channels.call_task import CallTasks
from notifier.modes import Mode
from notifier.receipts import Receipt, apply_receipt
from notifier.settling import HELD
from store.notices import Delivery
from store.parties import ContactRole

ONE, OTHER = "+85251234567", "+85251234568"
SOON, LATER = timedelta(seconds=5), timedelta(hours=2)


def plan_for_two(world: Any) -> int:
    unit = world.unit(ONE)
    world.contact(unit, ContactRole.SAFETY_MANAGER, OTHER, name="王强")
    notice: int = world.notice(unit, world.lifts(unit), "gz.late")
    return notice


def hear(world: Any, notice: int, number: str, receipt: Receipt, at: datetime, error: str = "") -> bool:
    """A provider's word about the first message to a number."""
    ids = [one.id for one in world.deliveries(notice) if one.address == number]

    def take(session: Any) -> bool:
        first = session.get_one(Delivery, ids[0])
        return apply_receipt(session, first, receipt, now=at, provider_id=f"SM{ids[0]}", error=error)

    heard: bool = world.change(take)
    return heard


def told(world: Any, notice: int) -> set[str]:
    """The numbers of which nobody doubts that the message came, or that have a call task."""
    return {one.address for one in world.deliveries(notice) if one.status in ("sent", "delivered")}


@pytest.mark.parametrize("word", [Receipt.SENT, Receipt.DELIVERED])
@pytest.mark.parametrize("fault", [TemporaryError("busy"), PermanentError("blocked")])
def test_that_one_got_it_does_not_settle_it_for_the_other_whose_message_failed(
    world: Any, dispatch: Any, make_channel: Any, now: datetime, fault: ChannelError, word: Receipt
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms", answers=[UnknownOutcome("timeout"), fault])
    calls = CallTasks(world.database)
    dispatch(sms, calls)
    [doubted] = [one.address for one in world.deliveries(notice) if one.status == "unknown"]
    assert hear(world, notice, doubted, word, now + SOON)
    assert (world.status(notice), world.told(notice)) == ("planned", ["told"])
    dispatch(sms, calls, now=now + LATER)
    assert told(world, notice) == {ONE, OTHER}
    assert world.status(notice) == "sent"


def test_that_one_got_it_does_not_settle_it_for_the_other_of_whom_a_word_says_that_it_failed(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms", answers=[UnknownOutcome("timeout"), UnknownOutcome("timeout")])
    calls = CallTasks(world.database)
    dispatch(sms, calls)
    hear(world, notice, ONE, Receipt.FAILED, now + SOON, "rejected")
    hear(world, notice, OTHER, Receipt.DELIVERED, now + 2 * SOON)
    dispatch(sms, calls, now=now + LATER)
    assert told(world, notice) == {ONE, OTHER}


def test_a_word_of_the_guest_does_not_settle_it_for_who_is_no_guest(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms", answers=[UnknownOutcome("timeout")])
    guests = {"mode": Mode.GUESTS, "guests": [ONE]}
    dispatch(sms, **guests)
    hear(world, notice, ONE, Receipt.DELIVERED, now + SOON)
    dispatch(sms, now=now + timedelta(minutes=1), **guests)
    assert (world.status(notice), world.told(notice)) == ("planned", ["told"])
    dispatch(sms, now=now + LATER)
    assert sms.addresses == [OTHER]
    assert world.status(notice) == "sent"


def test_a_late_word_of_the_guests_first_message_leaves_it_held_for_the_other(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms", answers=[UnknownOutcome("timeout")])
    guests = {"mode": Mode.GUESTS, "guests": [ONE]}
    dispatch(sms, **guests)
    for minutes in (1, 3, 15):
        dispatch(sms, now=now + timedelta(minutes=minutes), **guests)
    assert sms.addresses == [ONE], "repeated, as nobody knew"
    assert world.get(notice).reason == HELD
    hear(world, notice, ONE, Receipt.SENT, now + timedelta(minutes=16))
    assert (world.status(notice), world.get(notice).reason) == ("planned", HELD)
    dispatch(sms, now=now + LATER)
    assert sms.addresses == [ONE, OTHER]
