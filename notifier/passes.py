"""What holds during one pass over the outbox, and what it came to."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from notifier.channels.base import Channel, OutgoingMessage
from notifier.modes import Terms
from notifier.outbox import Settled
from notifier.rates import Slots
from notifier.settling import Patience
from store.brakes import EVERYTHING, NOWHERE, Stopped, stopped_cities
from store.database import SILENCE, Database
from store.notices import NEVER_STOPPED, NoticeStatus

LOOK_BACK_EVERY = 1.0  # seconds; what a dead process left behind waits for its lease and no longer than this


@dataclass
class DispatchSummary:
    """What one pass did, in notices (`messages`: single messages handed over)."""

    claimed: int = 0
    messages: int = 0
    sent: int = 0
    retried: int = 0
    unknown: int = 0
    failed: int = 0
    no_contact: int = 0
    cancelled: int = 0
    woken: int = 0

    def add(self, settled: Iterable[Settled]) -> None:
        """Count the states in which notices were given back; one planned again counts as retried."""
        for one in settled:
            name = "retried" if one.status is NoticeStatus.PLANNED else one.status.value
            setattr(self, name, getattr(self, name) + 1)

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Pass:
    """What holds during one pass."""

    database: Database
    channels: Mapping[str, Channel]
    terms: Terms
    owner: str
    today: date
    clock: Callable[[], datetime]
    patience: Patience
    slots: Mapping[str, Slots]
    size: int

    @property
    def lease(self) -> int:
        """Seconds for which others leave alone what this pass has begun."""
        return int(self.patience.lease.total_seconds())

    @property
    def now(self) -> datetime:
        """This moment; in a long pass it goes on."""
        return self.clock()


@dataclass
class Room:
    """How many more notices this pass may begin, and when it looks again for what was tried before."""

    left: int | None
    goes_on: Callable[[], bool]
    is_closed: bool = False
    _looked_back: float = float("-inf")

    def take(self, size: int) -> int:
        """Up to `size`, 0 when the pass is to end."""
        if self.is_closed or not self.goes_on():
            return 0
        if self.left is None:
            return size
        taken = min(size, self.left)
        self.left -= taken
        return taken

    def give_back(self, number: int) -> None:
        """So many of what was taken were not there."""
        if self.left is not None:
            self.left += number

    def close(self) -> None:
        """Nothing more is begun."""
        self.is_closed = True

    def looks_back(self) -> bool:
        """Whether it is time to look for what was tried before."""
        now = time.monotonic()
        if now - self._looked_back < LOOK_BACK_EVERY:
            return False
        self._looked_back = now
        return True


@dataclass
class Brake:
    """What may still leave: nothing when the process is to stop, nothing of a city that is paused or held."""

    database: Database
    goes_on: Callable[[], bool]
    stopped: Stopped = NOWHERE
    silent: bool = False

    def lets_go(self, message: OutgoingMessage) -> bool:
        """Whether the message may leave, by the last look; that somebody is shut in is told through every pause."""
        about = message.prepared.subject
        may_leave = about.city_id not in self.stopped or about.duty in NEVER_STOPPED
        return self.goes_on() and not self.silent and may_leave

    def look(self) -> None:
        """Ask the store who is stopped now; while it does not answer nothing leaves, as nothing could be recorded."""
        try:
            with self.database.read() as session:
                self.stopped, self.silent = stopped_cities(session), False
        except SILENCE:
            self.stopped, self.silent = EVERYTHING, True
