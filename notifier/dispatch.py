"""One pass over what may go out: claim, ask about open attempts, save, send, settle."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

import structlog

from notifier.attempts import Opened, open_attempts, open_task_for
from notifier.channels.base import (
    Channel,
    OutgoingMessage,
    PermanentError,
    TemporaryError,
    UnknownOutcome,
)
from notifier.deliveries import heed_receipts, load_open_attempts, settle_attempts
from notifier.masking import mask_address
from notifier.modes import Mode, Terms
from notifier.outbox import ClaimedNotice, Settled, claim, give_back
from notifier.quiet import QuietHours
from notifier.rates import Slots, slots_for
from notifier.reconcile import ask_channels, settle_answers
from notifier.settling import PATIENCE, Outcome, Patience, Result, decide
from notifier.waking import wake_waiting
from store.database import Database
from store.notices import NoticeStatus

BATCH = 100
AT_ONCE = 8

log = structlog.get_logger(__name__)


@dataclass
class DispatchSummary:
    """What one pass did, in notices (`messages`: single messages handed over)."""

    claimed: int = 0
    messages: int = 0
    sent: int = 0
    retried: int = 0
    unknown: int = 0
    failed: int = 0
    no_contact: int = 0
    cancelled: int = 0
    woken: int = 0

    def add(self, settled: Iterable[Settled]) -> None:
        """Count the states in which notices were given back; one planned again counts as retried."""
        names = {NoticeStatus.PLANNED: "retried"}
        for one in settled:
            name = names.get(one.status, one.status.value)
            setattr(self, name, getattr(self, name) + 1)

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Pass:
    """What holds during one pass."""

    database: Database
    channels: Mapping[str, Channel]
    terms: Terms
    owner: str
    today: date
    clock: Callable[[], datetime]
    patience: Patience
    slots: Mapping[str, Slots]

    @property
    def now(self) -> datetime:
        """This moment; in a long pass it goes on."""
        return self.clock()


async def dispatch_due(
    database: Database,
    channels: Mapping[str, Channel],
    *,
    now: datetime,
    today: date,
    mode: Mode,
    guests: Iterable[str] = (),
    quiet: QuietHours | None = None,
    owner: str,
    limit: int | None = None,
    beat: Callable[[int], None] = lambda messages: None,
    goes_on: Callable[[], bool] = lambda: True,
    patience: Patience = PATIENCE,
    wakes: bool = True,
    clock: Callable[[], datetime] | None = None,
    slots: Mapping[str, Slots] | None = None,
) -> DispatchSummary:
    """Send what may go out on `today`, up to `limit` notices; `owner` names this pass and no other.

    `beat` is called after each batch with the number of messages handed over in it: a long pass is no silence.
    `goes_on` is asked before each: a process that is to stop settles what it has begun and leaves the rest.
    `slots` are those of the process, where it makes more than this pass; see `slots_for`.
    `wakes`: look first whether somebody was found for what had reached nobody; a look every minute is enough.
    Business time is `now`, told on by `clock` in a long pass, and `today`; leases run by the database's clock. Safe to
    be killed at any moment.
    """
    terms = Terms(mode, frozenset(channels), frozenset(guests), quiet)
    this = Pass(database, channels, terms, owner, today, clock or (lambda: now), patience, slots or slots_for(channels))
    summary = DispatchSummary(woken=await asyncio.to_thread(_wake, this) if wakes else 0)
    while goes_on() and (limit is None or summary.claimed < limit):
        size = BATCH if limit is None else min(BATCH, limit - summary.claimed)
        claimed = await asyncio.to_thread(_claim, this, size)
        if not claimed:
            break
        summary.claimed += len(claimed)
        before = summary.messages
        await _dispatch_batch(this, claimed, summary)
        await asyncio.to_thread(beat, summary.messages - before)
    say = log.info if summary.claimed or summary.woken else log.debug
    say("dispatched", owner=owner, mode=mode, **summary.as_dict())
    return summary


def _wake(this: Pass) -> int:
    with this.database.write() as session:
        return wake_waiting(session, this.terms, today=this.today, now=this.now)


def _claim(this: Pass, size: int) -> list[ClaimedNotice]:
    lease = int(this.patience.lease.total_seconds())
    return claim(this.database, limit=size, lease_seconds=lease, owner=this.owner, today=this.today, now=this.now)


async def _dispatch_batch(this: Pass, claimed: list[ClaimedNotice], summary: DispatchSummary) -> None:
    seen_before = [row.notice_id for row in claimed if row.was != NoticeStatus.PLANNED]
    if seen_before:
        waiting = await _reconcile(this, seen_before)
        summary.unknown += len(waiting)
        claimed = [row for row in claimed if row.notice_id not in waiting]
    opened = await asyncio.to_thread(_open, this, claimed)
    summary.add(opened.settled)
    for one in opened.settled:
        if one.status is NoticeStatus.FAILED:
            log.warning("set aside", notice_id=one.notice_id, reason=one.reason)
    results = await _send_all(this, [message for sending in opened.messages.values() for message in sending])
    outcomes = [result for result in results if isinstance(result, Outcome)]
    summary.messages += sum(outcome.result is Result.SENT for outcome in outcomes)
    summary.add(await asyncio.to_thread(_settle, this, claimed, opened, outcomes))
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _reconcile(this: Pass, notice_ids: Sequence[int]) -> set[int]:
    with this.database.read() as session:
        attempts = load_open_attempts(session, notice_ids)
    if not attempts:
        return set()
    answers = await ask_channels(attempts, this.channels)
    with this.database.write() as session:
        return settle_answers(session, answers, this.patience, owner=this.owner, today=this.today, now=this.now)


def _open(this: Pass, claimed: Sequence[ClaimedNotice]) -> Opened:
    with this.database.write() as session:
        return open_attempts(session, claimed, this.terms, owner=this.owner, today=this.today, now=this.now)


async def _send_all(this: Pass, messages: Sequence[OutgoingMessage]) -> list[Outcome | BaseException]:
    """The outcome of each message. A fault outside the contract is handed back, so that the others are settled."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def send_in_turn(message: OutgoingMessage) -> Outcome:
        await this.slots[message.prepared.channel].wait(message.address)
        async with at_once:
            return await send_one(this.channels[message.prepared.channel], message)

    return list(await asyncio.gather(*(send_in_turn(message) for message in messages), return_exceptions=True))


async def send_one(channel: Channel, message: OutgoingMessage) -> Outcome:
    """Send a message and say how it went."""
    delivery_id, notice_id = message.delivery_id, message.prepared.notice_id
    try:
        provider_id = await channel.send(message)
    except TemporaryError as error:
        outcome = Outcome(delivery_id, notice_id, Result.TEMPORARY, None, str(error), error.retry_after)
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


def _settle(this: Pass, claimed: Sequence[ClaimedNotice], opened: Opened, outcomes: Sequence[Outcome]) -> list[Settled]:
    with this.database.write() as session:
        outcomes = heed_receipts(session, outcomes)
        settled = _decide_all(this, claimed, opened, outcomes)
        settle_attempts(session, outcomes, this.now)
        give_back(session, settled, owner=this.owner, today=this.today, now=this.now)
        for one in settled:
            open_task_for(session, one, [message.prepared for message in opened.messages[one.notice_id]], this.today)
    return settled


def _decide_all(
    this: Pass, claimed: Sequence[ClaimedNotice], opened: Opened, outcomes: Sequence[Outcome]
) -> list[Settled]:
    """The new state of every notice of which all messages came to an outcome."""
    tries = {row.notice_id: row.tries + 1 for row in claimed}
    by_notice: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_notice[outcome.notice_id].append(outcome)
    return [
        decide(
            notice_id,
            theirs,
            tries=tries[notice_id],
            told=notice_id in opened.told_before,
            now=this.now,
            patience=this.patience,
        )
        for notice_id, theirs in by_notice.items()
        if len(theirs) == len(opened.messages[notice_id])
    ]
