"""Whom to call at an office where the chat does not do."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from store.parties import Contact, ContactRole, Party


@dataclass(frozen=True)
class DeskLine:
    """An office, and the person there who can be called; empty where none is named. `nobody`: it has no people here."""

    office: str
    name: str = ""
    phone: str = ""
    nobody: bool = False


def desk_line(session: Session, party_id: int) -> DeskLine:
    """The duty officer of an inspection department."""
    office = session.get_one(Party, party_id).name
    query = select(Contact).where(Contact.party_id == party_id, col(Contact.to_on).is_(None))
    people = session.exec(query.order_by(col(Contact.id))).all()
    officer = next((one for one in people if one.role == ContactRole.DUTY_OFFICER and one.phone), None)
    if officer is None:
        return DeskLine(office, nobody=not people)
    return DeskLine(office, officer.name, officer.phone or "")
