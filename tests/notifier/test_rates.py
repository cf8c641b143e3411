"""Messages wait for the rate of their provider."""

import asyncio
from math import inf

import pytest

from notifier.channels.base import UNLIMITED, Rates
from notifier.rates import REMEMBERED, Slots

NOW = 1000.0


def moments(slots: Slots, addresses: list[str], now: float = NOW) -> list[float]:
    """When messages to these go that are handed over together, in seconds from now."""
    return [round(slots.take(address, now) - now, 3) for address in addresses]


def test_so_many_a_second_leave_in_the_order_in_which_they_asked() -> None:
    assert moments(Slots(Rates(per_second=4)), [str(n) for n in range(6)]) == [0, 0.25, 0.5, 0.75, 1, 1.25]


def test_one_address_waits_and_holds_up_no_other() -> None:
    assert moments(Slots(Rates(seconds_between=1)), ["a", "a", "b", "a", "b"]) == [0, 1, 0, 2, 1]


def test_who_comes_later_finds_the_slots_of_before() -> None:
    slots = Slots(Rates(per_second=2, seconds_between=3))
    assert moments(slots, ["a", "b"]) == [0, 0.5]
    assert moments(slots, ["a"], NOW + 0.5) == [2.5]
    assert moments(slots, ["a", "b"], NOW + 60) == [0, 0.5]


def test_addresses_of_long_ago_are_forgotten() -> None:
    slots = Slots(Rates(seconds_between=0.001))
    for number in range(REMEMBERED + 10):
        slots.put_off(str(number), NOW + number)
        slots.take(str(number), NOW + number)
    assert len(slots._by_address) < REMEMBERED
    assert len(slots._expected) < REMEMBERED


@pytest.mark.parametrize("rates", [UNLIMITED, Rates(per_second=2), Rates(seconds_between=1)])
def test_the_first_never_waits(rates: Rates) -> None:
    assert moments(Slots(rates), ["a"]) == [0]


def test_without_a_rate_nobody_waits() -> None:
    assert set(moments(Slots(UNLIMITED), ["a"] * 100)) == {0}


async def test_a_message_waits_for_its_slot() -> None:
    slots, loop = Slots(Rates(seconds_between=0.05)), asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(3):
        await slots.wait("a")
    assert loop.time() - begun > 0.09, "two of the three had to wait"


async def test_who_waits_stops_when_nothing_goes_on() -> None:
    slots, looks = Slots(Rates(seconds_between=1000), waits=inf), iter([True, True])
    await slots.wait("a")
    assert await asyncio.wait_for(slots.wait("a", lambda: next(looks, False)), 60) == 0


async def test_what_would_wait_long_for_its_address_comes_again_one_after_the_other() -> None:
    slots = Slots(Rates(seconds_between=100))
    later = [await slots.wait(address) for address in ("a", "a", "b", "a", "b", "a")]
    assert [round(seconds, -1) for seconds in later] == [0, 100, 0, 200, 100, 300]


def test_what_comes_again_at_its_time_may_go() -> None:
    slots = Slots(Rates(seconds_between=10))
    assert [slots.put_off("a", NOW) for _ in range(3)] == [0, 10, 20]
    assert [slots.put_off("a", NOW + 10) for _ in range(2)] == [0, 20]
    assert slots.put_off("a", NOW + 20) == 0
    assert moments(slots, ["a"], NOW + 20) == [0]
