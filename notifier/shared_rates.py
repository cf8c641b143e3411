"""Rates that all processes keep together: turns are taken from the store, a second's worth at a time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifier.channels.base import Channel
from notifier.rates import LONGEST_WAIT, LOOK_EVERY, Slots, sleep_until
from store.database import Database
from store.turns import Turns, rest, take_turns

AT_MOST = 30  # turns at a time where only the addresses have a rate

Asked = tuple[str, "asyncio.Future[float]"]
log = structlog.get_logger(__name__)


@dataclass
class SharedSlots(Slots):
    """The next free moments of a channel among all processes; while the store does not answer, of this one alone."""

    database: Database = field(kw_only=True)
    channel: str = field(kw_only=True)
    _asked: list[Asked] = field(default_factory=list)
    _asker: "asyncio.Task[None] | None" = None

    async def close(self, seconds: float) -> None:
        """The provider has asked for nothing more for so long: other processes hear of it with their next turns."""
        await super().close(seconds)
        try:
            await asyncio.to_thread(self._rest, seconds)
        except SQLAlchemyError as error:
            log.error("other processes do not hear of a rest", channel=self.channel, error=type(error).__name__)

    async def wait(self, address: str, goes_on: Callable[[], bool] = lambda: True) -> float:
        """Until a message may go to `address`, or nothing goes on; see `Slots.wait`.

        How long an address is to wait is judged by the turns of this process; others may take some between them.
        """
        loop = asyncio.get_running_loop()
        later = self.put_off(address, loop.time())
        if later:
            return later
        turn: asyncio.Future[float] = loop.create_future()
        self._asked.append((address, turn))
        if self._asker is None or self._asker.done():
            self._asker = asyncio.create_task(self._ask())
        try:
            while not turn.done() and goes_on():
                await asyncio.wait([turn], timeout=LOOK_EVERY)
            if turn.done():
                await sleep_until(turn.result(), goes_on)
        finally:
            turn.cancel()
        return 0

    async def _ask(self) -> None:
        """Take turns until everybody who waits has one, none long before it can be used: a process may stop."""
        loop = asyncio.get_running_loop()
        try:
            while some := self._next_ones():
                moments, last = await self._take([address for address, _ in some])
                for (address, turn), moment in zip(some, moments, strict=True):
                    self._note(address, moment, loop.time())
                    if not turn.done():
                        turn.set_result(moment)
                await asyncio.sleep(max(0, last - loop.time()))
        finally:
            for _, turn in self._asked:
                turn.cancel()

    def _note(self, address: str, moment: float, now: float) -> None:
        if self.rates.seconds_between:
            self._by_address[address] = moment + self.rates.seconds_between
            self._forget(now)

    def _next_ones(self) -> list[Asked]:
        """Those who are next, one to an address; who waits no more is left out."""
        most = max(1, int(self.rates.per_second or AT_MOST))
        some: dict[str, Asked] = {}
        later: list[Asked] = []
        for asked in self._asked:
            address, turn = asked
            if turn.done():
                continue
            if len(some) < most and address not in some:
                some[address] = asked
            else:
                later.append(asked)
        self._asked = later
        return list(some.values())

    async def _take(self, addresses: list[str]) -> tuple[list[float], float]:
        """The moments of their turns, and when the channel has the next ones, by the event loop's clock."""
        loop = asyncio.get_running_loop()
        try:
            turns = await asyncio.to_thread(self._take_stored, addresses)
        except SQLAlchemyError as error:
            log.error("turns are taken for this process alone", channel=self.channel, error=type(error).__name__)
            now = loop.time()
            return [self.take(address, now) for address in addresses], now
        now = loop.time()
        if turns.quiet_until is not None and turns.quiet_until > turns.now:
            await super().close((turns.quiet_until - turns.now).total_seconds())
        moments = [now + (moment - turns.now).total_seconds() for moment in turns.moments]
        return moments, now + (turns.last - turns.now).total_seconds()

    def _take_stored(self, addresses: list[str]) -> Turns:
        apart = timedelta(seconds=1 / self.rates.per_second if self.rates.per_second else 0)
        between = timedelta(seconds=self.rates.seconds_between)
        with self.database.write() as session:
            return take_turns(session, self.channel, addresses, apart=apart, between=between)

    def _rest(self, seconds: float) -> None:
        with self.database.write() as session:
            rest(session, self.channel, seconds)


def slots_of_all(channels: Mapping[str, Channel], database: Database, waits: float = LONGEST_WAIT) -> dict[str, Slots]:
    """Slots at the rates of these channels; those of a provider are kept by all processes on the same server."""
    return {
        name: SharedSlots(channel.rates, waits, database=database, channel=name)
        if channel.rates.shared and not database.is_sqlite
        else Slots(channel.rates, waits)
        for name, channel in channels.items()
    }
