"""A telephone that was lost or stolen: whoever has it now is nobody, in every chat and browser."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.actors import EVERYONE, Asked
from actions.identity.bindings import unbind_phone
from actions.identity.people import ADMINISTRATORS, a_colleague
from actions.identity.record import done_before, record
from actions.identity.sign_in import revoke_sessions
from actions.identity.staff import require_present
from actions.refusals import Refused
from actions.registry import verb
from store.database import table_of
from store.doors import WebAccount
from store.identity import LostPhone, PaperLink

UNTIL_A_NEW_CARD = timedelta(days=1)


@verb(EVERYONE)
def lost_phone(session: Session, asked: Asked) -> int:
    """My own telephone is gone: every other chat and browser of mine is signed out, and no code goes there for a day.

    The door through which this is said stays open. How many chats and browsers were closed.
    """
    return _report(session, asked, asked.actor.contact_id, but=(asked.actor.channel, asked.actor.address))


@verb(ADMINISTRATORS, contact_id=a_colleague)
def colleague_lost_phone(session: Session, asked: Asked, *, contact_id: int) -> int:
    """A colleague's telephone is gone: all their chats and browsers are signed out. How many."""
    return _report(session, asked, contact_id)


@verb(ADMINISTRATORS, contact_id=a_colleague)
def colleague_has_phone(session: Session, asked: Asked, *, contact_id: int) -> None:
    """A colleague has the telephone again, or a new card with the number: codes go there again."""
    if done_before(session, asked) is None:
        phone = _phone_of(session, contact_id)
        find_again(session, phone, asked.now)
        record(session, asked, "phone_found", contact=contact_id)


def lose(session: Session, phone: str, now: datetime, *, but: tuple[str, str] | None = None) -> int:
    """Close every door that this number opened, except `but`, and send no code there for a day; how many doors."""
    doors = unbind_phone(session, phone, but=but)
    account = session.exec(select(WebAccount).where(WebAccount.phone == phone)).first()
    browsers = revoke_sessions(session, account.id, now) if account is not None else 0
    link = table_of(PaperLink)
    unused = (link.c.phone == phone, link.c.used_at.is_(None), link.c.revoked_at.is_(None))
    session.execute(update(link).where(*unused).values(revoked_at=now))
    session.add(LostPhone(phone=phone, since_at=now, until_at=now + UNTIL_A_NEW_CARD))
    session.flush()
    return len([door for door in doors if account is None or door[1] != str(account.id)]) + browsers


def find_again(session: Session, phone: str, now: datetime) -> None:
    """Codes go to this number again."""
    lost = select(LostPhone).where(LostPhone.phone == phone, LostPhone.until_at > now, LostPhone.since_at <= now)
    for one in session.exec(lost.order_by(col(LostPhone.id))).all():
        one.until_at = now
        session.add(one)
    session.flush()


def _report(session: Session, asked: Asked, contact_id: int, *, but: tuple[str, str] | None = None) -> int:
    before = done_before(session, asked)
    if before is not None:
        return int(before["closed"])
    closed = lose(session, _phone_of(session, contact_id), asked.now, but=but)
    record(session, asked, "phone_lost", contact=contact_id, closed=closed)
    return closed


def _phone_of(session: Session, contact_id: int) -> str:
    phone = require_present(session, contact_id).phone
    if phone is None:
        raise Refused("people.no_phone_known")
    return phone
