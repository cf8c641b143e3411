"""Which people a chat belongs to: those who are registered with the number by which somebody has shown who they are."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from actions.actors import Actor
from actions.register.phones import read_phones
from store.database import table_of
from store.doors import Door
from store.doubted import is_doubted
from store.identity import LostPhone
from store.locks import hold
from store.parties import Chat, Contact

REGION = "CN"


def read_phone(stated: str) -> str | None:
    """One telephone number as E.164, read as a register's; None for anything else."""
    numbers = read_phones(stated[:40], REGION)
    return numbers[0] if numbers is not None and len(numbers) == 1 else None


def people_with(session: Session, phone: str, now: datetime) -> list[int]:
    """The present contacts with this number, in all parties.

    Left out are those of whom the number is in doubt, and those whose party says that the telephone is lost.
    """
    contact, lost = table_of(Contact).c, table_of(LostPhone).c
    of_party = select(lost.id).where(lost.phone == contact.phone, lost.party_id == contact.party_id)
    is_lost_there = of_party.where(lost.since_at <= now, lost.until_at > now).correlate(table_of(Contact)).exists()
    here = (contact.to_on.is_(None), contact.phone == phone, ~is_doubted(contact.phone), ~is_lost_there)
    return list(session.execute(select(contact.id).where(*here).order_by(contact.id)).scalars())


def is_lost(session: Session, phone: str, now: datetime) -> bool:
    """Whether its owner has said that this telephone is lost, or whoever runs the service, and there is no new card."""
    query = select_rows(LostPhone.id).where(
        LostPhone.phone == phone, col(LostPhone.party_id).is_(None), LostPhone.since_at <= now, LostPhone.until_at > now
    )
    return session.exec(query).first() is not None


def proved_number(session: Session, actor: Actor) -> str | None:
    """By which number this person has shown at this door who they are; None where an operator has let them in."""
    here = (Chat.channel == actor.channel, Chat.address == actor.address, Chat.contact_id == actor.contact_id)
    query = select_rows(Chat.phone).join(Contact, col(Contact.id) == Chat.contact_id)
    return session.exec(query.where(*here, col(Chat.active), Chat.phone == Contact.phone)).first()


def bind_people(session: Session, *, channel: str, address: str, phone: str, now: datetime) -> list[int]:
    """Give this chat to everybody who is registered with `phone`, which its holder has proved; their contacts.

    Whoever had the chat before has it no more. Where nobody has the number, nothing is changed.
    """
    hold(session, f"chat/{channel}/{address}")
    contact_ids = people_with(session, phone, now)
    if not contact_ids:
        return []
    here = session.exec(select_rows(Chat).where(Chat.channel == channel, Chat.address == address)).all()
    known = {chat.contact_id: chat for chat in here}
    for chat in here:
        chat.active = chat.contact_id in contact_ids
        session.add(chat)
    for contact_id in contact_ids:
        chat = known.get(contact_id) or Chat(contact_id=contact_id, channel=channel, address=address)
        chat.active, chat.phone = True, phone
        session.add(chat)
    session.flush()
    return contact_ids


def unbind(session: Session, channel: str, address: str) -> int:
    """Forget whose chat this is; for how many people it was one."""
    chat = table_of(Chat)
    here = (chat.c.channel == channel, chat.c.address == address, chat.c.active)
    ended = session.execute(update(chat).where(*here).values(active=False).returning(chat.c.id)).all()
    _forget_choice(session, [(channel, address)])
    return len(ended)


def unbind_phone(session: Session, phone: str, *, but: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    """Forget every chat that was bound by this number, except `but`; the chats, as (channel, address)."""
    chat = table_of(Chat)
    bound = [chat.c.phone == phone, chat.c.active]
    bound += [or_(chat.c.channel != but[0], chat.c.address != but[1])] if but is not None else []
    ended = session.execute(
        update(chat).where(*bound).values(active=False).returning(chat.c.channel, chat.c.address)
    ).all()
    doors = sorted({(channel, address) for channel, address in ended})
    _forget_choice(session, doors)
    return doors


def unbind_contacts(
    session: Session, contact_ids: Collection[int], *, but: tuple[str, str] | None = None
) -> list[tuple[str, str]]:
    """Forget the chats of these contacts, except `but`; those of others there stay. As (channel, address)."""
    chat, door = table_of(Chat), table_of(Door)
    bound = [chat.c.contact_id.in_(contact_ids), chat.c.active]
    bound += [or_(chat.c.channel != but[0], chat.c.address != but[1])] if but is not None else []
    ended = session.execute(
        update(chat).where(*bound).values(active=False).returning(chat.c.channel, chat.c.address)
    ).all()
    session.execute(update(door).where(door.c.acts_as.in_(contact_ids)).values(acts_as=None))
    return sorted({(channel, address) for channel, address in ended})


def _forget_choice(session: Session, doors: Iterable[tuple[str, str]]) -> None:
    for key in doors:
        door = session.get(Door, key)
        if door is not None:
            door.acts_as = None
            session.add(door)
    session.flush()
