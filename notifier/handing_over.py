"""A batch is handed over, and what became of it is recorded as it goes on."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from notifier.attempts import Opened, open_task_for
from notifier.dead_addresses import note_dead
from notifier.deliveries import give_up_attempt, heed_receipts, load_tried, settle_attempts, write_outcomes
from notifier.outbox import Settled, give_back
from notifier.passes import Brake, DispatchSummary, Pass
from notifier.sending import send_all
from notifier.settling import Outcome, Result, decide
from store.brakes import EVERYTHING
from store.database import SILENCE
from store.notices import NoticeStatus

log = structlog.get_logger(__name__)
LOST = "a receipt says that it never came"
SETTLE_EVERY = 1.0  # seconds; what a provider has taken is not left unrecorded for longer


async def send_and_settle(
    this: Pass, opened: Opened, brake: Brake, turn: asyncio.Lock, summary: DispatchSummary
) -> int:
    """Hand a batch over at its turn and record what became of it. Returns the number of messages handed over.

    A fault outside the channels' contract is raised when the others are recorded.
    """
    messages = [message for sending in opened.messages.values() for message in sending]
    outcomes: list[Outcome] = []
    before = summary.messages
    async with turn:
        await asyncio.to_thread(brake.look)
        sending = asyncio.create_task(send_all(messages, this.channels, this.slots, brake.lets_go, outcomes))
        while not (await asyncio.wait([sending], timeout=SETTLE_EVERY))[0]:
            await _settle_whole(this, opened, brake, outcomes, summary)
            await asyncio.to_thread(brake.look)
    await _settle_whole(this, opened, brake, outcomes, summary)
    for fault in sending.result():
        raise fault
    return summary.messages - before


async def _settle_whole(
    this: Pass, opened: Opened, brake: Brake, outcomes: list[Outcome], summary: DispatchSummary
) -> None:
    """Record the notices all of whose messages came to an outcome."""
    ready = _take_whole(opened, outcomes)
    summary.messages += sum(outcome.result is Result.SENT for outcome in ready)
    if ready:
        summary.add(await _settle_surely(this, opened, brake, ready))


async def _settle_surely(this: Pass, opened: Opened, brake: Brake, outcomes: Sequence[Outcome]) -> list[Settled]:
    """Record outcomes. While the store does not answer, at most for a lease, they are kept and nothing leaves."""
    seconds = asyncio.get_running_loop().time
    until = seconds() + this.lease
    while True:
        try:
            return await asyncio.to_thread(_settle, this, opened, outcomes)
        except SILENCE as error:
            brake.stopped, brake.silent = EVERYTHING, True
            if seconds() >= until:
                raise
            log.error("not recorded yet", owner=this.owner, messages=len(outcomes), error=type(error).__name__)
        await asyncio.sleep(SETTLE_EVERY)


def _take_whole(opened: Opened, outcomes: list[Outcome]) -> list[Outcome]:
    """Take out the outcomes of the notices all of whose messages came to one."""
    counts = Counter(outcome.notice_id for outcome in outcomes)
    whole = {notice_id for notice_id, count in counts.items() if count == len(opened.messages[notice_id])}
    ready = [outcome for outcome in outcomes if outcome.notice_id in whole]
    outcomes[:] = [outcome for outcome in outcomes if outcome.notice_id not in whole]
    return ready


def _settle(this: Pass, opened: Opened, outcomes: Sequence[Outcome]) -> list[Settled]:
    try:
        with this.database.write(repeats=True) as session:
            if not write_outcomes(session, outcomes, this.now):
                outcomes = heed_receipts(session, outcomes)
            return _settle_notices(session, this, opened, outcomes)
    except IntegrityError:  # a provider gave an id that another message has
        with this.database.write(repeats=True) as session:
            settle_attempts(session, outcomes, this.now)
            return _settle_notices(session, this, opened, heed_receipts(session, outcomes))


def _settle_notices(session: Session, this: Pass, opened: Opened, outcomes: Sequence[Outcome]) -> list[Settled]:
    settled = _look_again(session, opened, _decide_all(this, opened, outcomes), this.now)
    _give_up_addresses(session, settled, outcomes)
    note_dead(session, outcomes, this.today)
    give_back(session, settled, owner=this.owner, today=this.today, now=this.now)
    for one in settled:
        if not one.is_plain:
            open_task_for(session, one, [message.prepared for message in opened.messages[one.notice_id]], this.today)
    return settled


def _look_again(session: Session, opened: Opened, settled: list[Settled], now: datetime) -> list[Settled]:
    """Of those who were told before, a receipt may have said meanwhile that it never came: then the next pass sees."""
    retold = [one.notice_id for one in settled if one.told and one.notice_id in opened.told_before]
    tried = load_tried(session, retold)
    lost = {notice_id for notice_id in retold if not opened.told_before[notice_id] <= tried[notice_id].told}
    return [
        replace(one, status=NoticeStatus.PLANNED, reason=LOST, not_before=now) if one.notice_id in lost else one
        for one in settled
    ]


def _give_up_addresses(session: Session, settled: Sequence[Settled], outcomes: Sequence[Outcome]) -> None:
    """What was tried often enough, and failed each time, is tried no more for this notice."""
    messages = {one.notice_id: one.reason for one in settled if one.anew}
    for outcome in outcomes if messages else ():
        if outcome.notice_id in messages and outcome.result is Result.TEMPORARY:
            give_up_attempt(session, outcome.delivery_id, messages[outcome.notice_id])


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
            withheld=opened.withheld.get(notice_id),
            patience=this.patience,
        )
        for notice_id, theirs in by_notice.items()
    ]
