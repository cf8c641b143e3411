"""That a worker was at the lift: its label was read, or their telephone says where they are."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from sqlmodel import Session, col, select

from schedules.regimes import numbers_of
from store.lifts import Lift, LiftRole, Responsibility
from store.settings import Setting
from store.upkeep import LiftUpkeep, UpkeepVisit

SETTING = "upkeep_presence"  # {"location": whether a location is demanded, "metres": how far away is not there}
LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)  # no lift of ours is outside them: 0, 0 is a telephone's error
SAME_COMPOUND = 2_000  # metres from one end of it to the other
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


def may_be_there(session: Session, visit: UpkeepVisit) -> bool:
    """Whether the location of a visit can be taught as that of its lift."""
    here = (visit.latitude or 0.0, visit.longitude or 0.0)
    if not (LATITUDES[0] <= here[0] <= LATITUDES[1] and LONGITUDES[0] <= here[1] <= LONGITUDES[1]):
        return False
    if visit.labelled_at is not None:
        return True
    lift, answers = session.get_one(Lift, visit.lift_id), (col(Responsibility.to_on).is_(None),)
    of_unit = select(Responsibility.party_id).where(Responsibility.lift_id == lift.id, *answers)
    unit_id = session.exec(of_unit.where(Responsibility.role == LiftRole.USE_UNIT)).first()
    theirs = select(Responsibility.lift_id).where(Responsibility.party_id == unit_id, *answers)
    known = select(LiftUpkeep).join(Lift, col(Lift.id) == LiftUpkeep.lift_id).where(Lift.compound == lift.compound)
    known = known.where(col(Lift.id).in_(theirs), col(LiftUpkeep.latitude).is_not(None)).limit(50)
    places = [(one.latitude or 0.0, one.longitude or 0.0) for one in session.exec(known)]
    return bool(lift.compound) and any(distance(here, place) <= SAME_COMPOUND for place in places)
