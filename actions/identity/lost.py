"""A telephone that was lost or stolen: whoever has it now is nobody, in every chat and browser.

Everywhere only where its owner says so, or whoever runs the service. Whom a party names, and by which number, is the
party's own word: its administrator closes what the number opened there, and learns nothing of what it opens elsewhere.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.actors import EVERYONE, Asked
from actions.identity.bindings import proved_number, unbind_contacts, unbind_phone
from actions.identity.people import ADMINISTRATORS, a_colleague
from actions.identity.record import done_before, record
from actions.identity.sign_in import find_account, revoke_sessions
from actions.identity.staff import require_present
from actions.refusals import Refused
from actions.registry import verb
from store.database import table_of
from store.identity import LostPhone, PaperLink
from store.parties import Contact

UNTIL_A_NEW_CARD = timedelta(days=1)
Door = tuple[str, str]  # channel, address


@verb(EVERYONE)
def lost_phone(session: Session, asked: Asked) -> int:
    """My own telephone is gone: my other chats and all browsers are signed out, and no code goes there for a day.

    The chat in which this is said stays open. Who was let in by an operator has shown no number: theirs is closed for
    their own party only. How many chats and browsers were closed.
    """
    before = done_before(session, asked)
    if before is not None:
        return int(before["closed"])
    actor, here = asked.actor, (asked.actor.channel, asked.actor.address)
    phone = proved_number(session, actor)
    if phone is not None:
        closed = lose(session, phone, asked.now, but=here)
    else:
        closed = lose_here(session, actor.party_id, _phone_of(session, actor.contact_id), asked.now, but=here)
    record(session, asked, "phone_lost", contact=actor.contact_id, closed=closed)
    return closed


@verb(ADMINISTRATORS, contact_id=a_colleague)
def colleague_lost_phone(session: Session, asked: Asked, *, contact_id: int) -> int:
    """A colleague's telephone is gone: for a day it opens nothing of this party. How many chats were closed."""
    before = done_before(session, asked)
    if before is not None:
        return int(before["closed"])
    closed = lose_here(session, asked.actor.party_id, _phone_of(session, contact_id), asked.now)
    record(session, asked, "phone_lost", contact=contact_id, closed=closed)
    return closed


@verb(ADMINISTRATORS, contact_id=a_colleague)
def colleague_has_phone(session: Session, asked: Asked, *, contact_id: int) -> None:
    """A colleague has the telephone again, or a new card with the number: it opens this party's doors again.

    What its owner has said, or an operator, is not taken back by it.
    """
    if done_before(session, asked) is None:
        find_again(session, _phone_of(session, contact_id), asked.now, party_id=asked.actor.party_id)
        record(session, asked, "phone_found", contact=contact_id)


def lose(session: Session, phone: str, now: datetime, *, but: Door | None = None) -> int:
    """Close every door that this number opened, except `but`, and send no code there for a day; how many doors."""
    doors = unbind_phone(session, phone, but=but)
    account = find_account(session, phone)
    browsers = revoke_sessions(session, account.id, now) if account is not None else 0
    link = table_of(PaperLink)
    unused = (link.c.phone == phone, link.c.used_at.is_(None), link.c.revoked_at.is_(None))
    session.execute(update(link).where(*unused).values(revoked_at=now))
    _remember(session, phone, None, now)
    return len([door for door in doors if account is None or door[1] != str(account.id)]) + browsers


def lose_here(session: Session, party_id: int, phone: str, now: datetime, *, but: Door | None = None) -> int:
    """Close what this number opened of one party, and let it open nothing there for a day; how many chats.

    A browser in which nobody is known any more is closed by that (`account_of`).
    """
    here = select(Contact.id).where(Contact.party_id == party_id, Contact.phone == phone, col(Contact.to_on).is_(None))
    contact_ids = session.exec(here).all()
    closed = unbind_contacts(session, contact_ids, but=but)
    link = table_of(PaperLink)
    unused = (link.c.contact_id.in_(contact_ids), link.c.used_at.is_(None), link.c.revoked_at.is_(None))
    session.execute(update(link).where(*unused).values(revoked_at=now))
    _remember(session, phone, party_id, now)
    return len(closed)


def find_again(session: Session, phone: str, now: datetime, *, party_id: int | None) -> None:
    """Codes go to this number again; with a party, what its own administrator has said is over."""
    lost = select(LostPhone).where(LostPhone.phone == phone, LostPhone.until_at > now, LostPhone.since_at <= now)
    lost = lost.where(LostPhone.party_id == party_id if party_id is not None else col(LostPhone.party_id).is_(None))
    for one in session.exec(lost.order_by(col(LostPhone.id))).all():
        one.until_at = now
        session.add(one)
    session.flush()


def _remember(session: Session, phone: str, party_id: int | None, now: datetime) -> None:
    session.add(LostPhone(phone=phone, party_id=party_id, since_at=now, until_at=now + UNTIL_A_NEW_CARD))
    session.flush()


def _phone_of(session: Session, contact_id: int) -> str:
    phone = require_present(session, contact_id).phone
    if phone is None:
        raise Refused("people.no_phone_known")
    return phone
