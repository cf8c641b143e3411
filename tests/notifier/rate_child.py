"""A worker that sends what it can get: `python rate_child.py URL FILE LIMIT`; each message is a line of the file.

It says when it is ready, and begins with a line that it is told.
"""

import asyncio
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from notifier.channels.base import CannotTell, EarlierAttempt, OutgoingMessage, Rates
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from notifier.shared_rates import slots_of_all
from store.database import Database


class Counting:
    """A provider that notes when it was told what."""

    name = "telegram"
    rates = Rates(per_second=8, seconds_between=0.2, shared=True)
    list_lag = timedelta(0)

    def __init__(self, told: Path) -> None:
        self.told = told

    async def send(self, message: OutgoingMessage) -> str:
        """Note it."""
        with self.told.open("a", encoding="utf-8") as file:
            file.write(f"{time.time()} {message.address}\n")
        return f"m-{message.delivery_id}"

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """It knows nothing."""
        raise CannotTell("it only counts")

    async def close(self) -> None:
        """Nothing is held."""


def main() -> None:
    """One pass at the tests' usual moment, of so many notices."""
    database = Database(sys.argv[1])
    told = Path(sys.argv[2])
    channels = {"telegram": Counting(told)}
    moment = {"now": datetime(2026, 11, 23, 1, 0, tzinfo=UTC), "today": date(2026, 11, 23)}
    slots = slots_of_all(channels, database)
    limit = int(sys.argv[3])
    with database.read() as session:
        session.connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    asyncio.run(dispatch_due(database, channels, mode=Mode.LIVE, owner=told.stem, limit=limit, slots=slots, **moment))


if __name__ == "__main__":
    main()
