"""The clock of one process: who leads plans every minute, each looks every second for what may go out.

When it is to stop, it finishes what is being sent.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifier.channels.base import Channel
from notifier.modes import Mode
from notifier.settling import PATIENCE, Patience
from notifier.webhooks_out import deliver_due
from schedules.clock import start_clock
from store.database import Database
from store.leader import Leadership
from store.roll import ProcessName
from store.watch import sign_off
from store.zone import SHANGHAI
from tixing.errors import UsageError
from tixing.process import Sending, beat_dispatch, keep_mode, plan_pass, quiet_of, stops_of
from tixing.providers import look_around, opened_channels
from tixing.records.nightly import keep_records
from tixing.settings import Settings
from tixing.times import now_utc

TICK_SECONDS = 60
WEBHOOK_SECONDS = 3  # what becomes of a record is told to other platforms
POLL_SECONDS = 1  # a notice that becomes due waits no longer for somebody to look
SUCCESSION_SECONDS = 5  # the plan of the day does not wait longer for somebody to make it
LOOK_SECONDS = 60
BATCH_OBJECTS = 40_000  # about what a batch of notices is made of; Python need not look for waste more often
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """The clock by which a process works, and how patient it is; a trial of faults brings its own."""

    clock: Callable[[], datetime] = now_utc
    patience: Patience = PATIENCE


PACE = Pace()


class Ticker:
    """The clock's ticks; of each kind one at a time, and those that are under way can be waited for."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        name: ProcessName,
        leadership: Leadership,
        channels: Mapping[str, Channel],
        pace: Pace,
    ) -> None:
        self._database = database
        self._settings = settings
        self._name = name
        self._leadership = leadership
        self._pace = pace
        self._leads = False
        self._process = ""
        self._planning = asyncio.Lock()
        self._keeping = asyncio.Lock()
        # SQLite has one writer: whoever sends there waits for the plan
        self._sending = self._planning if database.is_sqlite else asyncio.Lock()
        self._telling = asyncio.Lock()
        self._sender = Sending(
            database, settings, channels, self._sign, pace.clock, lambda: not self._stopping, pace.patience
        )
        self._stopping = False
        self._stopped: list[str] = []

    async def tick(self) -> None:
        """Plan, if this process leads, and look for whom a person was found. What fails is left for the next tick."""
        await self._alone(self._planning, self._plan)
        await self._alone(self._sending, self._send_all)

    async def keep(self) -> None:
        """Keep records as evidence, if this process leads: days are closed, and backups made beside everything else."""
        if self._leads and not self._keeping.locked():
            await self._alone(self._keeping, self._keep)

    async def _keep(self) -> None:
        await asyncio.to_thread(keep_records, self._database, self._settings, now=self._pace.clock())

    async def follow(self) -> None:
        """Plan at once if whoever led is gone: nobody waits for the next tick."""
        if self._process and not self._leads and not self._planning.locked():
            await self._alone(self._planning, self._succeed)

    async def _succeed(self) -> None:
        if await asyncio.to_thread(self._leadership.take):
            await self._plan()

    async def poll(self) -> None:
        """Send what is due now; nothing, while what was due before is still being sent."""
        if self._process and not self._sending.locked():
            await self._alone(self._sending, self._send)

    async def tell_platforms(self) -> None:
        """Tell other platforms what became of their records; nothing, while that is still being done."""
        if self._process and not self._telling.locked():
            await self._alone(self._telling, self._tell)

    async def _tell(self) -> None:
        await deliver_due(self._database, self._pace.clock, private=self._settings.webhooks_private)

    async def _alone(self, lock: asyncio.Lock, work: Callable[[], Awaitable[None]]) -> None:
        async with lock:
            if self._stopping:
                return
            try:
                await work()
            except SQLAlchemyError as error:
                log.error("pass failed", error=type(error).__name__)

    async def _send(self) -> None:
        await self._sender.send_due(wakes=False)

    async def _send_all(self) -> None:
        if not self._process:
            return  # the store did not answer yet
        await self._sender.send_due()
        await asyncio.to_thread(self._sign, 0)
        self._say_once(await asyncio.to_thread(stops_of, self._database))

    def _sign(self, messages: int) -> None:
        beat_dispatch(self._database, self._process, self._pace.clock, messages)

    async def _plan(self) -> None:
        process = await asyncio.to_thread(self._name.current)
        if self._process not in ("", process):  # the server lost us for a while: nobody is to miss the former name
            await asyncio.to_thread(_sign_off, self._database, self._process)
        self._process = process
        leads = await asyncio.to_thread(self._leadership.take)
        if leads != self._leads:
            self._leads = leads
            log.info("this process plans" if leads else "another process plans", process=process)
        await asyncio.to_thread(keep_mode, self._database, Mode(self._settings.mode), now=self._pace.clock())
        if leads:
            do = partial(plan_pass, self._database, now=self._pace.clock(), process=process)
            await asyncio.to_thread(do, quiet=quiet_of(self._settings), keeping=self._settings.keeping)

    def _say_once(self, stopped: list[str]) -> None:
        """What keeps notices from leaving, when it begins and when it changes."""
        if stopped == self._stopped:
            return
        self._stopped = stopped
        for sentence in stopped:
            log.warning("nothing leaves", why=sentence)
        if not stopped:
            log.warning("notices leave again")

    async def drain(self) -> None:
        """Begin nothing more, and wait until what is being sent has been settled."""
        self._stopping = True
        async with self._planning:
            pass
        async with self._sending:
            pass
        async with self._telling:
            pass
        async with self._keeping:
            pass


@asynccontextmanager
async def ticking(
    database: Database,
    settings: Settings,
    role: str,
    *,
    place: str | None = None,
    every: int = TICK_SECONDS,
    pace: Pace = PACE,
) -> AsyncIterator[None]:
    """Passes go on, and are watched, until the end of the block; then what is being sent is finished.

    `role` and `place` name the process, `every` is in seconds. Raises UsageError where another process serves a SQLite
    store already.
    """
    with Leadership(database) as leadership, ProcessName(database, role, place) as name:
        if database.is_sqlite and not leadership.take():
            raise UsageError(
                f"another process serves {database.shown_url()} already, and a SQLite store is served by one: "
                "stop that one, or move to a PostgreSQL database"
            )
        await asyncio.to_thread(keep_mode, database, Mode(settings.mode), now=pace.clock())
        gc.freeze()  # what is loaded by now stays: to look through it again and again slows every pass
        gc.set_threshold(BATCH_OBJECTS)
        async with opened_channels(database, settings) as channels:
            ticker = Ticker(database, settings, name, leadership, channels, pace)
            jobs: dict[Callable[[], Awaitable[None]], int] = {
                ticker.tick: every,
                ticker.keep: every,
                ticker.follow: SUCCESSION_SECONDS,
                ticker.poll: POLL_SECONDS,
                ticker.tell_platforms: WEBHOOK_SECONDS,
            }
            clock = start_clock(jobs, zone=SHANGHAI)
            watching = asyncio.create_task(_watch(database, settings, pace.clock))
            first = asyncio.create_task(ticker.tick())
            try:
                yield
            finally:
                clock.pause()
                await ticker.drain()
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
                clock.shutdown(wait=False)
                await first
                await asyncio.to_thread(_sign_off, database, name.current())


def _sign_off(database: Database, process: str) -> None:
    """Not to be missed: it was told to go."""
    try:
        if not database.is_sqlite:
            with database.write() as session:
                sign_off(session, process)
    except SQLAlchemyError as error:
        log.error("not signed off", process=process, error=type(error).__name__)


async def _watch(database: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Look every minute whether the work goes on, beside the ticks: one that hangs is seen too."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look_around(database, settings, now=clock())
        except SQLAlchemyError as error:
            log.error("look failed", error=type(error).__name__)
