"""What a fake provider does with a request: how long it takes, whether it takes the message, and whether it says so."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of one request."""

    TAKEN = "taken"
    BUSY = "busy"  # 429: not taken
    BROKEN = "broken"  # 500: not taken
    BROKEN_TAKEN = "broken_taken"  # 500, and taken all the same
    SILENT = "silent"  # the connection ends without an answer: not taken
    SILENT_TAKEN = "silent_taken"  # the same, but taken
    HANGING = "hanging"  # taken, and no answer until the sender gives up


NOT_TAKEN = (Fate.BUSY, Fate.BROKEN, Fate.SILENT)
IN_A_THOUSAND = {
    Fate.BUSY: 10.0,
    Fate.BROKEN: 3.0,
    Fate.BROKEN_TAKEN: 3.0,
    Fate.SILENT: 3.0,
    Fate.SILENT_TAKEN: 3.0,
    Fate.HANGING: 0.3,
}


@dataclass(frozen=True)
class Roll:
    """The fate of a request; `seconds` until it is answered, `lag` more until the provider's list shows the message."""

    fate: Fate
    seconds: float
    lag: float


@dataclass(frozen=True)
class Fates:
    """The same for the same seed, address and number of the request to it, in whatever order requests come.

    `shares`: fates by how many requests of a thousand have them; the others are taken. `seconds` and `lag` lie between
    two bounds; the lag is in business time, which is `speed` times as fast.
    """

    seed: int
    shares: dict[Fate, float]
    speed: float
    seconds: tuple[float, float] = (0.005, 0.06)
    lag: tuple[float, float] = (20, 120)

    def of(self, address: str, number: int) -> Roll:
        """What the dice say."""
        dice = random.Random(f"{self.seed}/{address}/{number}")
        return Roll(self._fate(dice.random() * 1000), dice.uniform(*self.seconds), dice.uniform(*self.lag) / self.speed)

    def _fate(self, rolled: float) -> Fate:
        for fate, share in self.shares.items():
            if rolled < share:
                return fate
            rolled -= share
        return Fate.TAKEN
