"""Who wants no SMS is told another way: what is due by law cannot be stopped."""

from datetime import datetime
from typing import Any

import pytest

from actions.people.opt_outs import resume_channel, stop_channel
from notifier.modes import Mode, Terms
from notifier.reachable import CALL, WRITTEN, Ways

PHONE = "+8614000000001"


@pytest.fixture
def stopped(world: Any, now: datetime) -> None:
    world.change(lambda session: stop_channel(session, "sms", PHONE, now=now))


@pytest.mark.usefixtures("stopped")
def test_who_stopped_sms_gets_the_chat(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(PHONE, chats=[("webchat", "w-1")])
    world.notice(unit, world.lifts(unit))
    sms, chat = make_channel("sms"), make_channel("webchat")
    dispatch(sms, chat)
    assert (sms.addresses, chat.addresses) == ([], ["w-1"])


@pytest.mark.usefixtures("stopped")
def test_who_has_nothing_else_is_called(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit(PHONE)
    notice = world.notice(unit, world.lifts(unit))
    sms, person = make_channel("sms"), make_channel("call_task")
    dispatch(sms, person)
    assert (sms.addresses, person.addresses) == ([], [PHONE])
    assert (world.status(notice), world.told(notice)) == ("sent", ["told"])


@pytest.mark.usefixtures("stopped")
def test_others_still_get_theirs_and_so_does_who_took_it_back(world: Any, dispatch: Any, make_channel: Any) -> None:
    for phone in (PHONE, "+8614000000002"):
        unit = world.unit(phone)
        world.notice(unit, world.lifts(unit))
    sms, person = make_channel("sms"), make_channel("call_task")
    dispatch(sms, person)
    assert sms.addresses == ["+8614000000002"]
    world.change(lambda session: resume_channel(session, "sms", PHONE))
    unit = world.unit(PHONE)
    world.notice(unit, world.lifts(unit))
    dispatch(sms, person)
    assert sms.addresses == ["+8614000000002", PHONE]


def test_how_a_party_can_be_reached_heeds_it(world: Any, now: datetime) -> None:
    unit = world.unit(PHONE)
    ways = Ways(Terms(Mode.LIVE, frozenset({"sms", "call_task", "voice"})))
    asked = {unit: [("unit_contact", "sms")]}
    assert world.change(lambda session: ways(session, asked))[unit].by == WRITTEN
    world.change(lambda session: stop_channel(session, "sms", PHONE, now=now))
    assert world.change(lambda session: ways(session, asked))[unit].by == CALL


def test_a_machine_that_calls_is_no_writing(world: Any) -> None:
    unit = world.unit("+85221234567", role="legal_rep")
    ways = Ways(Terms(Mode.LIVE, frozenset({"call_task", "voice"})))
    assert world.change(lambda session: ways(session, {unit: [("unit_head", "call")]}))[unit].by == CALL
