"""The picture of a district, or of a city's districts, at a glance."""

from typing import Any

from actions.regulator.glance import Glance, Part
from bot.pictures import draw
from bot.words import say_day, say_month

MOST = 16  # bars: more do not fit on a phone
CALM, ALARM = ("#eef3f8", "#12406b"), ("#fdecea", "#b3261e")
TILES = ("due", "inspected", "unbooked", "overdue", "failed", "rectifying")
ALARMING = ("unbooked", "overdue", "failed")


def draw_glance(glance: Glance, language: str) -> bytes:
    """A PNG, 780 pixels wide: twice a small phone."""
    shown = glance.parts[:MOST]
    return draw(
        "glance",
        language,
        {
            "name": glance.name,
            "month": say_month(glance.month, language),
            "today": say_day(glance.today, language),
            "due": glance.total.due,
            "rate": "—" if glance.total.rate is None else percent(glance.total.rate),
            "tiles": [_tile(glance, name) for name in TILES],
            "parts": [_bar(part) for part in shown],
            "more": len(glance.parts) - len(shown),
        },
    )


def percent(rate: float) -> str:
    """One figure behind the point, and 100 % only where it is all."""
    shown = min(rate, 0.999) if rate < 1 else rate
    return f"{shown:.1%}".replace(".0%", "%")


def _tile(glance: Glance, name: str) -> dict[str, Any]:
    number = getattr(glance.total, name)
    ground, colour = ALARM if name in ALARMING and number else CALM
    return {"name": name, "number": number, "ground": ground, "colour": colour}


def _bar(part: Part) -> dict[str, Any]:
    counts = part.counts
    figures = {"due": counts.due, "inspected": counts.inspected, "overdue": counts.overdue}
    return {"name": part.name, "share": counts.rate or 0, **figures}
