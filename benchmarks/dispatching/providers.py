"""What stands in for a provider of SMS: one that takes everything at once, and one behind HTTP on this machine."""

import asyncio
import multiprocessing
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.connection import Connection

from aiohttp import ClientSession, TCPConnector, web

from notifier.channels.base import UNLIMITED, EarlierAttempt, OutgoingMessage

CONNECTIONS = 32  # kept alive, for each worker
HOST = "127.0.0.1"


class LocalSms(ABC):
    """What both have in common: no rate, and no doubt about what left."""

    name = "sms"
    rates = UNLIMITED
    list_lag = timedelta(0)

    @abstractmethod
    async def send(self, message: OutgoingMessage) -> str:
        """Take the message; the id is as long as Twilio's."""

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """Nothing is ever in doubt here."""
        raise AssertionError(f"delivery {attempt.delivery_id} was in doubt")

    @abstractmethod
    async def close(self) -> None:
        """Give connections back."""


class NoopSms(LocalSms):
    """Takes a message and returns an id at once; `sent` gets the notice's number."""

    def __init__(self, sent: "array[int]") -> None:
        self._sent = sent

    async def send(self, message: OutgoingMessage) -> str:
        """Note the notice."""
        self._sent.append(message.prepared.notice_id)
        return f"SM{message.delivery_id:032x}"

    async def close(self) -> None:
        """Nothing is open."""


class HttpSms(LocalSms):
    """Posts a message over a connection that is kept alive; the answer carries the id."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = ClientSession(connector=TCPConnector(limit=CONNECTIONS))

    async def send(self, message: OutgoingMessage) -> str:
        """Post it as a form, as providers want it; what counts as sent is what the server took."""
        form = {
            "To": message.address,
            "Body": message.signed_body,
            "Reference": str(message.prepared.notice_id),
            "Delivery": str(message.delivery_id),
        }
        async with self._session.post(self._url, data=form) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["sid"])

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


@contextmanager
def http_provider() -> Iterator[tuple[str, Connection]]:
    """A provider in a process of its own: its address, and a pipe that answers anything with what came in so far.

    The answer is the references in the order in which they came; it is forgotten then.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://{HOST}:{ours.recv()}/messages", ours
    finally:
        ours.close()
        process.join()


def _serve(pipe: Connection) -> None:
    asyncio.run(_take_messages(pipe))


async def _take_messages(pipe: Connection) -> None:
    """Until the other end of the pipe is closed."""
    took = array("q")

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        took.append(int(str(form["Reference"])))
        return web.json_response({"sid": f"SM{int(str(form['Delivery'])):032x}", "status": "queued"}, status=201)

    app = web.Application()
    app.router.add_post("/messages", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    pipe.send(runner.addresses[0][1])
    with suppress(EOFError):
        while True:
            await asyncio.to_thread(pipe.recv)
            pipe.send(took)
            del took[:]
    await runner.cleanup()
