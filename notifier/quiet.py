"""Quiet hours: at night nobody is woken by what can wait until the morning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from notifier.routing import CALL_TASK
from store.zone import SHANGHAI

SILENT = (CALL_TASK,)  # a line on a desk's list wakes nobody


@dataclass(frozen=True)
class QuietHours:
    """Times of day in China; `ends` is the first moment at which messages go again. They may span midnight."""

    begins: time = time(21)
    ends: time = time(8)

    def until(self, now: datetime) -> datetime | None:
        """When messages go again; None where they may go now."""
        here = now.astimezone(SHANGHAI)
        if not self._covers(here.time()):
            return None
        end = datetime.combine(here.date(), self.ends, SHANGHAI)
        return end if end > here else end + timedelta(days=1)

    def _covers(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends
