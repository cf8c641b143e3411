"""The business clock of a trial: it may go faster than time, and all processes of the machine read the same."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """It stood at `start` when the machine's own stood at `began` (`time.monotonic`), and goes `speed` times as fast.

    So waits of minutes (the looks after an attempt, the table of retries) are those of the real thing, only faster.
    """

    start: datetime
    began: float
    speed: float = 1

    def now(self) -> datetime:
        """This moment."""
        return self.at(time.monotonic())

    def at(self, moment: float) -> datetime:
        """What it shows at a moment of `time.monotonic`."""
        return self.start + timedelta(seconds=(moment - self.began) * self.speed)

    def words(self) -> list[str]:
        """For a command line; `Clock.read` takes them."""
        return [self.start.isoformat(), repr(self.began), repr(self.speed)]

    @classmethod
    def read(cls, start: str, began: str, speed: str) -> "Clock":
        """From a command line."""
        return cls(datetime.fromisoformat(start), float(began), float(speed))
