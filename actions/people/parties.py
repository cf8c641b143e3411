"""Parties, the people there, and the chats that reach them."""

from datetime import date
from hashlib import sha256
from itertools import count

from sqlmodel import Session, col, select

from store.doubted import reaches_still
from store.parties import Chat, Contact, ContactRole, Party

WEBCHAT = "webchat"
OFFICE = "o"
IS_OFFICE = col(Party.ref).startswith(f"{OFFICE}-")


def party_ref(city_id: str, kind: str, name: str, credit_code: str | None = None) -> str:
    """A party's stable name in the outside world: its credit code, else a digest that every import gives it again."""
    if credit_code:
        return credit_code
    digest = sha256(f"{city_id}|{' '.join(name.split())}".encode()).hexdigest()
    return f"{kind}-{digest[:10]}"


def find_or_add_party(session: Session, *, city_id: str, name: str, kind: str, credit_code: str | None = None) -> int:
    """The id of the party with this name (or code) in the city; `kind` is one letter: u, m, or o for an office.

    An office is the one that is called so at present.
    """
    ref = party_ref(city_id, kind, name, credit_code)
    if kind == OFFICE:
        party = find_office(session, city_id, name)
        ref = ref if party is not None else _free_ref(session, city_id, name)
    else:
        party = session.exec(select(Party).where(Party.city_id == city_id, Party.ref == ref)).first()
    if party is None:
        party = Party(city_id=city_id, ref=ref, name=name, credit_code=credit_code)
        session.add(party)
        session.flush()
    return party.id


def is_office(party: Party) -> bool:
    """Whether it is a department or a regulator; a register names nobody there."""
    return party.ref.startswith(f"{OFFICE}-")


def find_office(session: Session, city_id: str, name: str) -> Party | None:
    """The office that is called so at present, in office or not; by what name it was founded does not matter."""
    query, wanted = select(Party).where(Party.city_id == city_id, IS_OFFICE), name.split()
    return next((one for one in session.exec(query.order_by(col(Party.id))) if one.name.split() == wanted), None)


def _free_ref(session: Session, city_id: str, name: str) -> str:
    """An office that was founded by this name and is called otherwise now keeps the ref that the name gives."""
    taken = set(session.exec(select(Party.ref).where(Party.city_id == city_id, IS_OFFICE)))
    refs = (party_ref(city_id, OFFICE, name if number == 1 else f"{name} ({number})") for number in count(1))
    return next(ref for ref in refs if ref not in taken)


def add_contact(
    session: Session, *, party_id: int, role: ContactRole, name: str = "", phone: str | None = None, as_of: date
) -> int:
    """A person at a party; `phone` is E.164. The same person is not added twice. Returns the contact's id."""
    known = session.exec(
        select(Contact).where(
            Contact.party_id == party_id,
            Contact.role == role,
            Contact.name == name,
            Contact.phone == phone,
            col(Contact.to_on).is_(None),
        )
    ).first()
    if known is None:
        known = Contact(party_id=party_id, role=role, name=name, phone=phone, from_on=as_of)
        session.add(known)
        session.flush()
    return known.id


def bind_webchat(
    session: Session,
    *,
    address: str,
    contact_id: int | None = None,
    party_id: int | None = None,
    party_name: str | None = None,
) -> None:
    """Give a person the web chat inbox `address`; without `contact_id` the party's first contact gets it.

    Raises LookupError when there is no such party or nobody at it.
    """
    if contact_id is None:
        contact_id = _first_contact(session, party_id, party_name)
    bind_chat(session, channel=WEBCHAT, address=address, contact_id=contact_id)


def bind_chat(session: Session, *, channel: str, address: str, contact_id: int) -> int:
    """Let this contact be reached there, and nobody else; the chat's id. Doing it again changes nothing.

    What the same person (by the number) is at other parties stays.
    """
    here = session.exec(select(Chat).where(Chat.channel == channel, Chat.address == address)).all()
    chat = next((one for one in here if one.contact_id == contact_id), None)
    contact = session.get_one(Contact, contact_id)
    for other in here:
        other.active = other.active and _is_elsewhere_too(contact, session.get_one(Contact, other.contact_id))
        session.add(other)
    chat = chat or Chat(contact_id=contact_id, channel=channel, address=address)
    chat.active = True
    session.add(chat)
    session.flush()
    return chat.id


def bind_more(session: Session, contact_id: int, further_id: int) -> None:
    """Whoever is reached as one contact is reached as a further one of the same party too, where they are."""
    for chat in session.exec(select(Chat).where(Chat.contact_id == contact_id, col(Chat.active))).all():
        session.add(Chat(contact_id=further_id, channel=chat.channel, address=chat.address, phone=chat.phone))
    session.flush()


def _is_elsewhere_too(person: Contact, other: Contact) -> bool:
    """Whether this is the same person, by the number, at another party."""
    return person.phone is not None and person.phone == other.phone and person.party_id != other.party_id


def holder_of_chat(session: Session, channel: str, address: str) -> Party | None:
    """The party of which somebody present is told there."""
    query = (
        select(Party)
        .join(Contact, col(Contact.party_id) == Party.id)
        .join(Chat, col(Chat.contact_id) == Contact.id)
        .where(Chat.channel == channel, Chat.address == address, col(Chat.active), col(Contact.to_on).is_(None))
        .where(reaches_still())
    )
    return session.exec(query).first()


def drop_chat(session: Session, chat_id: int) -> bool:
    """Tell nobody there any more; False where there is no such chat, or nobody was told there."""
    chat = session.get(Chat, chat_id)
    if chat is None or not chat.active:
        return False
    chat.active = False
    session.add(chat)
    session.flush()
    return True


def drop_chats_at(session: Session, channel: str, address: str) -> int:
    """Tell nobody in this chat any more; returns for how many contacts that was so."""
    chats = session.exec(select(Chat).where(Chat.channel == channel, Chat.address == address, col(Chat.active))).all()
    for chat in chats:
        chat.active = False
        session.add(chat)
    session.flush()
    return len(chats)


def _first_contact(session: Session, party_id: int | None, party_name: str | None) -> int:
    query = select(Contact.id).join(Party).where(col(Contact.to_on).is_(None)).order_by(col(Contact.id))
    query = query.where(Party.id == party_id) if party_id is not None else query.where(Party.name == party_name)
    found = session.exec(query).first()
    if found is None:
        raise LookupError(f"nobody is known at {party_name or party_id}")
    return found
