"""One pass over what may go out: ask about open attempts, write and save, send, settle.

While a batch is being sent the next one is written, so that neither the provider nor the database waits for the other.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

import structlog

from notifier.attempts import Opened, open_claimed, open_fresh, open_task_for
from notifier.channels.base import (
    Channel,
    OutgoingMessage,
)
from notifier.channels.by_number import available_in
from notifier.dead_addresses import note_dead
from notifier.deliveries import heed_receipts, load_open_attempts, settle_attempts
from notifier.modes import Mode, Terms
from notifier.outbox import ClaimedNotice, Settled, claim, give_back, renew
from notifier.quiet import QuietHours
from notifier.rates import Slots, slots_for
from notifier.reconcile import ask_channels, settle_answers
from notifier.sending import batch_size, send_all
from notifier.settling import PATIENCE, Outcome, Patience, Result, decide
from notifier.silence import give_up_waiting
from notifier.waking import wake_waiting
from store.brakes import NOWHERE, Stopped, stopped_cities
from store.database import Database
from store.notices import NoticeStatus

SETTLE_EVERY = 1.0  # seconds; what a provider has taken is not left unrecorded for longer

SEEN = (NoticeStatus.SENDING, NoticeStatus.UNKNOWN)

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
    size: int

    @property
    def lease(self) -> int:
        """Seconds for which others leave alone what this pass has begun."""
        return int(self.patience.lease.total_seconds())

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
    `goes_on` is asked before each message: a process that is to stop settles what has left and gives the rest back, as
    it does with the notices of a city that is paused, or whose plan is held, meanwhile.
    `slots` are those of the process, where it makes more than this pass; see `slots_for`.
    `wakes`: look first whether somebody was found for what had reached nobody, and what was never acknowledged; a look
    every minute is enough.
    Business time is `now`, told on by `clock` in a long pass, and `today`; leases run by the database's clock. Safe to
    be killed at any moment.
    """
    terms = Terms(mode, available_in(channels), frozenset(guests), quiet)
    slots = slots or slots_for(channels)
    this = Pass(database, channels, terms, owner, today, clock or (lambda: now), patience, slots, batch_size(channels))
    summary = DispatchSummary(woken=await asyncio.to_thread(_wake, this) if wakes else 0)
    room, brake = _Room(limit, goes_on), _Brake(database, goes_on)
    keeping = asyncio.create_task(_keep_leases(this))
    try:
        while await _dispatch_some(this, room, brake, summary, beat):
            pass
    finally:
        keeping.cancel()
    say = log.info if summary.claimed or summary.woken else log.debug
    say("dispatched", owner=owner, mode=mode, **summary.as_dict())
    return summary


def _wake(this: Pass) -> int:
    with this.database.write() as session:
        unheard = give_up_waiting(session, now=this.now)
        return unheard + wake_waiting(session, this.terms, today=this.today, now=this.now)


@dataclass
class _Room:
    """How many more notices this pass may begin."""

    left: int | None
    goes_on: Callable[[], bool]

    def take(self, size: int) -> int:
        """Up to `size`, 0 when the pass is to end."""
        if not self.goes_on():
            return 0
        return size if self.left is None else min(size, self.left)

    def use(self, number: int) -> None:
        """So many were begun."""
        if self.left is not None:
            self.left -= number


@dataclass
class _Brake:
    """What may still leave: nothing when the process is to stop, nothing of a city that is paused or held."""

    database: Database
    goes_on: Callable[[], bool]
    stopped: Stopped = NOWHERE

    def lets_go(self, message: OutgoingMessage) -> bool:
        """Whether the message may leave, by the last look."""
        return self.goes_on() and message.prepared.subject.city_id not in self.stopped

    def look(self) -> None:
        """Ask the store who is stopped now."""
        with self.database.read() as session:
            self.stopped = stopped_cities(session)


async def _keep_leases(this: Pass) -> None:
    while True:
        await asyncio.sleep(this.lease / 3)
        await asyncio.to_thread(renew, this.database, owner=this.owner, lease_seconds=this.lease)


async def _dispatch_some(
    this: Pass, room: _Room, brake: _Brake, summary: DispatchSummary, beat: Callable[[int], None]
) -> bool:
    """Send what is ready, batch after batch; False when there was nothing. What one batch settles may be ready anew."""
    opened = await _begin(this, room, summary)
    is_any = opened.begun > 0
    faults: list[BaseException] = []
    while opened.begun:
        following = asyncio.create_task(_begin(this, room, summary))
        before = summary.messages
        faults += await _send_and_settle(this, opened, brake, summary)
        await asyncio.to_thread(beat, summary.messages - before)
        opened = await following
        if faults:
            faults += await _send_and_settle(this, opened, brake, summary)
            raise faults[0]
    return is_any


async def _begin(this: Pass, room: _Room, summary: DispatchSummary) -> Opened:
    """The next batch, its attempts saved: first what was tried before, else what waits for its turn."""
    size = room.take(this.size)
    if not size:
        return Opened()
    opened = await _open_seen(this, size, summary)
    if not opened.begun:
        opened = await asyncio.to_thread(_open_fresh, this, size)
    room.use(opened.begun)
    summary.claimed += opened.begun
    summary.add(opened.settled)
    for one in opened.settled:
        if one.status is NoticeStatus.FAILED:
            log.warning("set aside", notice_id=one.notice_id, reason=one.reason)
    return opened


async def _open_seen(this: Pass, size: int, summary: DispatchSummary) -> Opened:
    """Of the notices whose sender died, or of which nobody knows whether they left, those that are to go again."""
    claimed = await asyncio.to_thread(_claim_seen, this, size)
    if not claimed:
        return Opened()
    waiting = await _reconcile(this, [row.notice_id for row in claimed])
    summary.unknown += len(waiting)
    opened = await asyncio.to_thread(_open_claimed, this, [row for row in claimed if row.notice_id not in waiting])
    opened.begun = len(claimed)
    return opened


def _claim_seen(this: Pass, size: int) -> list[ClaimedNotice]:
    return claim(
        this.database,
        limit=size,
        lease_seconds=this.lease,
        owner=this.owner,
        today=this.today,
        now=this.now,
        statuses=SEEN,
    )


async def _reconcile(this: Pass, notice_ids: Sequence[int]) -> set[int]:
    with this.database.read() as session:
        attempts = load_open_attempts(session, notice_ids)
    if not attempts:
        return set()
    answers = await ask_channels(attempts, this.channels)
    with this.database.write() as session:
        return settle_answers(session, answers, this.patience, owner=this.owner, today=this.today, now=this.now)


def _open_claimed(this: Pass, claimed: Sequence[ClaimedNotice]) -> Opened:
    with this.database.write() as session:
        return open_claimed(session, claimed, this.terms, owner=this.owner, today=this.today, now=this.now)


def _open_fresh(this: Pass, size: int) -> Opened:
    with this.database.write() as session:
        return open_fresh(
            session,
            limit=size,
            lease_seconds=this.lease,
            terms=this.terms,
            owner=this.owner,
            today=this.today,
            now=this.now,
        )


async def _send_and_settle(this: Pass, opened: Opened, brake: _Brake, summary: DispatchSummary) -> list[BaseException]:
    """Hand a batch over and record what became of it as it goes on. Returns faults outside the channels' contract."""
    messages = [message for sending in opened.messages.values() for message in sending]
    outcomes: list[Outcome] = []
    await asyncio.to_thread(brake.look)
    sending = asyncio.create_task(send_all(messages, this.channels, this.slots, brake.lets_go, outcomes))
    while messages:
        await asyncio.wait([sending], timeout=SETTLE_EVERY)
        is_over = sending.done()
        ready = _take_whole(opened, outcomes)
        summary.messages += sum(outcome.result is Result.SENT for outcome in ready)
        if ready:
            summary.add(await asyncio.to_thread(_settle, this, opened, ready))
        if is_over:
            break
        await asyncio.to_thread(brake.look)
    return await sending


def _take_whole(opened: Opened, outcomes: list[Outcome]) -> list[Outcome]:
    """Take out the outcomes of the notices all of whose messages came to one."""
    counts = Counter(outcome.notice_id for outcome in outcomes)
    whole = {notice_id for notice_id, count in counts.items() if count == len(opened.messages[notice_id])}
    ready = [outcome for outcome in outcomes if outcome.notice_id in whole]
    outcomes[:] = [outcome for outcome in outcomes if outcome.notice_id not in whole]
    return ready


def _settle(this: Pass, opened: Opened, outcomes: Sequence[Outcome]) -> list[Settled]:
    with this.database.write() as session:
        outcomes = heed_receipts(session, outcomes)
        settled = _decide_all(this, opened, outcomes)
        settle_attempts(session, outcomes, this.now)
        note_dead(session, outcomes, this.today)
        give_back(session, settled, owner=this.owner, today=this.today, now=this.now)
        for one in settled:
            open_task_for(session, one, [message.prepared for message in opened.messages[one.notice_id]], this.today)
    return settled


def _decide_all(this: Pass, opened: Opened, outcomes: Sequence[Outcome]) -> list[Settled]:
    """The new state of every notice."""
    by_notice: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_notice[outcome.notice_id].append(outcome)
    return [
        decide(
            notice_id,
            theirs,
            tries=opened.tries[notice_id],
            told=notice_id in opened.told_before,
            now=this.now,
            patience=this.patience,
        )
        for notice_id, theirs in by_notice.items()
    ]
