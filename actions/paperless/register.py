"""A contractor's registration, step by step (003 三(一)): filed by the city, registered, an administrator named, data
completed and kept current."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from actions.actors import MAINTAINER, Asked, Role
from actions.alerts.numbers import emergency_phone_of
from actions.identity.bindings import read_phone
from actions.paperless.ways import way_on
from actions.people.parties import bind_more
from actions.refusals import Refused
from actions.registry import verb
from store.lifts import LiftRole, Responsibility
from store.locks import hold
from store.paperless import Contractor, Platform, PlatformState, WorkerGrade
from store.parties import Contact, ContactRole, Party

HEADS = frozenset({Role.MAINTAINER_ADMIN, Role.DISPATCHER})
ADMINS = frozenset({Role.MAINTAINER_ADMIN})
CITY = frozenset({Role.CITY_REGULATOR})
LONGEST = 120


class Data(StrEnum):
    """What a contractor says of itself (三(一)2)."""

    ADDRESS = "address"
    OFFICE = "office"
    CONTACT = "contact"
    PHONE = "phone"


# What may be missing, in the order in which it is done.
FILED, REGISTERED, ADMINISTRATOR = "filed", "registered", "administrator"
EMERGENCY, WAY, WORKERS, CERTIFICATES = "emergency", "way", "workers", "certificates"


@dataclass(frozen=True)
class Registration:
    """How far a contractor is. `missing`: names of what is to be done, the next first; `lapsed`: workers."""

    party_id: int
    name: str
    number: str
    filed_on: date | None
    registered_on: date | None
    administrator: str
    address: str
    office: str
    contact: str
    phone: str
    emergency: str
    way: str
    platform: str
    missing: tuple[str, ...]


def file_contractor(
    session: Session, city_id: str, name: str, number: str, *, filed_on: date, by: int | None = None
) -> Contractor:
    """Note that a maintainer is filed with the city (备案); filed again, its number and day are put right.

    Raises Refused where no register names it, or the number is another's.
    """
    query = (
        select(Party)
        .join(Responsibility, col(Responsibility.party_id) == Party.id)
        .where(Party.city_id == city_id, Party.name == name.strip(), Responsibility.role == LiftRole.MAINTAINER)
    )
    party = session.exec(query).first()
    stated = " ".join(number.split())
    if party is None:
        raise Refused("paperless.no_such_maintainer", party=name.strip())
    if not stated or len(stated) > LONGEST:
        raise Refused("paperless.say_number")
    hold(session, f"contractor/{city_id}")
    same = session.exec(select(Contractor).where(Contractor.city_id == city_id, Contractor.number == stated)).first()
    if same is not None and same.party_id != party.id:
        raise Refused("paperless.number_taken", number=stated)
    contractor = contractor_of(session, party.id) or Contractor(
        city_id=city_id, party_id=party.id, number=stated, filed_on=filed_on, filed_by=by
    )
    if contractor.registered_on is None or filed_on <= contractor.registered_on:
        contractor.filed_on = filed_on
    contractor.number = stated
    session.add(contractor)
    session.flush()
    return contractor


@verb(CITY)
def file_maintainer(session: Session, asked: Asked, *, name: str, number: str, filed_on: date) -> int:
    """The city's bureau files a maintainer (三(一)1); the party."""
    if filed_on > asked.today:
        raise Refused("paperless.not_yet")
    return file_contractor(
        session, asked.actor.city_id, name, number, filed_on=filed_on, by=asked.actor.contact_id
    ).party_id


@verb(HEADS)
def register_maintainer(session: Session, asked: Asked) -> None:
    """One's own company registers on the platform: after it was filed, not before."""
    contractor = _filed(session, asked)
    if contractor.registered_on is None:
        contractor.registered_on, contractor.registered_by = asked.today, asked.actor.contact_id
        session.add(contractor)
        session.flush()


@verb(HEADS)
def name_administrator(session: Session, asked: Asked, *, contact_id: int) -> int:
    """Name who administers the system for the company (三(一)1): somebody of its own people; their contact from now on.

    Who is no administrator yet becomes one beside what they are.
    """
    contractor = _filed(session, asked)
    if contractor.registered_on is None:
        raise Refused("paperless.register_first")
    person = session.get(Contact, contact_id)
    if person is None or person.party_id != asked.actor.party_id or person.to_on is not None:
        raise Refused("people.gone_already")
    contractor.admin_id = _as_admin(session, person, asked.today).id
    session.add(contractor)
    session.flush()
    return contractor.admin_id


@verb(ADMINS)
def say_data(session: Session, asked: Asked, *, field: Data, value: str) -> Data:
    """Complete or correct what the company says of itself: who changes something says so at once (三(一)2)."""
    contractor = _filed(session, asked)
    if contractor.registered_on is None:
        raise Refused("paperless.register_first")
    said: str | None = " ".join(value.split())
    if not said or len(said) > LONGEST:
        raise Refused("paperless.say_data", most=LONGEST)
    if field is Data.PHONE and (said := read_phone(said)) is None:
        raise Refused("people.no_phone")
    setattr(contractor, field.value, said)
    contractor.changed_at = asked.now
    session.add(contractor)
    session.flush()
    return field


@verb(MAINTAINER, reads=True)
def my_registration(session: Session, asked: Asked) -> Registration:
    """How far one's own company is, and what is missing."""
    return registration_of(session, session.get_one(Party, asked.actor.party_id), asked.today)


@verb(HEADS, reads=True)
def administrators_to_choose(session: Session, asked: Asked) -> list[tuple[int, str]]:
    """The company's own people, who may be named."""
    query = select(Contact.id, Contact.name).where(
        Contact.party_id == asked.actor.party_id, col(Contact.to_on).is_(None), col(Contact.phone).is_not(None)
    )
    return [(one, name) for one, name in session.exec(query.order_by(col(Contact.id)))]


def contractor_of(session: Session, party_id: int) -> Contractor | None:
    """The filing of a maintainer, where it is filed."""
    return session.exec(select(Contractor).where(Contractor.party_id == party_id)).first()


def registration_of(session: Session, party: Party, today: date) -> Registration:
    """The same of any contractor."""
    contractor, way = contractor_of(session, party.id), way_on(session, party.id, today)
    platform = session.get(Platform, way.platform_id) if way is not None and way.platform_id is not None else None
    admin = session.get(Contact, contractor.admin_id) if contractor is not None and contractor.admin_id else None
    if admin is not None and admin.to_on is not None:
        admin = None  # gone since: another is to be named
    emergency = emergency_phone_of(session, party.id)
    stops = platform is not None and platform.state == PlatformState.REMOVED
    has = {
        FILED: contractor is not None,
        REGISTERED: contractor is not None and contractor.registered_on is not None,
        ADMINISTRATOR: admin is not None,
        **{field.value: bool(contractor is not None and getattr(contractor, field.value)) for field in Data},
        EMERGENCY: emergency is not None,
        WAY: way is not None and not stops,
        **_workers(session, party.id, today),
    }
    return Registration(
        party_id=party.id,
        name=party.name,
        number=contractor.number if contractor is not None else "",
        filed_on=contractor.filed_on if contractor is not None else None,
        registered_on=contractor.registered_on if contractor is not None else None,
        administrator=admin.name if admin is not None else "",
        address=contractor.address if contractor is not None else "",
        office=contractor.office if contractor is not None else "",
        contact=contractor.contact if contractor is not None else "",
        phone=(contractor.phone or "") if contractor is not None else "",
        emergency=emergency or "",
        way=way.way if way is not None else "",
        platform=session.get_one(Party, platform.party_id).name if platform is not None else "",
        missing=tuple(name for name, is_there in has.items() if not is_there),
    )


def _workers(session: Session, party_id: int, today: date) -> dict[str, bool]:
    """Whether there is a worker, and each has a certificate that is good today."""
    query = select(Contact, WorkerGrade).outerjoin(WorkerGrade, col(WorkerGrade.contact_id) == Contact.id)
    query = query.where(Contact.party_id == party_id, Contact.role == ContactRole.WORKER, col(Contact.to_on).is_(None))
    until = [grade.valid_until if grade is not None else None for _, grade in session.exec(query)]
    return {WORKERS: bool(until), CERTIFICATES: all(day is not None and day >= today for day in until)}


def _filed(session: Session, asked: Asked) -> Contractor:
    query = select(Contractor).where(Contractor.party_id == asked.actor.party_id).with_for_update()
    contractor = session.exec(query).first()
    if contractor is None:
        raise Refused("paperless.file_first")
    return contractor


def _as_admin(session: Session, person: Contact, today: date) -> Contact:
    if person.role == ContactRole.MAINTAINER_ADMIN:
        return person
    same = select(Contact).where(
        Contact.party_id == person.party_id,
        Contact.role == ContactRole.MAINTAINER_ADMIN,
        Contact.phone == person.phone,
        col(Contact.to_on).is_(None),
    )
    known = session.exec(same).first()
    if known is not None:
        return known
    admin = Contact(
        party_id=person.party_id,
        role=ContactRole.MAINTAINER_ADMIN,
        name=person.name,
        phone=person.phone,
        from_on=today,
        by_hand=True,
    )
    session.add(admin)
    session.flush()
    bind_more(session, person.id, admin.id)
    return admin
