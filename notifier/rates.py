"""Rates that a provider asks for: in all, and to one address. Each message gets its slot and waits for it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notifier.channels.base import Channel, Rates

LONGEST_WAIT = 5.0  # seconds; what would wait longer for its address comes again, and holds up nothing else
LOOK_EVERY = 0.5  # seconds; who waits hears so soon that nothing may leave any more
REMEMBERED = 10_000  # addresses; those whose slot has long passed are forgotten


@dataclass
class Slots:
    """The next free moments of one channel in this process, by the event loop's clock.

    `waits`: for so many seconds a message waits for its address at most.
    """

    rates: Rates
    waits: float = LONGEST_WAIT
    _next: float = 0
    _by_address: dict[str, float] = field(default_factory=dict)
    _expected: dict[str, float] = field(default_factory=dict)
    _promised: dict[str, float] = field(default_factory=dict)
    _closed_until: float = 0

    async def close(self, seconds: float) -> None:
        """The provider has asked for nothing more for so long."""
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)

    def closed_for(self) -> float:
        """Seconds for which nothing may go to the provider; 0 when it may."""
        if not self._closed_until:
            return 0
        return max(0, self._closed_until - asyncio.get_running_loop().time())

    async def wait(self, address: str, goes_on: Callable[[], bool] = lambda: True) -> float:
        """Until a message may go to `address`, or nothing goes on; those that wait go in the order in which they asked.

        0, or the seconds after which the message is to come again, where its slot is too far away.
        """
        now = asyncio.get_running_loop().time()
        later = self.put_off(address, now)
        if not later:
            await sleep_until(self.take(address, now), goes_on)
        return later

    def put_off(self, address: str, now: float) -> float:
        """Seconds until the slot of a message that is too far away; 0 where the message may wait for it."""
        if not self.rates.seconds_between:
            return 0
        at = max(now, self._expected.get(address, 0), self._by_address.get(address, 0))
        if at - now <= self.waits:
            self._expected[address] = at + self.rates.seconds_between
            return 0
        promised = max(at, self._promised.get(address, 0))
        self._promised[address] = promised + self.rates.seconds_between
        return promised - now

    def take(self, address: str, now: float) -> float:
        """Take the next slot for `address`: the moment from which a message may go to it."""
        at = max(now, self._next, self._by_address.get(address, 0))
        if self.rates.per_second:
            self._next = max(now, self._next) + 1 / self.rates.per_second
        if self.rates.seconds_between:
            self._by_address[address] = at + self.rates.seconds_between
            self._forget(now)
        return at

    def _forget(self, now: float) -> None:
        for moments in (self._by_address, self._expected, self._promised):
            if len(moments) > REMEMBERED:
                for address in [address for address, at in moments.items() if at <= now]:
                    del moments[address]


async def sleep_until(at: float, goes_on: Callable[[], bool]) -> None:
    """Until this moment of the event loop's clock, or until nothing goes on."""
    loop = asyncio.get_running_loop()
    while (left := at - loop.time()) > 0 and goes_on():
        await asyncio.sleep(min(left, LOOK_EVERY))


def slots_for(channels: Mapping[str, Channel]) -> dict[str, Slots]:
    """Slots at the rates of these channels, none taken yet."""
    return {name: Slots(channel.rates) for name, channel in channels.items()}
