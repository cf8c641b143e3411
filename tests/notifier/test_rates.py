"""Messages wait for the rate of their provider: by the clock of the event loop, which these tests move themselves."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from notifier.channels.base import UNLIMITED, Rates
from notifier.rates import REMEMBERED, Slots


class Loop(asyncio.SelectorEventLoop):
    """Its time goes on by sleeping only."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 1000.0

    def time(self) -> float:
        return self.moment

    def _run_once(self) -> None:
        waiting = self._scheduled  # type: ignore[attr-defined]  # the loop's own list of timers, by their moments
        if waiting and not self._ready:  # type: ignore[attr-defined]  # as above
            self.moment = max(self.moment, waiting[0].when())
        super()._run_once()  # type: ignore[misc]  # as above


def run(work: Coroutine[Any, Any, Any]) -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(work)


async def moments(slots: Slots, addresses: list[str]) -> list[float]:
    """When each message goes, in seconds from now."""
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def one(address: str) -> float:
        await slots.wait(address)
        return round(loop.time() - begun, 3)

    return list(await asyncio.gather(*(one(address) for address in addresses)))


def test_so_many_a_second_leave_in_the_order_in_which_they_asked() -> None:
    async def work() -> None:
        found = await moments(Slots(Rates(per_second=4)), [str(n) for n in range(6)])
        assert found == [0, 0.25, 0.5, 0.75, 1, 1.25]

    run(work())


def test_one_address_waits_and_holds_up_no_other() -> None:
    async def work() -> None:
        found = await moments(Slots(Rates(seconds_between=1)), ["a", "a", "b", "a", "b"])
        assert found == [0, 1, 0, 2, 1]

    run(work())


def test_who_comes_later_finds_the_slots_of_before() -> None:
    async def work() -> None:
        slots = Slots(Rates(per_second=2, seconds_between=3))
        assert await moments(slots, ["a", "b"]) == [0, 0.5]
        assert await moments(slots, ["a"]) == [2.5]
        await asyncio.sleep(60)
        assert await moments(slots, ["a", "b"]) == [0, 0.5]

    run(work())


def test_without_a_rate_nobody_waits() -> None:
    async def work() -> None:
        assert set(await moments(Slots(UNLIMITED), ["a"] * 100)) == {0}

    run(work())


def test_addresses_of_long_ago_are_forgotten() -> None:
    async def work() -> None:
        slots = Slots(Rates(seconds_between=0.001))
        for number in range(REMEMBERED + 10):
            await slots.wait(str(number))
            await asyncio.sleep(0.01)
        assert len(slots._by_address) < REMEMBERED

    run(work())


@pytest.mark.parametrize("rates", [UNLIMITED, Rates(per_second=2), Rates(seconds_between=1)])
def test_the_first_never_waits(rates: Rates) -> None:
    async def work() -> None:
        assert await moments(Slots(rates), ["a"]) == [0]

    run(work())
