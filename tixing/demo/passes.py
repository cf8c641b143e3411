"""The pass of a demo day: the planner and the dispatcher as in service, with channels from which nothing leaves.

The environment's settings are not asked: a demo reaches nobody, whatever TIXING_MODE says.
"""

import asyncio
from datetime import date, datetime, time

from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.wiring import channels_for, close_channels
from store.database import Database
from tixing.process import plan_pass
from tixing.times import SHANGHAI

OFFICE_OPENS = time(9, tzinfo=SHANGHAI)


def pass_day(database: Database, day: date) -> None:
    """Plan `day` and put what is due on the page's phones."""
    now = datetime.combine(day, OFFICE_OPENS)
    plan_pass(database, now=now)
    asyncio.run(_send(database, day, now))


async def _send(database: Database, day: date, now: datetime) -> None:
    channels = channels_for(Mode.DEMO, database)
    try:
        await dispatch_due(database, channels, now=now, today=day, mode=Mode.DEMO, owner=f"demo-{day}")
    finally:
        await close_channels(channels)
