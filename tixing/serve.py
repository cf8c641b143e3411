"""One process that does everything: the clock, the channels, the pages."""

import asyncio
from contextlib import suppress

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot.dispatcher import build_dispatcher
from portal.app import make_app
from schedules.clock import start_clock
from store.database import Database
from tixing.process import run_pass, telegram_bot
from tixing.settings import Settings
from tixing.times import SHANGHAI, now_utc

TICK_SECONDS = 60
log = structlog.get_logger(__name__)


class Ticker:
    """The clock's tick; one at a time, and one that is under way can be waited for."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._busy = asyncio.Lock()

    async def tick(self) -> None:
        """Plan and send what is due now. A store that does not answer is left for the next tick."""
        async with self._busy:
            try:
                await run_pass(self._database, self._settings, now=now_utc())
            except SQLAlchemyError as error:
                log.error("pass failed", error=type(error).__name__)

    async def drain(self) -> None:
        """Wait for the tick that is under way."""
        async with self._busy:
            return


async def serve(database: Database, settings: Settings, *, host: str, port: int) -> None:
    """Run until SIGINT or SIGTERM; then stop ticking, finish what is being sent, and go."""
    ticker = Ticker(database, settings)
    clock = start_clock(ticker.tick, every_seconds=TICK_SECONDS, zone=SHANGHAI)
    listening = asyncio.create_task(_listen(settings))
    first = asyncio.create_task(ticker.tick())
    server = uvicorn.Server(uvicorn.Config(make_app(database), host=host, port=port, log_config=None))
    try:
        await server.serve()
    finally:
        clock.pause()
        await first
        await ticker.drain()
        clock.shutdown(wait=False)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _listen(settings: Settings) -> None:
    """Answer in Telegram where a token is set."""
    bot = telegram_bot(settings)
    if bot is None:
        return
    async with bot:
        await build_dispatcher().start_polling(bot, handle_signals=False, close_bot_session=False)
