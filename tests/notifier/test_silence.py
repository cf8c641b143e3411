"""Messages of which no receipt came: the next way is tried, but only where silence says something."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from notifier import silence
from notifier.receipts import Receipt, apply_receipt, find_delivery
from notifier.silence import calling_code, give_up_waiting
from store.database import table_of
from store.doors import WebAccount
from store.duties import Duty
from store.lifts import Responsibility

LATER = timedelta(hours=4, minutes=1)
OTHER = "+8614000000009"


@pytest.fixture
def heard(world: Any, dispatch: Any, make_channel: Any, now: datetime) -> Callable[[str], None]:
    """Another unit's message to a number arrives: receipts come at all."""

    def hear(phone: str) -> None:
        unit = world.unit(phone)
        notice = world.notice(unit, world.lifts(unit))
        dispatch(make_channel("sms"))
        receive(world, world.deliveries(notice)[0].provider_id, Receipt.DELIVERED, now)

    return hear


def receive(world: Any, provider_id: str, receipt: Receipt, now: datetime) -> bool:
    def apply(session: Any) -> bool:
        delivery = find_delivery(session, "sms", provider_id)
        assert delivery is not None
        return apply_receipt(session, delivery, receipt, now=now)

    changed: bool = world.change(apply)
    return changed


@pytest.fixture
def silent(world: Any, dispatch: Any, make_channel: Any, heard: Any) -> int:
    """A notice that the provider took, in a country from which receipts come."""
    unit = world.unit("+8614000000001", chats=[("webchat", "w-1")])
    notice: int = world.notice(unit, world.lifts(unit, 2))
    sms = make_channel("sms")
    sms.prefix = "silent"
    dispatch(sms)
    heard(OTHER)
    return notice


def wait(world: Any, now: datetime) -> int:
    planned: int = world.change(lambda session: give_up_waiting(session, now=now))
    return planned


def test_after_four_hours_of_silence_the_next_way_is_tried(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    assert wait(world, now + timedelta(hours=3, minutes=59)) == 0
    sms, chat = make_channel("sms"), make_channel("webchat")
    dispatch(sms, chat, now=now + LATER)
    assert (sms.addresses, chat.addresses) == ([], ["w-1"])
    assert (world.status(silent), world.told(silent)) == ("sent", ["told", "told"])
    assert ("planned", "no receipt within 4 h") in world.history(silent)


def test_the_last_way_is_a_person_who_calls_and_then_it_rests(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    sms, calls = make_channel("sms"), make_channel("call_task")
    dispatch(sms, calls, now=now + LATER)
    assert (sms.addresses, calls.addresses) == ([], ["+8614000000001"])
    for hours in range(5, 60):
        assert dispatch(sms, calls, now=now + timedelta(hours=hours)).claimed == 0


def test_without_another_way_it_stays_told(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    dispatch(make_channel("sms"), now=now + LATER)
    assert (world.status(silent), world.told(silent)) == ("sent", ["told", "told"])
    assert world.get(silent).reason == "nothing was heard of it, and no other way is left"
    assert dispatch(make_channel("sms"), now=now + 2 * LATER).claimed == 0


def test_where_no_receipts_come_silence_says_nothing(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit("+8614000000001", chats=[("webchat", "w-1")])
    notice = world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms"))
    assert wait(world, now + LATER) == 0
    assert world.status(notice) == "sent"


def test_receipts_of_another_country_say_nothing_of_this_one(
    world: Any, heard: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    heard("+85251234567")
    unit = world.unit("+8614000000001")
    world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    sms.prefix = "silent"
    dispatch(sms)
    assert wait(world, now + LATER) == 0


def test_what_was_silent_for_days_is_left_alone(world: Any, silent: int, heard: Any, now: datetime) -> None:
    assert wait(world, now + timedelta(days=3)) == 0


def test_a_late_receipt_spares_the_next_way(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    assert wait(world, now + LATER) == 1
    assert receive(world, world.deliveries(silent)[0].provider_id, Receipt.DELIVERED, now + LATER)
    assert world.status(silent) == "delivered"
    chat = make_channel("webchat")
    dispatch(make_channel("sms"), chat, now=now + LATER)
    assert chat.addresses == []


def test_what_is_done_meanwhile_is_not_said_again(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    duty = table_of(Duty)
    lifts = {row.lift_id for row in world.all(Duty)}
    one = min(lifts)
    world.change(
        lambda session: session.execute(update(duty).where(duty.c.lift_id == one).values(closed_on=now.date()))
    )
    chat = make_channel("webchat")
    dispatch(make_channel("sms"), chat, now=now + LATER)
    [message] = chat.sent
    assert len(message.prepared.lift_keys) == 1


def test_who_lost_the_lifts_meanwhile_hears_nothing_more_of_them(
    world: Any, silent: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    held = table_of(Responsibility)
    party = world.get(silent).party_id
    world.change(lambda session: session.execute(update(held).where(held.c.party_id == party).values(to_on=now.date())))
    chat = make_channel("webchat")
    dispatch(make_channel("sms"), chat, now=now + LATER)
    assert (chat.sent, world.status(silent)) == ([], "sent")


def test_a_country_without_receipts_stands_in_nobodys_way(
    world: Any, dispatch: Any, make_channel: Any, heard: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "AT_ONCE", 2)
    notices = []
    for phone in ("+85251234567", "+85251234568", "+85251234569", "+8614000000001"):
        unit = world.unit(phone)
        notices.append(world.notice(unit, world.lifts(unit)))
    sms = make_channel("sms")
    sms.prefix = "silent"
    dispatch(sms)
    heard(OTHER)
    assert wait(world, now + LATER) == 1
    assert [world.status(one) for one in notices] == ["sent", "sent", "sent", "planned"]


NUMBERS = [("+8614000000001", "+86"), ("+85251234567", "+852"), ("+12025550123", "+1"), ("+999123", ""), ("w-1", "")]


@pytest.mark.parametrize(("phone", "code"), NUMBERS)
def test_a_number_tells_its_country(phone: str, code: str) -> None:
    assert calling_code(phone) == code


@pytest.fixture
def unread(world: Any, dispatch: Any, make_channel: Any) -> Callable[..., int]:
    """A notice in the web chat, which has its address."""

    def tell(address: str, **chats: Any) -> int:
        unit = world.unit("+8614000000001", chats=[("webchat", address)])
        notice: int = world.notice(unit, world.lifts(unit, 2), channel_class="chat")
        dispatch(make_channel("webchat"))
        assert [one.address for one in world.deliveries(notice)] == [address]
        return notice

    return tell


def sign_in(world: Any, now: datetime) -> str:
    """Somebody has an account of the web chat; its inbox."""

    def add(session: Any) -> str:
        account = WebAccount(phone="+8614000000001", created_at=now)
        session.add(account)
        session.flush()
        return str(account.id)

    inbox: str = world.change(add)
    return inbox


def test_a_line_that_nobody_opened_for_two_hours_goes_another_way(
    world: Any, unread: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = unread(sign_in(world, now))
    assert wait(world, now + timedelta(hours=1, minutes=59)) == 0
    sms = make_channel("sms")
    dispatch(sms, make_channel("webchat"), now=now + timedelta(hours=2, minutes=1))
    assert (sms.addresses, world.status(notice), world.told(notice)) == (["+8614000000001"], "sent", ["told", "told"])
    assert ("planned", "no receipt within 2 h") in world.history(notice)


def test_a_line_that_was_opened_stays_told(world: Any, unread: Any, now: datetime) -> None:
    notice = unread(sign_in(world, now))

    def open_it(session: Any) -> None:
        (delivery,) = world.deliveries(notice)
        apply_receipt(session, session.merge(delivery), Receipt.DELIVERED, now=now)

    world.change(open_it)
    assert wait(world, now + timedelta(hours=3)) == 0
    assert world.status(notice) == "delivered"


def test_a_line_that_is_opened_late_spares_the_next_way(world: Any, unread: Any, now: datetime) -> None:
    notice = unread(sign_in(world, now))
    assert wait(world, now + timedelta(hours=3)) == 1

    def open_it(session: Any) -> None:
        (delivery,) = world.deliveries(notice)
        apply_receipt(session, session.merge(delivery), Receipt.DELIVERED, now=now + timedelta(hours=3))

    world.change(open_it)
    assert world.status(notice) == "delivered"


def test_an_inbox_in_which_nobody_ever_signed_in_says_nothing(world: Any, unread: Any, now: datetime) -> None:
    sign_in(world, now)
    notice = unread("w-1")
    assert wait(world, now + timedelta(hours=3)) == 0
    assert world.status(notice) == "sent"
