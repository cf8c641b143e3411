"""Handing messages to their channels: several at once, each in its turn, and what became of it in one word."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from notifier.channels.base import (
    UNLIMITED,
    Channel,
    OutgoingMessage,
    PermanentError,
    TemporaryError,
    UnknownOutcome,
)
from notifier.digest import Letter, combine, gather, outcomes_of
from notifier.masking import mask_address
from notifier.rates import Slots
from notifier.settling import Outcome, Result

BATCH = 1000
# A batch is no larger than what the slowest provider takes in this time, so that others need not wait long for their
# turn, and a process that dies leaves little in doubt; and no smaller than is worth the store's work.
BATCH_SECONDS = 5
SMALLEST = 20
AT_ONCE = 8
NOT_LEFT = "stopped before it left"
NOT_YET = "not sent: the address takes so many messages one after the other"
ASKED_TO_WAIT = "not sent: the provider has asked to wait"

log = structlog.get_logger(__name__)


def batch_size(channels: Mapping[str, Channel]) -> int:
    """How many notices are begun at a time."""
    rates = [channel.rates.per_second for channel in channels.values() if channel.rates.per_second]
    return min([BATCH, *(max(SMALLEST, int(rate * BATCH_SECONDS)) for rate in rates)])


async def send_all(
    messages: Sequence[OutgoingMessage],
    channels: Mapping[str, Channel],
    slots: Mapping[str, Slots],
    lets_go: Callable[[OutgoingMessage], bool],
    outcomes: list[Outcome],
) -> list[BaseException]:
    """Add the outcome of each message to `outcomes`; what `lets_go` holds back at its turn does not leave.

    A fault outside the contract is handed back: the others go on.
    """
    return await Sender(channels, slots, lets_go, outcomes).send(messages)


@dataclass
class Sender:
    """What one batch is sent with; see `send_all`."""

    channels: Mapping[str, Channel]
    slots: Mapping[str, Slots]
    lets_go: Callable[[OutgoingMessage], bool]
    outcomes: list[Outcome]
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def send(self, messages: Sequence[OutgoingMessage]) -> list[BaseException]:
        """Send each that its channel takes at any speed as soon as one before it has left, the others at their turn."""
        free, paced = self._part(messages)
        waiting = iter(free)
        letters = gather(paced, {name: one.rates for name, one in self.slots.items()})
        deeds = [self._send_in_turn(letter) for letter in letters]
        deeds += [self._send_waiting(waiting) for _ in range(AT_ONCE)]
        faults: list[BaseException] = []
        while deeds:
            results = await asyncio.gather(*deeds, return_exceptions=True)
            found = [result for result in results if isinstance(result, BaseException)]
            faults += found
            deeds = [self._send_waiting(waiting) for _ in found]  # in the place of those that a fault has ended
        return faults

    def _part(self, messages: Sequence[OutgoingMessage]) -> tuple[list[OutgoingMessage], list[OutgoingMessage]]:
        free: list[OutgoingMessage] = []
        paced: list[OutgoingMessage] = []
        for message in messages:
            (free if self.slots[message.prepared.channel].rates == UNLIMITED else paced).append(message)
        return free, paced

    async def _send_waiting(self, waiting: Iterator[OutgoingMessage]) -> None:
        for message in waiting:
            if self.lets_go(message):
                self.outcomes.append(await self._send_unless_closed(message))
            else:
                self.outcomes.append(_held(message))

    async def _send_in_turn(self, letter: Letter) -> None:
        def goes_on() -> bool:
            return any(self.lets_go(message) for message in letter)

        slots = self.slots[letter[0].prepared.channel]
        later = await slots.wait(letter[0].address, goes_on) if goes_on() else 0
        if later:
            self.outcomes.extend(_put_off(message, later) for message in letter)
            return
        async with self.at_once:
            await self._send_or_hold(letter)

    async def _send_or_hold(self, letter: Letter) -> None:
        going: list[OutgoingMessage] = []
        for message in letter:
            if self.lets_go(message):
                going.append(message)
            else:
                self.outcomes.append(_held(message))
        if going:
            whole = await self._send_unless_closed(combine(going))
            self.outcomes.extend(outcomes_of(going, whole))

    async def _send_unless_closed(self, message: OutgoingMessage) -> Outcome:
        name = message.prepared.channel
        closed = self.slots[name].closed_for()
        if closed:
            notice_id = message.prepared.notice_id
            return Outcome(message.delivery_id, notice_id, Result.POSTPONED, None, ASKED_TO_WAIT, closed)
        outcome = await send_one(self.channels[name], message)
        if outcome.for_all and outcome.retry_after:
            await self.slots[name].close(outcome.retry_after)
        return outcome


def _put_off(message: OutgoingMessage, seconds: float) -> Outcome:
    return Outcome(message.delivery_id, message.prepared.notice_id, Result.POSTPONED, None, NOT_YET, seconds)


def _held(message: OutgoingMessage) -> Outcome:
    return Outcome(message.delivery_id, message.prepared.notice_id, Result.HELD, None, NOT_LEFT)


async def send_one(channel: Channel, message: OutgoingMessage) -> Outcome:
    """Send a message and say how it went."""
    delivery_id, notice_id = message.delivery_id, message.prepared.notice_id
    try:
        provider_id = await channel.send(message)
    except TemporaryError as error:
        outcome = Outcome(delivery_id, notice_id, Result.TEMPORARY, None, str(error), error.retry_after, error.for_all)
    except PermanentError as error:
        outcome = Outcome(delivery_id, notice_id, Result.PERMANENT, None, str(error))
    except UnknownOutcome as error:
        outcome = Outcome(delivery_id, notice_id, Result.UNKNOWN, None, str(error))
    else:
        return Outcome(delivery_id, notice_id, Result.SENT, provider_id)
    log.warning(
        "not sent",
        notice_id=notice_id,
        delivery_id=delivery_id,
        channel=channel.name,
        to=mask_address(channel.name, message.address),
        result=outcome.result,
        error=outcome.error,
    )
    return outcome
