"""Whom to call at an office where the chat does not do."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from store.parties import Contact, ContactRole, Party


@dataclass(frozen=True)
class DeskLine:
    """An office, and the person there who can be called; empty where none is named."""

    office: str
    name: str = ""
    phone: str = ""


def desk_line(session: Session, party_id: int) -> DeskLine:
    """The duty officer of an inspection department."""
    office = session.get_one(Party, party_id).name
    query = (
        select(Contact)
        .where(Contact.party_id == party_id, Contact.role == ContactRole.DUTY_OFFICER)
        .where(col(Contact.to_on).is_(None), col(Contact.phone).is_not(None))
        .order_by(col(Contact.id))
    )
    officer = session.exec(query).first()
    return DeskLine(office, officer.name, officer.phone or "") if officer else DeskLine(office)
