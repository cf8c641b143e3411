"""Whom this process may reach: nobody outside (demo), only listed addresses (guests), everybody (live); and when."""

from dataclasses import dataclass
from enum import StrEnum

from store.quiet import QuietHours


class Mode(StrEnum):
    """TIXING_MODE."""

    DEMO = "demo"
    GUESTS = "guests"
    LIVE = "live"


@dataclass(frozen=True)
class Terms:
    """What holds for a pass: mode, the guests' addresses (E.164 numbers, chat ids), the channels that are there.

    Without quiet hours messages go at any time of day.
    """

    mode: Mode
    channels: frozenset[str]
    guests: frozenset[str] = frozenset()
    quiet: QuietHours | None = None

    @property
    def allow_synthetic(self) -> bool:
        """Invented contacts are met only where nothing leaves."""
        return self.mode is Mode.DEMO

    def may_reach(self, address: str) -> bool:
        """Whether a message may go to this address now; others are held, not lost."""
        return self.mode is not Mode.GUESTS or address in self.guests
