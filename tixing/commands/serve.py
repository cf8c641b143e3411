"""`tixing serve`: the clock, the channels and the pages in one process."""

import asyncio
from typing import Annotated

import typer

from tixing.commands.options import open_store
from tixing.serve import serve as run
from tixing.settings import load_settings


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Plan and send as time goes by, every minute, until stopped."""
    with open_store(make=True) as database:
        asyncio.run(run(database, load_settings(), host=host, port=port))
