"""One pass over what may go out: ask about open attempts, write and save, send, settle.

While a batch is being sent another is written and a third is settled, so that neither the provider nor the database
waits for the other.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifier.beginning import begin
from notifier.channels.base import Channel
from notifier.channels.by_number import available_in
from notifier.handing_over import send_and_settle
from notifier.modes import Mode, Terms
from notifier.outbox import renew
from notifier.passes import Brake, DispatchSummary, Pass, Room
from notifier.rates import Slots, slots_for
from notifier.sending import batch_size
from notifier.settling import PATIENCE, Patience
from notifier.silence import give_up_waiting
from notifier.waking import wake_waiting
from store.database import Database
from store.quiet import QuietHours

LANES = 2  # batches in hand at a time

log = structlog.get_logger(__name__)


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
    room, brake, turn = Room(limit, goes_on), Brake(database, goes_on), asyncio.Lock()
    keeping = asyncio.create_task(_keep_leases(this))
    lanes = [_go_through(this, room, brake, turn, summary, beat) for _ in range(LANES)]
    try:
        faults = [fault for fault in await asyncio.gather(*lanes, return_exceptions=True) if fault is not None]
    finally:
        keeping.cancel()
    if faults:
        raise faults[0]
    say = log.info if summary.claimed or summary.woken else log.debug
    say("dispatched", owner=owner, mode=mode, **summary.as_dict())
    return summary


def _wake(this: Pass) -> int:
    with this.database.write() as session:
        unheard = give_up_waiting(session, now=this.now)
        return unheard + wake_waiting(session, this.terms, today=this.today, now=this.now)


async def _keep_leases(this: Pass) -> None:
    while True:
        await asyncio.sleep(this.lease / 3)
        try:
            await asyncio.to_thread(renew, this.database, owner=this.owner, lease_seconds=this.lease)
        except SQLAlchemyError as error:
            log.error("leases not renewed", owner=this.owner, error=type(error).__name__)


async def _go_through(
    this: Pass,
    room: Room,
    brake: Brake,
    turn: asyncio.Lock,
    summary: DispatchSummary,
    beat: Callable[[int], None],
) -> None:
    """Send what is ready, batch after batch, until there is nothing: what one batch settles may be ready anew.

    Batches take their `turn` to be sent; meanwhile others are written and settled.
    """
    try:
        while (opened := await begin(this, room, summary)).begun:
            sent = await send_and_settle(this, opened, brake, turn, summary)
            await asyncio.to_thread(beat, sent)
    except BaseException:
        room.close()
        raise
