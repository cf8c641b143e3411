"""A process that dies in the middle of a pass: `python crash_child.py URL KIND WHERE`.

WHERE is `before` (the provider was not called yet) or `after` (it took the message, we had not settled).
"""

import asyncio
import os
import sys
from datetime import UTC, date, datetime

from notifier.channels.base import OutgoingMessage
from notifier.channels.webchat import WebChat
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.database import Database


class DyingChat(WebChat):
    """Kills its process at the second message."""

    def __init__(self, database: Database, where: str) -> None:
        super().__init__(database)
        self.where = where
        self.count = 0

    async def send(self, message: OutgoingMessage) -> str:
        """Send, or die before or after it."""
        self.count += 1
        if self.count == 2 and self.where == "before":
            os._exit(9)
        provider_id = await super().send(message)
        if self.count == 2:
            os._exit(9)
        return provider_id


def main() -> None:
    """One pass at the tests' usual moment."""
    database = Database(sys.argv[1])
    channel = DyingChat(database, sys.argv[2])
    moment = {"now": datetime(2026, 11, 23, 1, 0, tzinfo=UTC), "today": date(2026, 11, 23)}
    asyncio.run(dispatch_due(database, {"webchat": channel}, mode=Mode.DEMO, owner="dying", **moment))


if __name__ == "__main__":
    main()
