"""What a fake provider does with messages, whatever its protocol: it takes them or not, and records what it took."""

import asyncio
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from aiohttp import web

from soaking.clock import Clock
from soaking.fates import NOT_TAKEN, Fate, Fates, Roll

HANG_SECONDS = 60  # longer than any client waits


@dataclass(frozen=True)
class Manner:
    """How a provider behaves: `twilio` or `telegram`, with a door for each worker.

    Above `per_second` messages it answers 429; 0 is no limit.
    """

    protocol: str
    clock: Clock
    fates: Fates
    doors: int
    per_second: int = 0


@dataclass(frozen=True)
class Taken:
    """A message that the provider took. `came` and `shown` are moments of `time.monotonic`: when the request came, and
    from when on the provider's list shows it. `sure`: the sender was told."""

    provider_id: str
    door: int
    address: str
    body: str
    came: float
    shown: float
    sure: bool


@dataclass
class Record:
    """All that came in; `faults` are what the provider's specification does not know."""

    taken: list[Taken] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    looks: int = 0  # times that its list was asked for


@dataclass
class Desk:
    """Where messages are handed in."""

    manner: Manner
    record: Record = field(default_factory=Record)
    _tries: Counter[str] = field(default_factory=Counter)
    _by_address: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    _lately: deque[float] = field(default_factory=deque)

    async def handle(self, request: web.Request, address: str, provider_id: str, body: str) -> Fate:
        """Decide what becomes of a message, take the time that it takes, and record it where it was taken.

        A request that has come is handled, also when its sender dies meanwhile.
        """
        came, door = time.monotonic(), _door(request)
        self._tries[address] += 1
        roll = self.manner.fates.of(address, self._tries[address])
        if self._is_too_much(came):
            roll = Roll(Fate.BUSY, 0, 0)
        await asyncio.sleep(roll.seconds)
        self.record.fates[roll.fate] += 1
        if roll.fate not in NOT_TAKEN:
            shown = time.monotonic() + roll.lag
            one = Taken(provider_id, door, address, body, came, shown, sure=roll.fate is Fate.TAKEN)
            self.record.taken.append(one)
            self._by_address[address].append(one)
        if roll.fate in (Fate.SILENT, Fate.SILENT_TAKEN) and request.transport is not None:
            request.transport.abort()
        if roll.fate is Fate.HANGING:
            await asyncio.sleep(HANG_SECONDS)
        return roll.fate

    def shown(self, address: str) -> list[Taken]:
        """What the list shows of messages to an address at this moment, newest first."""
        self.record.looks += 1
        return [one for one in reversed(self._by_address.get(address, [])) if one.shown <= time.monotonic()]

    def _is_too_much(self, now: float) -> bool:
        if not self.manner.per_second:
            return False
        while self._lately and self._lately[0] <= now - 1:
            self._lately.popleft()
        if len(self._lately) >= self.manner.per_second:
            return True
        self._lately.append(now)
        return False


def _door(request: web.Request) -> int:
    """The port at which the request came in."""
    assert request.transport is not None
    port: int = request.transport.get_extra_info("sockname")[1]
    return port
