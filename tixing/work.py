"""A process that plans and sends without pages, beside one that has them."""

import asyncio
import signal
from collections.abc import Callable

from store.database import Database
from tixing.settings import Settings
from tixing.ticking import PACE, Pace, ticking

WORKER = "worker"


async def work(
    database: Database,
    settings: Settings,
    started: Callable[[], None],
    *,
    place: str | None,
    every: int,
    pace: Pace = PACE,
) -> None:
    """Run until SIGINT or SIGTERM; then finish what is being sent, and go. `started` is called when nothing refuses.

    `place` names where it runs, `every` is in seconds. It answers nobody in Telegram: who has pages does.
    """
    stop = asyncio.Event()
    on_signals(stop.set)
    async with ticking(database, settings, WORKER, place=place, every=every, pace=pace):
        started()
        await stop.wait()


def on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` for either signal that asks a process to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
