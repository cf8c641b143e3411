"""A fake provider in a process of its own. Each worker has a door (a port) of its own to it."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web

from soaking import telegram, twilio
from soaking.desk import Desk, Manner, Record

HOST = "127.0.0.1"
ROUTES = {"twilio": twilio.routes, "telegram": telegram.routes}
COUNT, RECORD = "count", "record"  # what may be asked
_SPECS = Path(__file__).resolve().parents[3] / "shared" / "data" / "specs"
SPECS = _SPECS if _SPECS.is_dir() else None  # beside a checkout, not in it


@dataclass(frozen=True)
class Provider:
    """The provider as a trial sees it: its doors, and what came in."""

    doors: list[int]
    _pipe: Connection

    def count(self) -> int:
        """How many messages it took so far."""
        return int(self._ask(COUNT))

    def record(self) -> Record:
        """Everything."""
        record = self._ask(RECORD)
        assert isinstance(record, Record)
        return record

    def _ask(self, question: str) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


def url_of(door: int) -> str:
    """The base URL of a door."""
    return f"http://{HOST}:{door}"


@contextmanager
def provider(manner: Manner) -> Iterator[Provider]:
    """A provider that runs until the end of the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(manner, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Provider(ours.recv(), ours)
    finally:
        ours.close()
        process.join(timeout=10)
        process.kill()


def _serve(manner: Manner, pipe: Connection) -> None:
    asyncio.run(_answer(manner, pipe))


async def _answer(manner: Manner, pipe: Connection) -> None:
    """Until the other end of the pipe is closed."""
    desk = Desk(manner)
    async with _opened(desk) as doors:
        pipe.send(doors)
        with suppress(EOFError):
            while True:
                question = await asyncio.to_thread(pipe.recv)
                pipe.send(len(desk.record.taken) if question == COUNT else desk.record)


@asynccontextmanager
async def _opened(desk: Desk) -> AsyncIterator[list[int]]:
    application = web.Application()
    application.add_routes(ROUTES[desk.manner.protocol](desk, SPECS))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    for _ in range(desk.manner.doors):
        await web.TCPSite(runner, HOST, 0).start()
    yield [port for _, port in runner.addresses]
    await runner.cleanup()
