"""One process that does everything: the clock, the channels, the pages."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot.dispatcher import build_dispatcher
from notifier.modes import Mode
from portal.app import make_app
from schedules.clock import start_clock
from store.database import Database
from tixing.process import keep_mode, look_around, run_pass, telegram_bot
from tixing.settings import Settings
from tixing.times import SHANGHAI, now_utc

SERVE = "serve"
TICK_SECONDS = 60
LOOK_SECONDS = 60
log = structlog.get_logger(__name__)


class QuietServer(uvicorn.Server):
    """Stops when it is told to; a signal that asked for it is not raised again, for being asked is no failure."""

    def stop(self) -> None:
        """Finish what is being answered and go."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours, see `serve`."""
        yield


class Ticker:
    """The clock's tick; one at a time, and one that is under way can be waited for."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._busy = asyncio.Lock()
        self._stopped: list[str] = []

    async def tick(self) -> None:
        """Plan and send what is due now. A store that does not answer is left for the next tick."""
        async with self._busy:
            try:
                summary = await run_pass(self._database, self._settings, now=now_utc(), process=SERVE, clock=now_utc)
                self._say_once(summary.stopped)
            except SQLAlchemyError as error:
                log.error("pass failed", error=type(error).__name__)

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
        """Wait for the tick that is under way."""
        async with self._busy:
            return


async def watch(database: Database, settings: Settings) -> None:
    """Look every minute whether the work goes on, beside the ticks: one that hangs is seen too."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look_around(database, settings, now=now_utc())
        except SQLAlchemyError as error:
            log.error("look failed", error=type(error).__name__)


async def serve(database: Database, settings: Settings, listener: socket.socket) -> None:
    """Run until SIGINT or SIGTERM; then stop ticking, finish what is being sent, and go."""
    await asyncio.to_thread(keep_mode, database, Mode(settings.mode), now=now_utc())
    ticker = Ticker(database, settings)
    clock = start_clock(ticker.tick, every_seconds=TICK_SECONDS, zone=SHANGHAI)
    besides = [asyncio.create_task(_listen(settings)), asyncio.create_task(watch(database, settings))]
    first = asyncio.create_task(ticker.tick())
    server = QuietServer(uvicorn.Config(make_app(database, now_utc), log_config=None))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    try:
        await server.serve(sockets=[listener])
    finally:
        clock.pause()
        await first
        await ticker.drain()
        clock.shutdown(wait=False)
        for task in besides:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _listen(settings: Settings) -> None:
    """Answer in Telegram where a token is set."""
    bot = telegram_bot(settings)
    if bot is None:
        return
    async with bot:
        await build_dispatcher().start_polling(bot, handle_signals=False, close_bot_session=False)
