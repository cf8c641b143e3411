"""The clock of one process: a pass every minute, planned by whoever leads, and time to finish when it is to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifier.modes import Mode
from schedules.clock import start_clock
from store.database import Database
from store.leader import Leadership
from store.roll import ProcessName
from store.watch import sign_off
from tixing.errors import UsageError
from tixing.process import keep_mode, look_around, run_pass
from tixing.settings import Settings
from tixing.times import SHANGHAI, now_utc

TICK_SECONDS = 60
LOOK_SECONDS = 60
log = structlog.get_logger(__name__)


class Ticker:
    """The clock's tick; one at a time, and one that is under way can be waited for."""

    def __init__(self, database: Database, settings: Settings, name: ProcessName, leadership: Leadership) -> None:
        self._database = database
        self._settings = settings
        self._name = name
        self._leadership = leadership
        self._leads = False
        self._process = ""
        self._busy = asyncio.Lock()
        self._stopping = False
        self._stopped: list[str] = []

    async def tick(self) -> None:
        """Plan, if this process leads, and send what is due now. A store that does not answer is left for the next."""
        async with self._busy:
            if self._stopping:
                return
            try:
                await self._pass()
            except SQLAlchemyError as error:
                log.error("pass failed", error=type(error).__name__)

    async def _pass(self) -> None:
        process = await asyncio.to_thread(self._name.current)
        if self._process not in ("", process):  # the server lost us for a while: nobody is to miss the former name
            await asyncio.to_thread(_sign_off, self._database, self._process)
        self._process = process
        leads = await asyncio.to_thread(self._leadership.take)
        if leads != self._leads:
            self._leads = leads
            log.info("this process plans" if leads else "another process plans", process=process)
        summary = await run_pass(
            self._database,
            self._settings,
            now=now_utc(),
            process=process,
            clock=now_utc,
            plans=leads,
            goes_on=lambda: not self._stopping,
        )
        self._say_once(summary.stopped)

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
        async with self._busy:
            return


@asynccontextmanager
async def ticking(
    database: Database, settings: Settings, role: str, *, place: str | None = None, every: int = TICK_SECONDS
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
        await asyncio.to_thread(keep_mode, database, Mode(settings.mode), now=now_utc())
        ticker = Ticker(database, settings, name, leadership)
        clock = start_clock(ticker.tick, every_seconds=every, zone=SHANGHAI)
        watching = asyncio.create_task(_watch(database, settings))
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


async def _watch(database: Database, settings: Settings) -> None:
    """Look every minute whether the work goes on, beside the ticks: one that hangs is seen too."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look_around(database, settings, now=now_utc())
        except SQLAlchemyError as error:
            log.error("look failed", error=type(error).__name__)
