"""`tixing serve`: the clock, the channels and the pages in one process."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer

from tixing.commands.options import open_store
from tixing.environment import load_settings
from tixing.errors import UsageError
from tixing.logs import configure_logs
from tixing.serve import serve as run


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Plan and send as time goes by, every minute, until stopped."""
    configure_logs()
    settings = load_settings()
    with _listening(host, port) as listener, open_store(settings, make=True) as database:
        said = f"tixing serves at http://{host}:{port}/ (Ctrl-C stops it)"
        asyncio.run(run(database, settings, listener, partial(typer.echo, said, err=True)))


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The port, taken before anything is planned or sent."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UsageError(f"{host}:{port} cannot be listened on: {error.strerror}; choose another --port") from error
        yield listener
