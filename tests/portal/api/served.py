"""The application as platforms meet it: a server of its own, in a thread or in a process that can be killed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from threading import Thread

import uvicorn
from phones.world import NOW

from portal.api.app import Api
from portal.api.gate import Limits
from portal.app import make_app
from portal.limits import Limit
from store.database import Database

OFTEN = Limits(wrong=Limit(1_000_000, 60), asked=Limit(1_000_000, 60))
PATIENCE = 30  # seconds


def now() -> datetime:
    """Ten in the morning, always."""
    return NOW


def server_of(url: str) -> uvicorn.Server:
    """A server over this store."""
    app = make_app(Database(url), now, api=Api(limits=OFTEN, private=True))
    return uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))


@contextmanager
def serving(url: str) -> Iterator[str]:
    """The address of a server in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = server_of(url)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def serving_until_killed(url: str) -> Iterator[int]:
    """The port of a server in a process of its own, which is killed at the end. It loads nothing anew."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = get_context("fork").Process(target=_serve, args=(url, listener), daemon=True)
    process.start()
    try:
        yield listener.getsockname()[1]
    finally:
        process.kill()
        process.join()
        listener.close()


def _serve(url: str, listener: socket.socket) -> None:
    server_of(url).run(sockets=[listener])
