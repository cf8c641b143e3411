"""The offices that answer for districts, and who is told there: named anew by an operator, with who said so and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.people.district_moves import hand_over
from actions.people.parties import add_contact, find_office
from actions.register.phones import read_phones
from actions.register.places import places_of
from actions.running.cities import OFFICER_OF, WHOLE_CITY, add_area_party
from schedules.calls import mark_calls
from schedules.rulebook import load_rulebook
from schedules.tasks import desk_of
from store.events import Event, EventKind
from store.lifts import City
from store.locks import hold_city
from store.notices import Notice, NoticeStatus
from store.parties import AreaRole, Chat, Contact, Jurisdiction, Party

REGION = "CN"
LANGUAGES = ("zh", "en")
REACHED_NOBODY = (NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)


class OfficeError(Exception):
    """The office cannot be set so; the sentence says why."""


class WishError(OfficeError):
    """What was asked for makes no sense in any store."""


@dataclass(frozen=True)
class Wish:
    """What is to be so of the office of a district (code, name or short name, '*': the whole city); None: as it is.

    `name`: another office takes over. `rename`: the same one is called so. An officer has a name and a phone.
    """

    city_id: str
    role: AreaRole
    district: str
    by: str
    reason: str
    name: str | None = None
    rename: str | None = None
    officer: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Office:
    """An office as it is: `officers` are told there, `waiting` notices have reached nobody of it."""

    city_id: str
    role: str
    district: str
    district_name: str
    ref: str
    name: str
    language: str
    since: date
    waiting: int
    officers: Sequence[Contact] = ()


@dataclass
class Change:
    """What came of a wish: `changed` says what is otherwise now; `left_behind` notices wait for the former office."""

    changed: dict[str, Any] = field(default_factory=dict)
    tasks: int = 0
    visits: int = 0
    left_behind: int = 0


def offices(session: Session, city_id: str | None = None) -> list[Office]:
    """Every office in office, by city, role and district."""
    query = (
        select(Jurisdiction, Party)
        .join(Party, col(Party.id) == Jurisdiction.party_id)
        .where(col(Jurisdiction.to_on).is_(None))
        .order_by(Jurisdiction.city_id, Jurisdiction.role, Jurisdiction.district_code)
    )
    if city_id is not None:
        query = query.where(Jurisdiction.city_id == city_id)
    return [_read(session, area, party) for area, party in session.exec(query)]


def set_office(session: Session, wish: Wish, *, now: datetime, today: date) -> Change:
    """Make it so; a wish that is fulfilled already changes nothing. Raises OfficeError."""
    code, number = _district(session, wish), _phone(wish)
    hold_city(session, wish.city_id)
    change = Change()
    party = _office(session, wish, code, today, change)
    if wish.rename is not None and party.name != wish.rename:
        _refuse_taken_name(session, party, wish.rename)
        change.changed["renamed"], party.name = {"from": party.name, "to": wish.rename}, wish.rename
    if wish.language is not None and party.language != wish.language:
        change.changed["language"], party.language = wish.language, wish.language
    session.add(party)
    session.flush()
    if wish.officer is not None and number is not None:
        _name_officer(session, party, wish, number, today, change)
    if change.changed:
        _record(session, wish, code, party, change, now, today)
        if wish.role is AreaRole.INSPECTION_DEPARTMENT:
            mark_calls(session, city_id=wish.city_id)
    return change


def _refuse_taken_name(session: Session, party: Party, name: str) -> None:
    holder = find_office(session, party.city_id, name)
    if holder is not None and holder.id != party.id:
        raise OfficeError(f"another office is called {name!r}; with --name it takes over")


def _district(session: Session, wish: Wish) -> str:
    """The code of the district that is meant."""
    if session.get(City, wish.city_id) is None:
        raise OfficeError(f"there is no register of {wish.city_id!r}; `tixing import FILE --city ID` makes one")
    if wish.role is AreaRole.CITY_REGULATOR and wish.district != WHOLE_CITY:
        raise WishError("a city_regulator answers for the whole city: leave --district out")
    if wish.district == WHOLE_CITY:
        if wish.role is AreaRole.DISTRICT_REGULATOR:
            raise WishError("a district_regulator answers for one district: give --district")
        return WHOLE_CITY
    code = places_of(wish.city_id).find(wish.district).code
    if code is None:
        known = {one.code: one.name for one in load_rulebook(wish.city_id).place.districts}
        listed = ", ".join(f"{name} {code}" for code, name in known.items())
        raise WishError(f"{wish.district!r} is no district of {wish.city_id}; it has {listed or 'none'}")
    return code


def _phone(wish: Wish) -> str | None:
    if wish.language is not None and wish.language not in LANGUAGES:
        raise WishError(f"the language {wish.language!r} is not known; it is {' or '.join(LANGUAGES)}")
    if (wish.officer is None) != (wish.phone is None):
        raise WishError("an officer is named with a phone: give --officer and --phone")
    if wish.phone is None:
        return None
    numbers = read_phones(wish.phone, REGION)
    if numbers is None or len(numbers) != 1:
        raise WishError(f"{wish.phone!r} is no telephone number; write it with its country code, as +8614000000001")
    return numbers[0]


def _office(session: Session, wish: Wish, code: str, today: date, change: Change) -> Party:
    """Who answers for the district now: the former office, or the one that takes over."""
    area = (Jurisdiction.city_id == wish.city_id, Jurisdiction.district_code == code, Jurisdiction.role == wish.role)
    present = session.exec(select(Jurisdiction).where(*area, col(Jurisdiction.to_on).is_(None))).first()
    former = session.get_one(Party, present.party_id) if present is not None else None
    if wish.name is None:
        if former is None:
            raise OfficeError(f"no {wish.role} answers for {wish.district} of {wish.city_id} yet: give --name")
        return former
    desk = desk_of(session, wish.city_id, code) if wish.role is AreaRole.INSPECTION_DEPARTMENT else None
    party_id = add_area_party(
        session, city_id=wish.city_id, role=wish.role, name=wish.name, district_codes=[code], as_of=today
    )
    party = session.get_one(Party, party_id)
    if former is None or former.id != party_id:
        _refuse_to_throw_out(session, party, wish)
        change.changed["office"] = {"from": former.name if former else "", "to": party.name}
        change.left_behind = _count(session, former.id, NoticeStatus.PLANNED, *REACHED_NOBODY) if former else 0
        if desk is not None and desk != party_id:
            name = {one.code: one.name for one in load_rulebook(wish.city_id).place.districts}.get(code, "")
            went = hand_over(session, desk, party_id, wish.city_id, code, name, today)
            change.tasks, change.visits = went.tasks, went.visits
    return party


def _refuse_to_throw_out(session: Session, party: Party, wish: Wish) -> None:
    """Who takes over a district may answer for others, with an officer who is told of those."""
    told = [one.name or "somebody" for one in _officers(session, party.id, OFFICER_OF[wish.role])]
    if wish.officer is not None and told and wish.officer not in told:
        raise OfficeError(
            f"{party.name} is an office already, where {', '.join(told)} is told: leave --officer out, "
            "and name another officer afterwards where all its districts are to have one"
        )


def _name_officer(session: Session, party: Party, wish: Wish, number: str, today: date, change: Change) -> None:
    """One officer is told; who was until now is not any more. Of the same person the chats stay."""
    role = OFFICER_OF[wish.role]
    present = _officers(session, party.id, role)
    others = [one for one in present if (one.name, one.phone) != (wish.officer, number)]
    if not others and present:
        return
    contact_id = add_contact(session, party_id=party.id, role=role, name=wish.officer or "", phone=number, as_of=today)
    for one in others:
        one.to_on = max(today, one.from_on)
        session.add(one)
        if one.name == wish.officer:
            for chat in session.exec(select(Chat).where(Chat.contact_id == one.id)):
                chat.contact_id = contact_id
                session.add(chat)
    session.flush()
    change.changed["officer"] = {"contact": contact_id, "instead_of": [one.id for one in others]}


def _officers(session: Session, party_id: int, role: str) -> list[Contact]:
    query = select(Contact).where(Contact.party_id == party_id, Contact.role == role, col(Contact.to_on).is_(None))
    return list(session.exec(query.order_by(col(Contact.id))))


def _record(session: Session, wish: Wish, code: str, party: Party, change: Change, now: datetime, today: date) -> None:
    about = {"role": wish.role.value, "district": code, "by": wish.by, "reason": wish.reason}
    session.add(
        Event(
            kind=EventKind.OFFICE_CHANGED,
            party_id=party.id,
            on_date=today,
            known_on=today,
            recorded_at=now,
            payload=about | change.changed,
            source="operator",
        )
    )
    session.flush()


def _read(session: Session, area: Jurisdiction, party: Party) -> Office:
    names = {one.code: one.name for one in load_rulebook(area.city_id).place.districts}
    return Office(
        city_id=area.city_id,
        role=area.role,
        district=area.district_code,
        district_name=names.get(area.district_code, ""),
        ref=party.ref,
        name=party.name,
        language=party.language,
        since=area.from_on,
        waiting=_count(session, party.id, *REACHED_NOBODY),
        officers=_officers(session, party.id, OFFICER_OF[AreaRole(area.role)]),
    )


def _count(session: Session, party_id: int, *statuses: NoticeStatus) -> int:
    """Its notices in one of these states."""
    count = select(func.count()).select_from(Notice)
    return session.exec(count.where(Notice.party_id == party_id, col(Notice.status).in_(statuses))).one()
