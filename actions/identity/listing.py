"""Who has come in where: for whoever runs the service."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from actions.identity.lost import find_again, lose
from store.doors import WEBCHAT, WebAccount, WebSession
from store.doubted import reaches_still
from store.identity import Invitation
from store.parties import Chat, Contact, Party


@dataclass(frozen=True)
class Entered:
    """A chat of a contact, or with `browser` a browser that is signed in; `phone` is the one that was proved, if any.

    `works`: somebody may act there.
    """

    contact_id: int
    party: str
    name: str
    role: str
    channel: str
    address: str
    phone: str
    works: bool
    browser: str = ""
    since: datetime | None = None


def list_doors(session: Session, party_id: int | None, now: datetime) -> list[Entered]:
    """The chats and browsers of a party's people, or of everybody's, by contact."""
    query = (
        select(Chat, Contact, Party, reaches_still())
        .join(Contact, col(Contact.id) == Chat.contact_id)
        .join(Party, col(Party.id) == Contact.party_id)
        .where(col(Chat.active), col(Contact.to_on).is_(None))
        .order_by(col(Contact.id), col(Chat.id))
    )
    if party_id is not None:
        query = query.where(Contact.party_id == party_id)
    found: list[Entered] = []
    for chat, contact, party, works in session.exec(query):
        about = (contact.id, party.name, contact.name, contact.role, chat.channel, chat.address, chat.phone or "")
        found.append(Entered(*about, works=bool(works)))
        if chat.channel == WEBCHAT and chat.phone is not None:
            found += [
                Entered(*about, works=bool(works), browser=one.browser or "?", since=one.seen_at)
                for one in _browsers(session, chat.phone, now)
            ]
    return found


def revoke_doors(session: Session, contact_id: int, now: datetime) -> int:
    """Close every chat and browser of whoever has this contact's number, and send it no code for a day; how many.

    Raises LookupError where there is no such contact with a number.
    """
    contact = session.get(Contact, contact_id)
    if contact is None or contact.phone is None:
        raise LookupError(contact_id)
    return lose(session, contact.phone, now)


def restore_phone(session: Session, contact_id: int, now: datetime) -> None:
    """Codes go to this contact's number again, whoever has called it lost. Raises LookupError as `revoke_doors`."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.phone is None:
        raise LookupError(contact_id)
    for party_id in (None, contact.party_id):
        find_again(session, contact.phone, now, party_id=party_id)


def invitations_of(session: Session, party_id: int, now: datetime) -> list[Invitation]:
    """What waits to be taken up there."""
    query = select(Invitation).where(Invitation.party_id == party_id, Invitation.expires_at > now)
    query = query.where(col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
    return list(session.exec(query.order_by(col(Invitation.id))))


def _browsers(session: Session, phone: str, now: datetime) -> list[WebSession]:
    query = (
        select(WebSession)
        .join(WebAccount, col(WebAccount.id) == WebSession.account_id)
        .where(
            WebAccount.phone == phone,
            col(WebAccount.ended_at).is_(None),
            col(WebSession.revoked_at).is_(None),
            WebSession.expires_at > now,
        )
    )
    return list(session.exec(query.order_by(col(WebSession.id))))
