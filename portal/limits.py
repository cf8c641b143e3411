"""How often somebody may knock: counted in this process, within a time that moves along."""

from collections import deque
from collections.abc import Callable
from time import monotonic

MOST_KEYS = 20_000


class Limit:
    """So many `times` within so many `seconds` for each key."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.times = times
        self.seconds = seconds
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}

    def admits(self, key: str) -> bool:
        """Count one more, unless it is one too many."""
        now = self._clock()
        if len(self._seen) >= MOST_KEYS and key not in self._seen:
            self._forget_idle(now)
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - self.seconds:
            seen.popleft()
        if len(seen) >= self.times:
            return False
        seen.append(now)
        return True

    def is_full(self, key: str) -> bool:
        """Whether one more would be one too many; nothing is counted."""
        seen = self._seen.get(key, ())
        return sum(at > self._clock() - self.seconds for at in seen) >= self.times

    def _forget_idle(self, now: float) -> None:
        """Forget who has not come within the time; if all have, everybody: a flood must not take all memory."""
        kept = {key: seen for key, seen in self._seen.items() if seen and seen[-1] > now - self.seconds}
        self._seen = kept if len(kept) < MOST_KEYS else {}
