"""A register that writes a person anew (another spelling of the name) does not cut them off from their chats."""

from sqlalchemy import and_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from store.database import table_of
from store.doors import Door
from store.parties import Chat, Contact, ContactScope


def follow_people(session: Session) -> int:
    """Give the chats of people who have gone to who came in their place with the same number; how many chats.

    At the same party, without a day between, and with a name that may be the same person's: a telephone that is handed
    on, or a number that comes back later, is somebody else's.
    """
    former, after = aliased(Contact), aliased(Contact)
    same = (col(after.party_id) == former.party_id, col(after.phone) == former.phone, col(after.to_on).is_(None))
    query = (
        select(Chat, after.id, former.name, after.name)
        .join(former, col(former.id) == Chat.contact_id)
        .join(after, and_(*same))
        .where(col(Chat.active), col(Chat.phone) == former.phone, col(former.to_on).is_not(None))
        .where(col(after.from_on) <= former.to_on, ~col(former.ended_by_hand), col(after.id) > former.id)
        .order_by(col(Chat.id), col(after.id))
    )
    found = session.exec(query).all()
    followed: set[int] = set()
    for chat, contact_id, name_before, name in found:
        if chat.id not in followed and _may_be_one(name_before, name):
            followed.add(chat.id)
            _hand_over(session, chat, contact_id)
    session.flush()
    return len(followed)


def _may_be_one(before: str, after: str) -> bool:
    """Whether two names may be one person's: the same surname (陈一鸣, 陈先生), or a word or part of the other's."""
    one, other = (" ".join(name.casefold().split()) for name in (before, after))
    if not one or not other or one in other or other in one:
        return True
    return (one[0] == other[0] and not one.isascii()) or bool({*one.split()} & {*other.split()})


def _hand_over(session: Session, chat: Chat, contact_id: int) -> None:
    former = chat.contact_id
    there = select(Chat).where(Chat.channel == chat.channel, Chat.address == chat.address)
    known = session.exec(there.where(Chat.contact_id == contact_id)).first()
    now = known or Chat(contact_id=contact_id, channel=chat.channel, address=chat.address)
    now.active, now.phone, chat.active = True, chat.phone, False
    session.add_all([now, chat])
    for model, column in ((ContactScope, "contact_id"), (Door, "acts_as")):
        table = table_of(model)
        session.execute(update(table).where(table.c[column] == former).values({column: contact_id}))
