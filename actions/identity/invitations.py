"""Invitations: a place at an office or at a party that waits for whoever has a certain telephone.

An inspector, a tester, an officer is never bound by a number in a register alone: somebody who answers for the party
names them, and a code that goes to that number takes the place up, once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from actions.actors import Actor, Asked
from actions.identity.bindings import read_phone
from actions.identity.people import MAY_INVITE, masked
from actions.identity.record import done_before, record
from actions.identity.staff import LONGEST_NAME, add_by_hand
from actions.refusals import Refused
from actions.registry import verb
from store.cases import StreetOffice
from store.database import table_of
from store.identity import Invitation
from store.locks import hold
from store.parties import Contact, ContactRole, Party
from store.zone import SHANGHAI

GOOD_FOR = timedelta(days=14)
INVITERS = frozenset(MAY_INVITE)


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody has taken up yet; `phone` is masked."""

    id: int
    role: str
    name: str
    phone: str
    party: str
    expires_at: datetime


def their_office(session: Session, actor: Actor, party_id: Any) -> bool:
    """A guard: their own office, or a street office under it."""
    if party_id == actor.party_id:
        return True
    query = select(StreetOffice).where(StreetOffice.party_id == party_id, col(StreetOffice.to_on).is_(None))
    street = session.exec(query).first()
    return street is not None and street.city_id == actor.city_id and street.district_code in actor.districts


def their_invitation(session: Session, actor: Actor, invitation_id: Any) -> bool:
    """A guard: an invitation to their own office or a street office under it."""
    invitation = session.get(Invitation, invitation_id)
    return invitation is not None and their_office(session, actor, invitation.party_id)


@verb(INVITERS, party_id=their_office)
def invite_person(session: Session, asked: Asked, *, role: str, name: str, phone: str, party_id: int) -> int:
    """Somebody is to come into the office; the invitation. Asked again, the same one is good for longer."""
    before = done_before(session, asked)
    if before is not None:
        return int(before["invitation"])
    if role not in MAY_INVITE[asked.actor.role] or (role == ContactRole.STREET_OFFICER) == (
        party_id == asked.actor.party_id
    ):
        raise Refused("people.not_that_role")
    invitation = invite(
        session,
        party_id=party_id,
        role=ContactRole(role),
        name=name,
        phone=phone,
        invited_by=asked.actor.contact_id,
        now=asked.now,
    )
    record(session, asked, "invited", invitation=invitation.id, role=role)
    return invitation.id


@verb(INVITERS, reads=True)
def open_invitations(session: Session, asked: Asked) -> list[Invited]:
    """What waits to be taken up at the office, and at the street offices under it."""
    query = (
        select(Invitation, Party)
        .join(Party, col(Party.id) == Invitation.party_id)
        .where(col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
        .where(Invitation.expires_at > asked.now, Party.city_id == asked.actor.city_id)
        .order_by(col(Invitation.id))
    )
    return [
        Invited(one.id, one.role, one.name, masked(one.phone), party.name, one.expires_at)
        for one, party in session.exec(query)
        if their_office(session, asked.actor, one.party_id)
    ]


@verb(INVITERS, invitation_id=their_invitation)
def withdraw_invitation(session: Session, asked: Asked, *, invitation_id: int) -> None:
    """Take an invitation back. Raises Refused where somebody has taken it up."""
    if done_before(session, asked) is not None:
        return
    if not revoke_invitation(session, invitation_id, asked.now):
        raise Refused("people.invitation_over")
    record(session, asked, "withdrawn", invitation=invitation_id)


def invite(
    session: Session,
    *,
    party_id: int,
    role: ContactRole,
    name: str,
    phone: str,
    invited_by: int | None,
    now: datetime,
) -> Invitation:
    """Keep a place for whoever has this number; an invitation that is open is good for longer. Raises Refused."""
    number, named = read_phone(phone), name.strip()
    if number is None:
        raise Refused("people.no_phone")
    if len(named) > LONGEST_NAME or not named.isprintable():
        raise Refused("people.no_name", most=LONGEST_NAME)
    hold(session, f"people/{party_id}")
    place = (Invitation.party_id == party_id, Invitation.role == role, Invitation.phone == number)
    here = (Contact.party_id == party_id, Contact.role == role, Contact.phone == number, col(Contact.to_on).is_(None))
    if session.exec(select(Contact.id).where(*here)).first() is not None:
        raise Refused("people.there_already")
    waiting = select(Invitation).where(*place, col(Invitation.accepted_at).is_(None))
    known = session.exec(waiting.where(col(Invitation.revoked_at).is_(None))).first()
    invitation = known or Invitation(
        party_id=party_id, role=role, phone=number, invited_at=now, expires_at=now + GOOD_FOR
    )
    invitation.name, invitation.invited_by = named, invited_by
    invitation.invited_at, invitation.expires_at = now, now + GOOD_FOR
    session.add(invitation)
    session.flush()
    return invitation


def revoke_invitation(session: Session, invitation_id: int, now: datetime) -> bool:
    """Whether it was open until now."""
    table = table_of(Invitation)
    row = table.c
    still = (row.id == invitation_id, row.accepted_at.is_(None), row.revoked_at.is_(None))
    return session.execute(update(table).where(*still).values(revoked_at=now).returning(row.id)).first() is not None


def is_invited(session: Session, phone: str, now: datetime) -> bool:
    """Whether a place waits for whoever has this number."""
    return session.exec(_waiting(phone, now)).first() is not None


def accept_invitations(session: Session, phone: str, now: datetime) -> list[int]:
    """The number was proved: its holder takes every place that waits for it; the new contacts."""
    waiting = session.exec(_waiting(phone, now).with_for_update()).all()
    return [_accept(session, one, now) for one in waiting]


def _waiting(phone: str, now: datetime) -> SelectOfScalar[Invitation]:
    query = select(Invitation).where(Invitation.phone == phone, Invitation.expires_at > now)
    query = query.where(col(Invitation.accepted_at).is_(None), col(Invitation.revoked_at).is_(None))
    return query.order_by(col(Invitation.id))


def _accept(session: Session, invitation: Invitation, now: datetime) -> int:
    today = now.astimezone(SHANGHAI).date()
    role = ContactRole(invitation.role)
    contact_id = add_by_hand(session, invitation.party_id, role, invitation.name, invitation.phone, today)
    invitation.accepted_at, invitation.contact_id = now, contact_id
    session.add(invitation)
    session.flush()
    return contact_id
