"""Our own dispatcher as a worker of the race."""

import asyncio
import gc
import logging
from functools import partial

import structlog
from sqlalchemy import text

from dispatching.providers import HttpSms, NoopSms
from dispatching.race import Lap, Race, Ready, run
from dispatching.rows import NOW, TEMPLATE, TODAY
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.samples import render_sample
from store.database import Database
from store.quiet import QuietHours
from tixing.ticking import BATCH_OBJECTS


def race(url: str, workers: int, provider_url: str | None = None) -> Race:
    """Drain the store at `url`, through the provider at `provider_url` or one that does nothing."""
    return run(partial(_drain, url, provider_url), workers)


def _drain(url: str, provider_url: str | None, lap: Lap, ready: Ready) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(_dispatch(url, provider_url, lap, ready))


async def _dispatch(url: str, provider_url: str | None, lap: Lap, ready: Ready) -> None:
    channel = HttpSms(provider_url) if provider_url else NoopSms(lap.sent)
    database = Database(url)
    with database.read() as session:
        session.execute(text("SELECT 1"))
    render_sample(TEMPLATE, "zh", "sms", lifts=1)  # compiled once in a process, which in truth lives for days
    gc.freeze()  # as `tixing worker` does
    gc.set_threshold(BATCH_OBJECTS)
    ready()
    summary = await dispatch_due(
        database,
        {channel.name: channel},
        now=NOW,
        today=TODAY,
        mode=Mode.LIVE,
        quiet=QuietHours(),
        owner=f"benchmark-{lap.worker}",
        beat=lambda messages: lap.note_settled(),
    )
    assert summary.sent == summary.claimed, summary.as_dict()
    await channel.close()
    database.close()
