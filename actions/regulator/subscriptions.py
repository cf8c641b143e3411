"""Which pushes an officer gets. What a clause owes the office, such as the list, nobody can leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from actions.actors import REGULATORS, Asked
from actions.refusals import Refused
from actions.registry import verb
from store.locks import hold
from store.parties import Contact
from store.pushes import Subject, Unsubscribed


@dataclass(frozen=True)
class Subscription:
    """A subject, and whether the officer is told of it."""

    subject: Subject
    wanted: bool


@verb(REGULATORS, reads=True)
def subscriptions(session: Session, asked: Asked) -> Sequence[Subscription]:
    """All that can be left to colleagues."""
    left = set(
        session.exec(select(Unsubscribed.subject).where(Unsubscribed.contact_id == asked.actor.contact_id)).all()
    )
    return [Subscription(subject, subject not in left) for subject in Subject]


@verb(REGULATORS)
def subscribe(session: Session, asked: Asked, *, subject: Subject, wanted: bool) -> Sequence[Subscription]:
    """Be told of it, or leave it to colleagues; the last one of an office who is told stays so."""
    hold(session, f"subscriptions/{asked.actor.party_id}")
    mine = session.get(Unsubscribed, (asked.actor.contact_id, subject))
    if wanted and mine is not None:
        session.delete(mine)
    if not wanted and mine is None:
        if not _others_who_are_told(session, asked, subject):
            raise Refused("subscriptions.last_one")
        session.add(Unsubscribed(contact_id=asked.actor.contact_id, subject=subject, since=asked.now))
    session.flush()
    return subscriptions(session, asked)


def _others_who_are_told(session: Session, asked: Asked, subject: Subject) -> bool:
    role = session.get_one(Contact, asked.actor.contact_id).role
    left = select(Unsubscribed.contact_id).where(Unsubscribed.subject == subject)
    others = select(Contact.id).where(
        Contact.party_id == asked.actor.party_id,
        Contact.role == role,
        Contact.id != asked.actor.contact_id,
        col(Contact.to_on).is_(None),
        col(Contact.id).not_in(left),
    )
    return session.exec(others).first() is not None
