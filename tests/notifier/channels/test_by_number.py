"""One channel, two providers: a number goes to the one that serves it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from notifier.channels.base import CannotTell, EarlierAttempt, PermanentError, Rates
from notifier.channels.by_number import ByNumber, available_in
from notifier.modes import Mode
from notifier.phones import is_reached
from notifier.routing import Person, route
from notifier.wiring import AliyunAccount, TwilioAccount, channels_for, close_channels
from store.database import Database
from store.parties import ContactRole

HOME, ABROAD = "+8614000000001", "+85251234567"


class Provider:
    """Notes what it was handed."""

    name = "sms"

    def __init__(self, own: str, rates: Rates = Rates(), lag: int = 0) -> None:
        self.own, self.rates, self.list_lag, self.got, self.is_closed = own, rates, timedelta(seconds=lag), [], False

    async def send(self, message: Any) -> str:
        self.got.append(message.address)
        return f"{self.own}-1"

    async def find(self, attempt: Any) -> list[str]:
        self.got.append(f"? {attempt.address}")
        return [self.own]

    async def close(self) -> None:
        self.is_closed = True


async def test_numbers_of_the_mainland_go_one_way_and_all_others_another(make_message: Callable[..., Any]) -> None:
    at_home, abroad = Provider("aliyun"), Provider("twilio")
    channel = ByNumber("sms", mainland=at_home, elsewhere=abroad)
    assert [await channel.send(make_message("sms", to)) for to in (HOME, ABROAD)] == ["aliyun-1", "twilio-1"]
    attempts = [
        EarlierAttempt(1, 1, "sms", to, "", make_message("sms", to).attempted_at, True) for to in (HOME, ABROAD)
    ]
    assert [await channel.find(one) for one in attempts] == [["aliyun"], ["twilio"]]
    await channel.close()
    assert (at_home.got, abroad.got) == ([HOME, f"? {HOME}"], [ABROAD, f"? {ABROAD}"])
    assert at_home.is_closed
    assert abroad.is_closed


async def test_without_a_provider_abroad_a_number_there_is_not_tried_again(make_message: Callable[..., Any]) -> None:
    channel = ByNumber("sms", mainland=Provider("aliyun"))
    with pytest.raises(PermanentError, match="outside the mainland"):
        await channel.send(make_message("sms", ABROAD))
    with pytest.raises(CannotTell, match="outside the mainland"):
        await channel.find(EarlierAttempt(1, 1, "sms", ABROAD, "", make_message("sms", ABROAD).attempted_at, True))


def test_the_slower_provider_sets_the_pace_and_the_later_list_counts() -> None:
    channel = ByNumber("sms", mainland=Provider("a", Rates(1000), 600), elsewhere=Provider("b", Rates(100, 1), 60))
    assert (channel.rates, channel.list_lag) == (Rates(100, 1), timedelta(minutes=10))
    assert ByNumber("sms", mainland=Provider("a"), elsewhere=Provider("b", Rates(5))).rates == Rates(5)


@pytest.mark.parametrize(
    ("mainland", "abroad", "reached"),
    [
        (False, True, {("sms", HOME), ("sms", ABROAD), ("voice", ABROAD)}),
        (True, False, {("sms", HOME), ("voice", HOME)}),
        (True, True, {("sms", HOME), ("voice", HOME), ("sms", ABROAD), ("voice", ABROAD)}),
    ],
)
def test_what_is_configured_decides_which_numbers_are_reached(
    mainland: bool, abroad: bool, reached: set[tuple[str, str]]
) -> None:
    def channel(name: str) -> Any:
        if not mainland:
            return Provider(name)
        return ByNumber(name, mainland=Provider(name), elsewhere=Provider(name) if abroad else None)

    available = available_in({name: channel(name) for name in ("sms", "voice")})
    ways = {
        (way, number) for way in ("sms", "voice") for number in (HOME, ABROAD) if is_reached(way, number, available)
    }
    assert ways == reached


@pytest.mark.parametrize(
    ("available", "channel"),
    [
        ({"voice", "call_task"}, "call_task"),
        ({"voice", "voice:mainland", "call_task"}, "voice"),
        ({"voice", "voice:mainland-only", "call_task"}, "voice"),
    ],
)
def test_a_mainland_number_is_called_by_the_machine_where_one_is_configured_for_it(
    available: set[str], channel: str
) -> None:
    person = Person(1, ContactRole.UNIT_CONTACT, phone=HOME)
    [found] = route("unit_contact", "call", [person], available=frozenset(available))
    assert found.channel == channel


@pytest.mark.sqlite
async def test_the_channels_of_a_process_by_what_is_configured(database: Database) -> None:
    twilio = TwilioAccount("AC0", "secret", "+14155552345", public_url="https://lifts.example", caller="+14155552345")
    aliyun = AliyunAccount("LTAI0", "secret", caller="02012345678")
    both = channels_for(Mode.LIVE, database, twilio=twilio, aliyun=aliyun)
    assert available_in(both) == {"webchat", "call_task", "sms", "voice", "sms:mainland", "voice:mainland"}
    only = channels_for(Mode.LIVE, database, aliyun=AliyunAccount("LTAI0", "secret"))
    assert available_in(only) == {"webchat", "call_task", "sms", "sms:mainland-only"}
    assert available_in(channels_for(Mode.DEMO, database, aliyun=aliyun)) >= {"sms", "telegram"}
    assert not isinstance(channels_for(Mode.DEMO, database, aliyun=aliyun)["sms"], ByNumber)
    told = channels_for(Mode.LIVE, database, groups=True, mail_url="mailto://127.0.0.1?from=a@example.org")
    assert available_in(told) == {"webchat", "call_task", "group", "email"}
    for channels in (both, only, told):
        await close_channels(channels)
