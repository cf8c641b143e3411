"""Mode `guests`: who is no guest waits until everybody may be told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from notifier.modes import Mode
from notifier.receipts import Receipt, apply_receipt
from notifier.settling import HELD
from store.database import table_of
from store.duties import Duty
from store.notices import Delivery
from store.parties import ContactRole

GUEST, OTHER = "+8614000000001", "+8614000000002"
OPTIONS = {"mode": Mode.GUESTS, "guests": [GUEST]}


def plan_for_two(world: Any) -> int:
    """A notice to two persons of a unit, of whom one is a guest."""
    unit = world.unit(GUEST)
    world.contact(unit, ContactRole.SAFETY_MANAGER, OTHER)
    notice: int = world.notice(unit, world.lifts(unit), "gz.late")
    return notice


def test_guests_only_are_reached_and_the_others_are_held_and_not_lost(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    guest, other = world.unit("+8614000000001"), world.unit("+8614000000002")
    invited, held = world.notice(guest, world.lifts(guest)), world.notice(other, world.lifts(other))
    sms = make_channel("sms")
    options = {"mode": Mode.GUESTS, "guests": ["+8614000000001"]}
    dispatch(sms, **options)
    dispatch(sms, now=now + timedelta(hours=2), **options)
    assert sms.addresses == ["+8614000000001"]
    assert world.status(invited) == "sent"
    assert (world.status(held), world.told(held)) == ("planned", ["reserved"])
    assert world.history(held) == [("planned", HELD)]
    dispatch(sms, now=now + timedelta(hours=4))
    assert sms.addresses == ["+8614000000001", "+8614000000002"]


def test_a_call_to_somebody_who_is_no_guest_is_held_too(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(role=ContactRole.LEGAL_REP)
    notice = world.notice(unit, world.lifts(unit), "gz.call")
    calls = make_channel("call_task")
    dispatch(calls, mode=Mode.GUESTS, guests=["+8614000000009"])
    assert calls.sent == []
    assert world.status(notice) == "planned"


def test_of_two_the_guest_is_told_now_and_the_other_as_soon_as_everybody_may_be(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms")
    dispatch(sms, **OPTIONS)
    dispatch(sms, now=now + timedelta(hours=2), **OPTIONS)
    assert sms.addresses == [GUEST]
    assert (world.status(notice), world.told(notice)) == ("planned", ["told"])
    assert world.history(notice) == [("planned", HELD)]
    dispatch(sms, now=now + timedelta(hours=4))
    assert sms.addresses == [GUEST, OTHER]
    assert (world.status(notice), world.told(notice)) == ("sent", ["told"])


def test_of_two_the_other_is_told_nothing_of_a_duty_that_is_closed_meanwhile(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms")
    dispatch(sms, **OPTIONS)
    world.change(lambda session: session.execute(update(table_of(Duty)).values(closed_on=now.date())))
    dispatch(sms, now=now + timedelta(hours=4))
    assert sms.addresses == [GUEST]
    assert (world.status(notice), world.told(notice)) == ("sent", ["told"])


def test_a_guest_who_never_got_it_counts_as_told_no_more(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms, calls = make_channel("sms"), make_channel("call_task")
    dispatch(sms, calls, **OPTIONS)
    [attempt] = world.deliveries(notice)
    world.change(
        lambda session: apply_receipt(
            session, session.get_one(Delivery, attempt.id), Receipt.FAILED, now=now, error="30003"
        )
    )
    assert (world.status(notice), world.told(notice)) == ("planned", ["reserved"])
    dispatch(sms, calls, now=now + timedelta(minutes=1))
    assert (sms.addresses, calls.addresses) == ([GUEST, OTHER], [GUEST])


def test_the_receipt_of_the_guest_settles_nothing_for_the_other(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    notice = plan_for_two(world)
    sms = make_channel("sms")
    dispatch(sms, **OPTIONS)
    [attempt] = world.deliveries(notice)
    world.change(
        lambda session: apply_receipt(session, session.get_one(Delivery, attempt.id), Receipt.DELIVERED, now=now)
    )
    assert world.status(notice) == "planned"
    dispatch(sms, now=now + timedelta(hours=4))
    assert sms.addresses == [GUEST, OTHER]
