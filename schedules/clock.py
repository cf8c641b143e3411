"""The clock: ticks, nothing else. It receives what to do; each tick asks the store what is due."""

from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

Tick = Callable[[], Awaitable[None]]


def start_clock(ticks: Mapping[Tick, int], *, zone: ZoneInfo) -> AsyncIOScheduler:
    """Call each tick every so many seconds in the running event loop; none twice at once, none made up for.

    A missed tick needs no making up: the next one finds the same duties. The caller stops the clock and drains the
    tick that is under way itself, because the scheduler's own shutdown would cancel it.
    """
    scheduler = AsyncIOScheduler(timezone=zone)
    for tick, every_seconds in ticks.items():
        scheduler.add_job(
            tick,
            IntervalTrigger(seconds=every_seconds, timezone=zone),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    return scheduler
