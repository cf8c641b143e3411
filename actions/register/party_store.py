"""Parties as the store holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from actions.register.statements import fetch_in, stream

# Role, name, phone and phone as stated: what tells one person at a party from another.
Identity = tuple[str, str, str | None, str]

PEOPLE = (
    "SELECT id, party_id, by_hand, to_on IS NOT NULL, role, name, phone, phone_stated FROM contact"
    " WHERE (to_on IS NULL OR ended_by_hand) AND party_id IN"
)


@dataclass(slots=True)
class KnownParty:
    """A unit as stored. `contacts` are its present people with their ids; 0 for one that this import adds.

    `by_hand` are those of them whom a person has named; `gone` those whom a person has ended.
    """

    id: int
    name: str
    credit_code: str | None
    contacts: dict[Identity, int] = field(default_factory=dict)
    by_hand: set[int] = field(default_factory=set)
    gone: set[Identity] = field(default_factory=set)


def load_parties(
    connection: Connection, city_id: str, refs: Sequence[str], first_new_contact: int
) -> dict[str, KnownParty]:
    """The parties with these refs and their present people; those from `first_new_contact` on are this import's."""
    by_ref: dict[str, KnownParty] = {}
    query = "SELECT id, ref, name, credit_code FROM party WHERE city_id = ? AND ref IN"
    for party_id, ref, name, code in fetch_in(connection, query, refs, city_id):
        by_ref[ref] = KnownParty(party_id, name, code)
    by_id = {known.id: known for known in by_ref.values()}
    for contact_id, party_id, by_hand, gone, *stated in fetch_in(connection, PEOPLE, list(by_id)):
        known, (role, name, phone, phone_stated) = by_id[party_id], stated
        identity = (role, name, phone, phone_stated)
        if gone:
            known.gone.add(identity)
            continue
        known.contacts[identity] = contact_id if contact_id < first_new_contact else 0
        if by_hand:
            known.by_hand.add(contact_id)
    return by_ref


def party_ids(connection: Connection, city_id: str, refs: Sequence[str]) -> set[int]:
    """The ids of the parties with these refs."""
    return {row[0] for row in fetch_in(connection, "SELECT id FROM party WHERE city_id = ? AND ref IN", refs, city_id)}


def refs_of_learned_codes(connection: Connection, city_id: str) -> dict[str, str]:
    """Credit code → ref of the parties that were known by name before their code was."""
    query = "SELECT credit_code, ref FROM party WHERE city_id = ? AND credit_code IS NOT NULL AND credit_code <> ref"
    return {row[0]: row[1] for row in stream(connection, query, city_id)}
