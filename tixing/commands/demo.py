"""`tixing demo`: a made-up city on one local page."""

from pathlib import Path
from typing import Annotated

import typer

from tixing.commands.options import parse_date_option
from tixing.demo.run import OPENS_ON, run_demo


def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Keep the city here and go on with it next time; a temporary folder if absent.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; a free one if absent.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    on: Annotated[str, typer.Option(help="The day on which a new city opens.")] = OPENS_ON.isoformat(),
) -> None:
    """A made-up city on one local page; nothing leaves this machine. Ctrl-C stops it."""
    run_demo(folder=folder, port=port, open_browser=browser, on=parse_date_option("--on", on) or OPENS_ON)
