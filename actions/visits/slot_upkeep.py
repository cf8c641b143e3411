"""What an operator does about visits: which departments there are, what holds for late days, counting anew."""

from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from actions.visits.days import FLAGGED, LATE, REFUSED
from schedules.duties import rebuild
from store.held import count_held_anew
from store.locks import hold_all_cities
from store.parties import AreaRole, Jurisdiction, Party
from store.settings import Setting
from store.slots import count_anew

LATE_WAYS = (FLAGGED, REFUSED)


def departments(session: Session, wanted: str | None = None) -> list[Party]:
    """The inspection departments at present; `wanted`: a ref, a city, a district's code, or a part of the name."""
    query = (
        select(Party)
        .join(Jurisdiction, col(Jurisdiction.party_id) == Party.id)
        .where(Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT, col(Jurisdiction.to_on).is_(None))
        .distinct()
        .order_by(col(Party.city_id), col(Party.id))
    )
    if wanted is not None:
        exact = or_(Party.ref == wanted, Party.city_id == wanted, Jurisdiction.district_code == wanted)
        query = query.where(or_(exact, col(Party.name).contains(wanted, autoescape=True)))
    return list(session.exec(query))


def set_late_bookings(session: Session, way: str) -> None:
    """What is done with a day after the last one: flag books it and says that it is too late, refuse does not."""
    if way not in LATE_WAYS:
        raise ValueError(f"{way!r} is none of {', '.join(LATE_WAYS)}")
    session.merge(Setting(key=LATE, value=way))
    session.flush()


def settle(session: Session, *, today: date, now: datetime) -> tuple[int, int]:
    """Bring every visit to what the bookings say and count the places anew: (lifts, half days) that were otherwise."""
    cities = hold_all_cities(session)
    lifts = sum(rebuild(session, city_id=city_id, today=today, now=now).visits for city_id in cities)
    return lifts, count_anew(session) + count_held_anew(session)
