"""Whom this process may reach: nobody outside (demo), only listed addresses (guests), everybody (live)."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """TIXING_MODE."""

    DEMO = "demo"
    GUESTS = "guests"
    LIVE = "live"


@dataclass(frozen=True)
class Terms:
    """What holds for a pass: mode, the guests' addresses (E.164 numbers, chat ids), the channels that are there."""

    mode: Mode
    channels: frozenset[str]
    guests: frozenset[str] = frozenset()

    @property
    def allow_synthetic(self) -> bool:
        """Invented contacts are met only where nothing leaves."""
        return self.mode is Mode.DEMO

    def may_reach(self, address: str) -> bool:
        """Whether a message may go to this address now; others are held, not lost."""
        return self.mode is not Mode.GUESTS or address in self.guests
