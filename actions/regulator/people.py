"""Who can be written to or phoned at a party: whole, because a regulator's own list may name them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, select

from actions.actors import Actor
from store.database import in_chunks
from store.doubted import load_not_theirs
from store.parties import Contact, ContactRole

HEADS = (ContactRole.LEGAL_REP, ContactRole.SAFETY_MANAGER)
IN_ORDER = (*HEADS, ContactRole.UNIT_CONTACT)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reached:
    """A person at a party: `phone` is empty where none is known."""

    role: str
    name: str
    phone: str


def people_of(session: Session, party_ids: Iterable[int]) -> dict[int, list[Reached]]:
    """The present people of these parties: legal representative and safety manager before contacts."""
    found: dict[int, list[tuple[int, Reached]]] = defaultdict(list)
    not_theirs = set(load_not_theirs(session))
    for part in in_chunks(sorted(set(party_ids))):
        query = select(Contact).where(col(Contact.party_id).in_(part), col(Contact.to_on).is_(None))
        for one in session.exec(query.order_by(col(Contact.id))):
            place = IN_ORDER.index(ContactRole(one.role)) if one.role in IN_ORDER else len(IN_ORDER)
            phone = "" if (one.party_id, one.phone) in not_theirs else one.phone or ""
            found[one.party_id].append((place, Reached(one.role, one.name, phone)))
    return {
        party_id: [person for _, person in sorted(people, key=lambda pair: pair[0])]
        for party_id, people in found.items()
    }


def addressed(people: Sequence[Reached]) -> list[Reached]:
    """Those for whom a notice to legal representative and safety manager is: else the first of the others."""
    heads = [person for person in people if person.role in HEADS]
    return heads or list(people[:1])


def note_read(actor: Actor, what: str, lifts: int) -> None:
    """People and phones of units were read: who read which list of how many lifts."""
    log.info("phones read", what=what, contact=actor.contact_id, party=actor.party_id, lifts=lifts)
