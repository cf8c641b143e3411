"""Who is to be spoken to at every level: department, district, city, street and maintainer, as far as one's role goes.

000 五4 asks for a mechanism of contacts with the regulators at every level. Offices see each other's people with their
telephones; units and maintainers see the department and their own maintainers, and of the regulators the names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Select
from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, EVERYONE, REGULATORS, Actor, Asked, Role
from actions.campaign.departments import load_departments
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.regulator.people import Reached, note_read, people_of
from actions.regulator.scope import district_names
from actions.sight import lifts_of
from store.cases import StreetOffice
from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, ContactRole, Jurisdiction, Party


class Level(StrEnum):
    """Where somebody stands."""

    DEPARTMENT = "department"
    DISTRICT = "district"
    CITY = "city"
    STREET = "street"
    MAINTAINER = "maintainer"


OFFICES = DEPARTMENT | REGULATORS | {Role.STREET_OFFICER}
ROLES = {
    Level.DEPARTMENT: (ContactRole.DUTY_OFFICER,),
    Level.DISTRICT: (ContactRole.REGULATOR_OFFICER,),
    Level.CITY: (ContactRole.REGULATOR_OFFICER,),
    Level.STREET: (ContactRole.STREET_OFFICER,),
    Level.MAINTAINER: (ContactRole.MAINTAINER_CONTACT, ContactRole.MAINTAINER_ADMIN),
}
AREAS = {
    AreaRole.INSPECTION_DEPARTMENT: Level.DEPARTMENT,
    AreaRole.DISTRICT_REGULATOR: Level.DISTRICT,
    AreaRole.CITY_REGULATOR: Level.CITY,
}
NAMED_ONLY = (Level.DISTRICT, Level.CITY, Level.STREET)  # for whoever is no office: no people


@dataclass(frozen=True)
class Place:
    """One office or maintainer. `districts`: their names; of one for the whole city empty. `officer`: the one who is
    named for the year's list."""

    level: Level
    party_id: int
    name: str
    districts: Sequence[str] = ()
    officer: str = ""
    people: Sequence[Reached] = field(default_factory=tuple)


@verb(EVERYONE - {Role.TESTER}, reads=True)
def directory(session: Session, asked: Asked) -> list[Place]:
    """The contacts that one's role may see, from the department to the maintainers."""
    actor = asked.actor
    codes = None if WHOLE_CITY in actor.districts else _districts(session, actor)
    places = list_places(session, actor.city_id, codes, year=asked.today.year, lifts=lifts_of(actor))
    note_read(actor, "directory", 0)
    if actor.role in OFFICES:
        return places
    return [_without_people(place) if place.level in NAMED_ONLY else place for place in places]


def list_places(
    session: Session, city_id: str, codes: Iterable[str] | None, *, year: int, lifts: Select[tuple[int]] | None = None
) -> list[Place]:
    """The offices of these districts (None: all) and of the whole city, and these lifts' maintainers (None: all)."""
    wanted = None if codes is None else set(codes)
    found = [
        *_areas(session, city_id, wanted),
        *_streets(session, city_id, wanted),
        *_maintainers(session, city_id, lifts),
    ]
    people = people_of(session, {party.id for _, party, _ in found})
    departments, names = load_departments(session, city_id, year), district_names(city_id)
    places: dict[tuple[Level, int], tuple[Party, list[str]]] = {}
    for level, party, code in found:
        _, seen = places.setdefault((level, party.id), (party, []))
        seen += [names[code]] if code in names else []
    return [
        Place(
            level,
            party_id,
            party.name,
            seen,
            (department.officer if (department := departments.named(party_id)) else ""),
            [one for one in people.get(party_id, []) if one.role in ROLES[level]],
        )
        for (level, party_id), (party, seen) in places.items()
    ]


def _without_people(place: Place) -> Place:
    return Place(place.level, place.party_id, place.name, place.districts)


def _districts(session: Session, actor: Actor) -> set[str]:
    """An office's own; of others those in which their lifts stand; a street office's is that of its bureau."""
    if actor.role is Role.STREET_OFFICER:
        query = select(StreetOffice.district_code).where(StreetOffice.party_id == actor.party_id)
        return set(session.exec(query.where(col(StreetOffice.to_on).is_(None))))
    if actor.districts:
        return set(actor.districts)
    codes = select(Lift.district_code).where(col(Lift.id).in_(lifts_of(actor))).distinct()
    return {code for code in session.exec(codes) if code}


def _areas(session: Session, city_id: str, wanted: set[str] | None) -> list[tuple[Level, Party, str]]:
    query = (
        select(Jurisdiction.role, Party, Jurisdiction.district_code)
        .join(Party, col(Party.id) == Jurisdiction.party_id)
        .where(Jurisdiction.city_id == city_id, col(Jurisdiction.to_on).is_(None))
        .order_by(col(Jurisdiction.district_code), col(Party.id))
    )
    if wanted is not None:
        query = query.where(col(Jurisdiction.district_code).in_({*wanted, WHOLE_CITY}))
    rows = [(AREAS[AreaRole(role)], party, code) for role, party, code in session.exec(query)]
    return sorted(rows, key=lambda row: list(Level).index(row[0]))


def _streets(session: Session, city_id: str, wanted: set[str] | None) -> list[tuple[Level, Party, str]]:
    query = (
        select(Party, StreetOffice.district_code)
        .join(StreetOffice, col(StreetOffice.party_id) == Party.id)
        .where(StreetOffice.city_id == city_id, col(StreetOffice.to_on).is_(None))
        .order_by(col(StreetOffice.district_code), col(Party.name), col(Party.id))
    )
    if wanted is not None:
        query = query.where(col(StreetOffice.district_code).in_(wanted))
    return [(Level.STREET, party, code) for party, code in session.exec(query)]


def _maintainers(session: Session, city_id: str, lifts: Select[tuple[int]] | None) -> list[tuple[Level, Party, str]]:
    held = select(Responsibility.party_id).where(
        Responsibility.role == LiftRole.MAINTAINER, col(Responsibility.to_on).is_(None)
    )
    if lifts is not None:
        held = held.where(col(Responsibility.lift_id).in_(lifts))
    query = (
        select(Party).where(Party.city_id == city_id, col(Party.id).in_(held)).order_by(col(Party.name), col(Party.id))
    )
    return [(Level.MAINTAINER, party, "") for party in session.exec(query)]
