"""Who can be reached at which party, and which department answers for which district: read for many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, String, and_, literal, select
from sqlmodel import Session

from notifier.clean import clean_text
from notifier.routing import Person
from notifier.wording import NOBODY, Department
from store.database import table_of
from store.doubted import load_not_theirs, reaches_still
from store.parties import AreaRole, Chat, Contact, ContactRole, ContactScope, Jurisdiction, Party
from store.rowsets import IDS, among_ids, as_ids, is_server

CHUNK = 5_000
WHOLE_CITY = "*"


def load_people(session: Session, party_ids: Iterable[int]) -> dict[int, list[Person]]:
    """The present contacts of these parties with their active chats, oldest contact first.

    A number of which somebody said that it is not this party's is left out.
    """
    people: dict[int, list[Person]] = defaultdict(list)
    wanted, not_theirs = sorted(set(party_ids)), load_not_theirs(session)
    for start in range(0, len(wanted), CHUNK):
        _load_some(session, wanted[start : start + CHUNK], people)
    for party_id, number in not_theirs:
        for person in people.get(party_id, ()):
            person.phone = None if person.phone == number else person.phone
    _add_places(session, people)
    return people


def _add_places(session: Session, people: Mapping[int, list[Person]]) -> None:
    """Those who are there for some places only are few, so all are read."""
    place = table_of(ContactScope).c
    query = select(place.contact_id, place.compound, place.building).order_by(place.id)
    stated: dict[int, tuple[tuple[str, str], ...]] = {}
    for contact_id, compound, building in session.connection().execute(query):
        stated[contact_id] = (*stated.get(contact_id, ()), (compound, building))
    if stated:
        for person in (one for known in people.values() for one in known):
            person.places = stated.get(person.contact_id, ())


def _load_some(session: Session, party_ids: list[int], people: dict[int, list[Person]]) -> None:
    on_server = is_server(session)
    found = session.connection().execute(_people_query(on_server), {IDS: as_ids(party_ids, on_server=on_server)})
    last: Person | None = None
    for contact_id, party_id, role, name, phone, synthetic, off_until, channel, address in found.all():
        if last is None or last.contact_id != contact_id:
            last = Person(contact_id, role, clean_text(name), phone or None, synthetic, off_until=off_until)
            people[party_id].append(last)
        if channel:
            last.chats += ((channel, address),)


@cache
def _people_query(on_server: bool) -> Select[Any]:
    contact, chat = table_of(Contact), table_of(Chat)
    columns = ("id", "party_id", "role", "name", "phone", "synthetic", "off_until")
    return (
        select(*(contact.c[name] for name in columns), chat.c.channel, chat.c.address)
        .select_from(contact)
        .outerjoin(chat, and_(chat.c.contact_id == contact.c.id, chat.c.active, reaches_still()))
        .where(among_ids(contact.c.party_id, on_server=on_server), contact.c.to_on.is_(None))
        .order_by(contact.c.id, chat.c.id)
    )


@dataclass(frozen=True)
class Departments:
    """The inspection departments of all cities."""

    by_area: Mapping[tuple[str, str], Department]

    def of(self, city_id: str, district_code: str) -> Department:
        """The one that answers for a district, else for the whole city, else nobody."""
        return self.by_area.get((city_id, district_code)) or self.by_area.get((city_id, WHOLE_CITY)) or NOBODY


def load_departments(session: Session) -> Departments:
    """Every department in office, with the officer named first."""
    found = session.connection().execute(_departments_query())
    return Departments(
        {
            (city_id, code): Department(party_id, name, officer_name or "")
            for city_id, code, party_id, name, officer_name in found
        }
    )


@cache
def _departments_query() -> Select[Any]:
    area, party, contact = table_of(Jurisdiction), table_of(Party), table_of(Contact)
    # written into the statement: a server that plans it once knows then how few there are
    officers, departments = (_written(value) for value in (ContactRole.DUTY_OFFICER, AreaRole.INSPECTION_DEPARTMENT))
    officer = and_(contact.c.party_id == party.c.id, contact.c.role == officers, contact.c.to_on.is_(None))
    return (
        select(area.c.city_id, area.c.district_code, party.c.id, party.c.name, contact.c.name)
        .join(party, party.c.id == area.c.party_id)
        .outerjoin(contact, officer)
        .where(area.c.role == departments, area.c.to_on.is_(None))
        .order_by(contact.c.id.desc())
    )


def _written(value: StrEnum) -> BindParameter[str]:
    return literal(value.value, String, literal_execute=True)
