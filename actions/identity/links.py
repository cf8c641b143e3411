"""Personal links on paper: a unit's people find the way in without typing their number.

The link alone opens nothing: the code that it asks for goes to the telephone on file.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.identity.codes import CodeAsked, make_code, use_code
from actions.identity.sign_in import admit, is_somebody
from store.database import table_of
from store.identity import PaperLink
from store.parties import Contact

GOOD_FOR = timedelta(days=60)
NUMBER_OF_NOBODY = "+"  # stands for the number of a link that is none


@dataclass(frozen=True)
class Printed:
    """A link as it is printed, once: the store keeps its digest only."""

    contact_id: int
    token: str = field(repr=False)
    expires_at: datetime


def make_link(session: Session, contact_id: int, now: datetime) -> Printed | None:
    """A new link for this person; the ones before are good no more. None for who has no telephone."""
    contact = session.get_one(Contact, contact_id)
    if contact.phone is None or contact.to_on is not None:
        return None
    table = table_of(PaperLink)
    row = table.c
    earlier = (row.contact_id == contact_id, row.used_at.is_(None), row.revoked_at.is_(None))
    session.execute(update(table).where(*earlier).values(revoked_at=now))
    token, expires_at = secrets.token_urlsafe(16), now + GOOD_FOR
    session.add(
        PaperLink(contact_id=contact_id, phone=contact.phone, digest=_digest(token), made_at=now, expires_at=expires_at)
    )
    session.flush()
    return Printed(contact_id, token, expires_at)


def ask_by_link(session: Session, token: str, from_address: str, now: datetime, *, key: bytes) -> CodeAsked:
    """Somebody has opened a link: a code for the number on file; the same work for a link that is none.

    Raises Refused where it was asked for too often.
    """
    link = _find(session, token, now)
    number = link.phone if link is not None else NUMBER_OF_NOBODY + _digest(token)
    is_sent = is_somebody(session, number, now) and link is not None
    purpose = _purpose(token)
    return make_code(session, key, number=number, purpose=purpose, asked_from=from_address, is_sent=is_sent, now=now)


def check_by_link(
    session: Session, token: str, code: str, from_address: str, now: datetime, *, key: bytes
) -> int | None:
    """The account of whom the link is for, if that is the code; the link is used then. To be committed in any case."""
    phone = use_link(session, token, code, from_address, now, key=key)
    return admit(session, phone, now) if phone is not None else None


def phone_of_link(session: Session, token: str) -> str:
    """The number on file for a link, also for one that was used; empty for a link that is none."""
    return session.exec(select(PaperLink.phone).where(PaperLink.digest == _digest(token))).first() or ""


def use_link(session: Session, token: str, code: str, from_address: str, now: datetime, *, key: bytes) -> str | None:
    """The number that link and code have proved, once; None where they have not."""
    link = _find(session, token, now)
    number = link.phone if link is not None else NUMBER_OF_NOBODY + _digest(token)
    about = {"number": number, "purpose": _purpose(token), "asked_from": from_address}
    fits = use_code(session, key, code=code, now=now, **about)
    if link is None or not fits or not is_somebody(session, number, now):
        return None
    table = table_of(PaperLink)
    row = table.c
    unused = (row.id == link.id, row.used_at.is_(None), row.revoked_at.is_(None))
    used = session.execute(update(table).where(*unused).values(used_at=now).returning(row.id)).first()
    return number if used is not None else None


def _find(session: Session, token: str, now: datetime) -> PaperLink | None:
    """The link, where it is good and its person has that number still."""
    query = (
        select(PaperLink)
        .join(Contact, col(Contact.id) == PaperLink.contact_id)
        .where(PaperLink.digest == _digest(token), PaperLink.expires_at > now)
        .where(col(PaperLink.used_at).is_(None), col(PaperLink.revoked_at).is_(None))
        .where(Contact.phone == PaperLink.phone, col(Contact.to_on).is_(None))
    )
    return session.exec(query).first()


def _purpose(token: str) -> str:
    return f"link:{_digest(token)[:16]}"


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
