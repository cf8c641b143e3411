"""Who is acting: a person of a party, in a role, through a door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, String, and_, bindparam, select, true
from sqlmodel import Session

from store.database import table_of
from store.doors import Door
from store.doubted import reaches_still
from store.parties import AreaRole, Chat, Contact, ContactRole, Jurisdiction, Party


class Role(StrEnum):
    """What somebody is to their party; a regulator's officer is one of a district or of the city."""

    UNIT_CONTACT = "unit_contact"
    SAFETY_MANAGER = "safety_manager"
    LEGAL_REP = "legal_rep"
    DISPATCHER = "maintainer_contact"
    MAINTAINER_ADMIN = "maintainer_admin"
    WORKER = "worker"
    DUTY_OFFICER = "duty_officer"
    INSPECTOR = "inspector"
    TESTER = "tester"
    DISTRICT_REGULATOR = "district_regulator"
    CITY_REGULATOR = "city_regulator"
    STREET_OFFICER = "street_officer"


UNIT = frozenset({Role.UNIT_CONTACT, Role.SAFETY_MANAGER, Role.LEGAL_REP})
UNIT_HEADS = frozenset({Role.SAFETY_MANAGER, Role.LEGAL_REP})
MAINTAINER = frozenset({Role.DISPATCHER, Role.MAINTAINER_ADMIN, Role.WORKER})
DEPARTMENT = frozenset({Role.DUTY_OFFICER, Role.INSPECTOR})
REGULATORS = frozenset({Role.DISTRICT_REGULATOR, Role.CITY_REGULATOR})
EVERYONE = frozenset(Role)


@dataclass(frozen=True)
class Actor:
    """A person acting for a party. `districts`: those for which an office answers; `*` is the whole city."""

    contact_id: int
    party_id: int
    party_name: str
    city_id: str
    role: Role
    name: str
    channel: str
    address: str
    language: str
    districts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """Who asks for something, and when; `key` is one tap, however often it arrives (empty: nothing is changed).

    `came_at`: when it was said, where that waited through an outage before it is done `now`.
    """

    actor: Actor
    now: datetime
    today: date
    key: str = ""
    came_at: datetime | None = None

    @property
    def said_at(self) -> datetime:
        """The time that counts for what somebody says has happened, such as a person shut in."""
        return min(self.came_at or self.now, self.now)


@dataclass(frozen=True)
class Standing:
    """Who stands at a door: everybody for whom they may act, whom they chose, and the language (empty: none chosen)."""

    actors: tuple[Actor, ...] = ()
    acts_as: int | None = None
    language: str = ""

    @property
    def actor(self) -> Actor | None:
        """The one whom the person has chosen, else the first; None for a stranger."""
        chosen = [actor for actor in self.actors if actor.contact_id == self.acts_as]
        return next(iter(chosen or self.actors), None)


def who_stands(session: Session, channel: str, address: str) -> Standing:
    """Who stands at this door.

    Somebody whom the register no longer names, or not with the number that they showed, is nobody.
    """
    rows = session.execute(_standing_query(), {"channel": channel, "address": address}).all()
    by_contact: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.contact_id is not None:
            by_contact.setdefault(row.contact_id, []).append(row)
    found = [_actor(of_one, channel, address) for of_one in by_contact.values()]
    acts_as, language = (rows[0].acts_as, rows[0].chosen_language) if rows else (None, None)
    return Standing(tuple(actor for actor in found if actor is not None), acts_as, language or "")


def find_actors(session: Session, channel: str, address: str) -> list[Actor]:
    """Everybody for whom the person at this door may act, by contact; empty for a stranger."""
    return list(who_stands(session, channel, address).actors)


def current_actor(session: Session, channel: str, address: str) -> Actor | None:
    """The one whom the person has chosen, else the first; None for a stranger."""
    return who_stands(session, channel, address).actor


def language_at(session: Session, channel: str, address: str) -> str:
    """What was chosen at this door; empty where nothing was."""
    return who_stands(session, channel, address).language


def still_holds(session: Session, actor: Actor) -> bool:
    """Whether this person may still act for this party in this role."""
    return any(
        (one.contact_id, one.role, one.districts) == (actor.contact_id, actor.role, actor.districts)
        for one in who_stands(session, actor.channel, actor.address).actors
    )


@cache
def _standing_query() -> Select[Any]:
    """One row for each contact at a door, and for each area of its office; one without a contact for a stranger."""
    contact, party, chat, area, door = (table_of(model) for model in (Contact, Party, Chat, Jurisdiction, Door))
    channel, address = bindparam("channel", type_=String), bindparam("address", type_=String)
    place = select(channel.label("channel"), address.label("address")).subquery()
    bound = (
        select(
            *(contact.c.id.label("contact_id"), contact.c.role, contact.c.name, contact.c.party_id),
            *(party.c.name.label("party_name"), party.c.city_id, party.c.language),
            *(area.c.role.label("area_role"), area.c.district_code, area.c.id.label("area_id")),
        )
        .select_from(chat)
        .join(contact, contact.c.id == chat.c.contact_id)
        .join(party, party.c.id == contact.c.party_id)
        .outerjoin(area, and_(area.c.party_id == party.c.id, area.c.to_on.is_(None)))
        .where(chat.c.channel == channel, chat.c.address == address, chat.c.active, contact.c.to_on.is_(None))
        .where(reaches_still())
        .subquery()
    )
    return (
        select(bound, door.c.acts_as, door.c.language.label("chosen_language"))
        .select_from(place)
        .outerjoin(bound, true())
        .outerjoin(door, and_(door.c.channel == place.c.channel, door.c.address == place.c.address))
        .order_by(bound.c.contact_id, bound.c.area_id)
    )


def _actor(rows: Sequence[Row[Any]], channel: str, address: str) -> Actor | None:
    """Of the rows of one contact; None for an officer whose office answers for nothing."""
    row = rows[0]
    role, districts = _role(row.role, [(one.area_role, one.district_code) for one in rows if one.area_role])
    if role is None:
        return None
    return Actor(
        contact_id=row.contact_id,
        party_id=row.party_id,
        party_name=row.party_name,
        city_id=row.city_id,
        role=role,
        name=row.name,
        channel=channel,
        address=address,
        language=row.language,
        districts=districts,
    )


def _role(stated: str, areas: Sequence[tuple[str, str]]) -> tuple[Role | None, frozenset[str]]:
    wanted = {
        ContactRole.REGULATOR_OFFICER: (AreaRole.CITY_REGULATOR, AreaRole.DISTRICT_REGULATOR),
        ContactRole.DUTY_OFFICER: (AreaRole.INSPECTION_DEPARTMENT,),
        ContactRole.INSPECTOR: (AreaRole.INSPECTION_DEPARTMENT,),
    }
    if stated not in wanted:
        return Role(stated), frozenset()
    for kind in wanted[ContactRole(stated)]:
        districts = frozenset(code for area_role, code in areas if area_role == kind)
        if districts:
            is_regulator = stated == ContactRole.REGULATOR_OFFICER
            return Role(kind.value if is_regulator else stated), districts
    return None, frozenset()


def choose_language(session: Session, channel: str, address: str, language: str) -> None:
    """Speak `language` at this door from now on."""
    door = session.get(Door, (channel, address)) or Door(channel=channel, address=address)
    door.language = language
    session.add(door)
    session.flush()


def choose_actor(session: Session, channel: str, address: str, contact_id: int) -> None:
    """Act for this contact at this door from now on; that it is one of theirs has been seen."""
    door = session.get(Door, (channel, address)) or Door(channel=channel, address=address)
    door.acts_as = contact_id
    session.add(door)
    session.flush()
