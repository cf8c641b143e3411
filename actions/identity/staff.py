"""The people of a party, changed by its own administrator: named, given other roles and places, away, gone."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from actions.actors import Asked, Role
from actions.identity.bindings import read_phone
from actions.identity.people import (
    ADMINISTRATORS,
    IN_THE_FIELD,
    MAY_NAME,
    Place,
    a_colleague,
    may_change,
    me_or_a_colleague,
    places_to_choose,
)
from actions.identity.record import done_before, record
from actions.refusals import Refused
from actions.registry import verb
from store.database import table_of
from store.doors import Door
from store.paperless import WorkerGrade
from store.parties import Chat, Contact, ContactRole, ContactScope

NAMERS = frozenset(MAY_NAME)
MOST_PEOPLE = 60
LONGEST_NAME = 40
LONGEST_AWAY = timedelta(days=60)


@verb(NAMERS)
def name_person(session: Session, asked: Asked, *, role: str, name: str, phone: str) -> int:
    """Add somebody to the party; their contact. They come in by the code that goes to their own telephone."""
    before = done_before(session, asked)
    if before is not None:
        return int(before["contact"])
    number = _require_new(session, asked, role, name, phone)
    contact_id = add_by_hand(session, asked.actor.party_id, ContactRole(role), name.strip(), number, asked.today)
    record(session, asked, "named", contact=contact_id, role=role)
    return contact_id


@verb(ADMINISTRATORS, contact_id=a_colleague)
def end_person(session: Session, asked: Asked, *, contact_id: int) -> None:
    """Somebody is there no more: nothing goes to them, and they see nothing, from this moment on."""
    if done_before(session, asked) is None:
        end_by_hand(session, require_present(session, contact_id), asked.today)
        record(session, asked, "ended", contact=contact_id)


@verb(ADMINISTRATORS, contact_id=a_colleague)
def change_role(session: Session, asked: Asked, *, contact_id: int, role: str) -> int:
    """Somebody does another work at the party; their contact from now on. Their chats and places stay theirs."""
    before = done_before(session, asked)
    if before is not None:
        return int(before["contact"])
    _require_role(asked.actor.role, role)
    former = require_present(session, contact_id)
    if former.role == role:
        raise Refused("people.has_that_role")
    if former.phone is not None and _is_there(session, former.party_id, ContactRole(role), former.phone):
        raise Refused("people.there_already")
    chats = session.exec(select(Chat).where(Chat.contact_id == contact_id, col(Chat.active))).all()
    end_by_hand(session, former, asked.today)
    after = Contact(
        party_id=former.party_id,
        role=role,
        name=former.name,
        phone=former.phone,
        from_on=asked.today,
        by_hand=True,
        off_until=former.off_until,
    )
    session.add(after)
    session.flush()
    _take_over(session, chats, contact_id, after.id)
    record(session, asked, "role", contact=after.id, former=contact_id, role=role)
    return after.id


@verb(NAMERS, contact_id=me_or_a_colleague)
def set_places(session: Session, asked: Asked, *, contact_id: int, places: Sequence[Place]) -> None:
    """Somebody is there for the lifts of these compounds or buildings only; for all where none is given."""
    if done_before(session, asked) is not None:
        return
    require_present(session, contact_id)
    wanted = sorted({(compound.strip(), building.strip()) for compound, building in places})
    if not set(wanted) <= set(places_to_choose(session, asked)):
        raise Refused("people.no_such_place")
    scope = table_of(ContactScope)
    session.execute(delete(scope).where(scope.c.contact_id == contact_id))
    for compound, building in wanted:
        session.add(ContactScope(contact_id=contact_id, compound=compound, building=building))
    record(session, asked, "places", contact=contact_id, count=len(wanted))


@verb(IN_THE_FIELD, contact_id=me_or_a_colleague)
def set_away(session: Session, asked: Asked, *, contact_id: int, until: date | None) -> None:
    """Somebody is away up to and with that day, and others are told; None: they are there."""
    if done_before(session, asked) is not None:
        return
    if until is not None and not asked.today <= until <= asked.today + LONGEST_AWAY:
        raise Refused("people.away_so_long", days=LONGEST_AWAY.days)
    require_present(session, contact_id).off_until = until
    record(session, asked, "away", contact=contact_id, until=until.isoformat() if until else None)


def require_present(session: Session, contact_id: int) -> Contact:
    """The person, where they are there still; raises Refused."""
    contact = session.get_one(Contact, contact_id)
    if contact.to_on is not None:
        raise Refused("people.gone_already")
    return contact


def add_by_hand(session: Session, party_id: int, role: ContactRole, name: str, phone: str, today: date) -> int:
    """A person whom a person has named; their contact."""
    added = Contact(party_id=party_id, role=role, name=name, phone=phone, from_on=today, by_hand=True)
    session.add(added)
    session.flush()
    return added.id


def end_by_hand(session: Session, contact: Contact, today: date) -> None:
    """Somebody is there no more, also where a register names them still."""
    contact.to_on, contact.ended_by_hand = max(today, contact.from_on), True
    session.add(contact)
    chat = table_of(Chat)
    session.execute(update(chat).where(chat.c.contact_id == contact.id).values(active=False))
    session.flush()


def _require_new(session: Session, asked: Asked, role: str, name: str, phone: str) -> str:
    _require_role(asked.actor.role, role)
    number = read_phone(phone)
    if number is None:
        raise Refused("people.no_phone")
    if not 1 <= len(name.strip()) <= LONGEST_NAME or not name.strip().isprintable():
        raise Refused("people.no_name", most=LONGEST_NAME)
    if _is_there(session, asked.actor.party_id, ContactRole(role), number):
        raise Refused("people.there_already")
    count = select(func.count()).select_from(Contact)
    here = count.where(Contact.party_id == asked.actor.party_id, col(Contact.to_on).is_(None))
    if session.exec(here).one() >= MOST_PEOPLE:
        raise Refused("people.too_many", most=MOST_PEOPLE)
    return number


def _require_role(administrator: Role, role: str) -> None:
    if role not in may_change(administrator):
        raise Refused("people.not_that_role")


def _is_there(session: Session, party_id: int, role: ContactRole, phone: str) -> bool:
    same = (Contact.party_id == party_id, Contact.role == role, Contact.phone == phone)
    return session.exec(select(Contact.id).where(*same, col(Contact.to_on).is_(None))).first() is not None


def _take_over(session: Session, chats: Sequence[Chat], former: int, after: int) -> None:
    """The same person in another role is reached where they were, and stays there for the same lifts."""
    for chat in chats:
        session.add(Chat(contact_id=after, channel=chat.channel, address=chat.address, phone=chat.phone))
    graded = ((WorkerGrade, "contact_id"), (WorkerGrade, "leader_id"))
    for model, column in ((ContactScope, "contact_id"), (Door, "acts_as"), *graded):
        table = table_of(model)
        session.execute(update(table).where(table.c[column] == former).values({column: after}))
    session.flush()
