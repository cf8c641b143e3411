"""The next batch of a pass: what was tried before, about which channels may have to be asked first, else what waits."""

import asyncio
from collections.abc import Sequence

import structlog

from notifier.attempts import Opened, open_claimed, open_fresh
from notifier.deliveries import load_open_attempts
from notifier.outbox import ClaimedNotice, Settled, claim
from notifier.passes import DispatchSummary, Pass, Room
from notifier.reconcile import ask_channels, settle_answers
from store.notices import NoticeStatus

SEEN = (NoticeStatus.SENDING, NoticeStatus.UNKNOWN)

log = structlog.get_logger(__name__)


async def begin(this: Pass, room: Room, summary: DispatchSummary) -> Opened:
    """The next batch, its attempts saved; of a lease that ran out meanwhile it knows at the latest before its end."""
    size = room.take(this.size)
    if not size:
        return Opened()
    looked = room.looks_back()
    opened = await _open_seen(this, size, summary) if looked else Opened()
    if not opened.begun:
        opened = await asyncio.to_thread(_open_fresh, this, size)
    if not opened.begun and not looked:
        opened = await _open_seen(this, size, summary)
    room.give_back(size - opened.begun)
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
    settled = await _reconcile(this, [row.notice_id for row in claimed])
    summary.add(settled)
    done = {one.notice_id for one in settled}
    opened = await asyncio.to_thread(_open_claimed, this, [row for row in claimed if row.notice_id not in done])
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


async def _reconcile(this: Pass, notice_ids: Sequence[int]) -> list[Settled]:
    with this.database.read() as session:
        attempts = load_open_attempts(session, notice_ids)
    if not attempts:
        return []
    answers = await ask_channels(attempts, this.channels)
    with this.database.write(repeats=True) as session:
        return settle_answers(session, answers, this.patience, owner=this.owner, today=this.today, now=this.now)


def _open_claimed(this: Pass, claimed: Sequence[ClaimedNotice]) -> Opened:
    with this.database.write(repeats=True) as session:
        return open_claimed(session, claimed, this.terms, owner=this.owner, today=this.today, now=this.now)


def _open_fresh(this: Pass, size: int) -> Opened:
    with this.database.write(repeats=True) as session:
        return open_fresh(
            session,
            limit=size,
            lease_seconds=this.lease,
            terms=this.terms,
            owner=this.owner,
            today=this.today,
            now=this.now,
        )
