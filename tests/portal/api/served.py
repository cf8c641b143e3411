"""The application as platforms meet it: a server of its own, in this process or in one that can be killed.

As a program: `served.py DATABASE_URL PORT`.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
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


def wait_for(port: int) -> None:
    """Until somebody answers there."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


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


if __name__ == "__main__":
    server_of(sys.argv[1]).run(sockets=[socket.create_server(("127.0.0.1", int(sys.argv[2])))])
