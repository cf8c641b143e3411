"""Rates that a provider asks for: in all, and to one address. Each message gets its slot and waits for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.channels.base import Channel, Rates

REMEMBERED = 10_000  # addresses; those whose slot has long passed are forgotten


@dataclass
class Slots:
    """The next free moments of one channel in this process, by the event loop's clock."""

    rates: Rates
    _next: float = 0
    _by_address: dict[str, float] = field(default_factory=dict)
    _closed_until: float = 0

    async def close(self, seconds: float) -> None:
        """The provider has asked for nothing more for so long."""
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)

    def closed_for(self) -> float:
        """Seconds for which nothing may go to the provider; 0 when it may."""
        if not self._closed_until:
            return 0
        return max(0, self._closed_until - asyncio.get_running_loop().time())

    async def wait(self, address: str) -> None:
        """Until a message may go to `address`; those that wait go in the order in which they asked."""
        now = asyncio.get_running_loop().time()
        at = self.take(address, now)
        if at > now:
            await asyncio.sleep(at - now)

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
        if len(self._by_address) > REMEMBERED:
            self._by_address = {address: at for address, at in self._by_address.items() if at > now}


def slots_for(channels: Mapping[str, Channel]) -> dict[str, Slots]:
    """Slots at the rates of these channels, none taken yet."""
    return {name: Slots(channel.rates) for name, channel in channels.items()}
