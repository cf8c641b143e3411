"""Handing messages to their channels: several at once, each in its turn, and what became of it in one word."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

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
# A batch is no larger than what the slowest provider takes in this time: a process that is to stop sends what it has
# begun.
BATCH_SECONDS = 15
AT_ONCE = 8
NOT_LEFT = "stopped before it left"
ASKED_TO_WAIT = "not sent: the provider has asked to wait"

log = structlog.get_logger(__name__)


def batch_size(channels: Mapping[str, Channel]) -> int:
    """How many notices are begun at a time."""
    rates = [channel.rates.per_second for channel in channels.values() if channel.rates.per_second]
    return max(1, min([BATCH, *(int(rate * BATCH_SECONDS) for rate in rates)]))


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
    at_once = asyncio.Semaphore(AT_ONCE)
    paced = [message for message in messages if slots[message.prepared.channel].rates != UNLIMITED]
    waiting = iter([message for message in messages if slots[message.prepared.channel].rates == UNLIMITED])

    async def send_in_turn(letter: Letter) -> None:
        if any(lets_go(message) for message in letter):
            await slots[letter[0].prepared.channel].wait(letter[0].address)
        async with at_once:
            await send_or_hold(letter)

    async def send_waiting() -> None:
        for message in waiting:
            if lets_go(message):
                outcomes.append(await send_unless_closed(message))
            else:
                outcomes.append(_held(message))

    async def send_or_hold(letter: Letter) -> None:
        going: list[OutgoingMessage] = []
        for message in letter:
            if lets_go(message):
                going.append(message)
            else:
                outcomes.append(_held(message))
        if going:
            whole = await send_unless_closed(combine(going))
            outcomes.extend(outcomes_of(going, whole))

    async def send_unless_closed(message: OutgoingMessage) -> Outcome:
        name = message.prepared.channel
        closed = slots[name].closed_for()
        if closed:
            notice_id = message.prepared.notice_id
            return Outcome(message.delivery_id, notice_id, Result.POSTPONED, None, ASKED_TO_WAIT, closed)
        outcome = await send_one(channels[name], message)
        if outcome.for_all and outcome.retry_after:
            slots[name].close(outcome.retry_after)
        return outcome

    faults: list[BaseException] = []
    letters = gather(paced, {name: one.rates for name, one in slots.items()})
    deeds = [send_in_turn(letter) for letter in letters] + [send_waiting() for _ in range(AT_ONCE)]
    while deeds:
        results = await asyncio.gather(*deeds, return_exceptions=True)
        found = [result for result in results if isinstance(result, BaseException)]
        faults += found
        deeds = [send_waiting() for _ in found]  # in the place of those that a fault has ended
    return faults


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
