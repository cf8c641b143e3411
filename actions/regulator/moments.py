"""Moments as every language writes them."""

from datetime import datetime

from store.zone import SHANGHAI


def by_clock(moment: datetime | None) -> str:
    """By a clock in China, such as 11-23 12:05."""
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" if moment is not None else ""
