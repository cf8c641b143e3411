"""That a worker was at the lift: its label was read, or their telephone says where they are."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from sqlmodel import Session

from schedules.regimes import numbers_of
from store.settings import Setting

SETTING = "upkeep_presence"  # {"location": whether a location is demanded, "metres": how far away is not there}
EARTH = 6_371_000  # metres


@dataclass(frozen=True)
class PresenceRules:
    """What a city demands. `location`: a label that was read is not enough, for there may be a photo of it."""

    location: bool
    metres: int


def presence_rules(session: Session, city_id: str) -> PresenceRules:
    """What is set, else what holds without a setting."""
    setting = session.get(Setting, SETTING)
    value = setting.value if setting is not None else {}
    return PresenceRules(
        bool(value.get("location", False)), int(value.get("metres", numbers_of(session, city_id).presence_metres))
    )


def distance(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Metres between two places (latitude, longitude)."""
    (latitude, longitude), (to_latitude, to_longitude) = one, other
    north, east = radians(to_latitude - latitude) / 2, radians(to_longitude - longitude) / 2
    chord = sin(north) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(east) ** 2
    return round(2 * EARTH * asin(min(1.0, sqrt(chord))))
