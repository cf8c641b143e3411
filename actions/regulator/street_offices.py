"""The street offices below a district's bureau."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.people.offices import REGION, OfficeError
from actions.people.parties import OFFICE, add_contact, find_office, find_or_add_party
from actions.register.phones import read_phones
from actions.register.places import places_of
from store.cases import StreetOffice
from store.events import Event, EventKind
from store.lifts import City
from store.locks import hold_city
from store.parties import Contact, ContactRole, Jurisdiction, Party


@dataclass(frozen=True)
class Street:
    """A street office as people choose it."""

    party_id: int
    name: str
    ref: str
    city_id: str
    district_code: str


@dataclass(frozen=True)
class StreetWish:
    """A street office that there is to be below a district's bureau, perhaps with an officer; who says so and why."""

    city_id: str
    district: str
    name: str
    by: str
    reason: str
    officer: str | None = None
    phone: str | None = None


def found_street_office(session: Session, wish: StreetWish, *, now: datetime, today: date) -> int:
    """Make it so; the party's id. Raises OfficeError. Doing it again changes nothing."""
    if session.get(City, wish.city_id) is None:
        raise OfficeError(f"there is no register of {wish.city_id!r}; `tixing import FILE --city ID` makes one")
    code = places_of(wish.city_id).find(wish.district).code
    if code is None:
        raise OfficeError(f"{wish.district!r} is no district of {wish.city_id}; `tixing offices` lists them")
    if (wish.officer is None) != (wish.phone is None):
        raise OfficeError("an officer is named with a phone: give --officer and --phone")
    numbers: Sequence[str] | None = read_phones(wish.phone, REGION) if wish.phone else []
    if numbers is None or (wish.phone and len(numbers) != 1):
        raise OfficeError(f"{wish.phone!r} is no telephone number; write it with its country code, as +8614000000001")
    hold_city(session, wish.city_id)
    office = find_office(session, wish.city_id, wish.name)
    before = _known(session, office.id) if office is not None else None
    party_id = set_street_office(session, city_id=wish.city_id, district_code=code, name=wish.name, as_of=today)
    areas = select(Jurisdiction.id).where(Jurisdiction.party_id == party_id, col(Jurisdiction.to_on).is_(None))
    if session.exec(areas).first() is not None:
        raise OfficeError(f"{wish.name} is a bureau or a department: a street office has a name of its own")
    if wish.officer is not None:
        add_contact(
            session,
            party_id=party_id,
            role=ContactRole.STREET_OFFICER,
            name=wish.officer,
            phone=numbers[0],
            as_of=today,
        )
    if _known(session, party_id) != before:
        said = {"role": "street_office", "district": code, "by": wish.by, "reason": wish.reason, "name": wish.name}
        session.add(
            Event(
                kind=EventKind.OFFICE_CHANGED,
                party_id=party_id,
                on_date=today,
                known_on=today,
                recorded_at=now,
                payload=said,
                source="operator",
            )
        )
        session.flush()
    return party_id


def _known(session: Session, party_id: int) -> tuple[Sequence[str], Sequence[int]]:
    """Below which bureau it stands, and who is there."""
    below = select(StreetOffice.district_code).where(
        StreetOffice.party_id == party_id, col(StreetOffice.to_on).is_(None)
    )
    people = select(Contact.id).where(Contact.party_id == party_id, col(Contact.to_on).is_(None))
    return session.exec(below).all(), session.exec(people.order_by(col(Contact.id))).all()


def set_street_office(session: Session, *, city_id: str, district_code: str, name: str, as_of: date) -> int:
    """The office of that name stands below the district's bureau from `as_of`; the party's id.

    One that stood below another district is that district's no more. Doing it again changes nothing.
    """
    party_id = find_or_add_party(session, city_id=city_id, name=name, kind=OFFICE)
    present = session.exec(
        select(StreetOffice).where(StreetOffice.party_id == party_id, col(StreetOffice.to_on).is_(None))
    ).first()
    if present is not None and present.district_code == district_code:
        return party_id
    if present is not None:
        present.to_on = max(as_of, present.from_on)
        session.add(present)
        session.flush()
    session.add(StreetOffice(party_id=party_id, city_id=city_id, district_code=district_code, from_on=as_of))
    session.flush()
    return party_id


def street_offices(
    session: Session, city_id: str | None = None, *, district_codes: Sequence[str] | None = None
) -> list[Street]:
    """Those that there are at present, by district and name."""
    query = (
        select(StreetOffice, Party)
        .join(Party, col(Party.id) == StreetOffice.party_id)
        .where(col(StreetOffice.to_on).is_(None))
        .order_by(StreetOffice.city_id, StreetOffice.district_code, Party.name)
    )
    if city_id is not None:
        query = query.where(StreetOffice.city_id == city_id)
    if district_codes is not None:
        query = query.where(col(StreetOffice.district_code).in_(district_codes))
    return [
        Street(party.id, party.name, party.ref, office.city_id, office.district_code)
        for office, party in session.exec(query)
    ]
