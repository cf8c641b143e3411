"""The passes of a day as `tixing worker` makes them, by the clock of the trial and with the channels at the door."""

import asyncio
from datetime import UTC, date, datetime, time
from math import inf

from institute.door import Door, channels
from notifier.modes import Mode
from store.database import Database
from tixing.process import Sending, keep_mode, plan_pass, quiet_of
from tixing.settings import Settings

MORNING, NOON, EVENING = time(1), time(4), time(9, 5)  # in UTC: 9:00, 12:00 and 17:05 in China
PROCESS = "institute"
NO_BOT = "123456789:AAH0example0example0example0example0"  # mode live wants one; what is sent goes to the door


class Passes:
    """Plans and sends; `now` is where the clock stands."""

    def __init__(self, database: Database, door: Door, now: datetime) -> None:
        self.database, self.now = database, now
        self._settings = Settings(mode=Mode.LIVE, telegram_token=NO_BOT)
        keep_mode(database, Mode.LIVE, now=now)
        known = channels(database, door)
        self._sending = Sending(database, self._settings, known, lambda _: None, lambda: self.now, waits=inf)

    @property
    def today(self) -> date:
        """The day on the clock."""
        return self.now.date()

    def at(self, day: date, hour: time) -> None:
        """Set the clock."""
        self.now = datetime.combine(day, hour, tzinfo=UTC)

    def make(self) -> None:
        """Plan, and send all that may go out now."""
        plan_pass(self.database, now=self.now, process=PROCESS, quiet=quiet_of(self._settings))
        self.send()

    def send(self) -> None:
        """Send all that may go out now."""
        asyncio.run(self._sending.send_due())
