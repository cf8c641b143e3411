"""Quiet hours: at night nobody is woken by what can wait until the morning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from store.zone import SHANGHAI


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

    def awake(self, begins: datetime, ends: datetime) -> timedelta:
        """How much of the time between two moments is not quiet."""
        at, counted = begins, timedelta(0)
        while at < ends:
            morning = self.until(at)
            if morning is not None:
                at = morning
                continue
            night = min(self._next_night(at), ends)
            counted += night - at
            at = night
        return counted

    def _next_night(self, now: datetime) -> datetime:
        here = now.astimezone(SHANGHAI)
        begin = datetime.combine(here.date(), self.begins, SHANGHAI)
        return begin if begin > here else begin + timedelta(days=1)

    def _covers(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends
