"""`tixing worker`: passes without pages, beside `tixing serve`."""

import asyncio
from functools import partial
from typing import Annotated

import typer

from tixing.commands.options import open_store
from tixing.environment import load_settings
from tixing.logs import configure_logs
from tixing.ticking import TICK_SECONDS
from tixing.work import work


def worker(
    place: Annotated[
        str | None,
        typer.Option(
            "--name", help="Where it runs, for the signs of life (worker@NAME); the machine's name if not set."
        ),
    ] = None,
    every: Annotated[int, typer.Option(min=1, max=300, help="Seconds from one pass to the next.")] = TICK_SECONDS,
) -> None:
    """Send what is due, and plan where no other process does, until stopped; any number share a PostgreSQL store.

    A SQLite store is served by one process: there `tixing serve` does all of it, and a worker beside it is refused.
    """
    configure_logs()
    settings = load_settings()
    with open_store(settings, make=True) as database:
        started = partial(typer.echo, "tixing works (Ctrl-C stops it)", err=True)
        asyncio.run(work(database, settings, started, place=place, every=every))
