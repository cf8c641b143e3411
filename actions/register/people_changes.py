"""How many lifts get other phone numbers of their people: one wrong number may stand for a thousand lifts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection

from actions.register.statements import fetch_in, stream
from store.lifts import LiftRole

PEOPLE = (
    "SELECT party_id, contact.role, contact.id, phone FROM contact JOIN party ON party.id = party_id"
    " WHERE party.city_id = ? AND contact.to_on IS NULL ORDER BY party_id"
)
LIFTS = (
    "SELECT count(*) FROM responsibility JOIN lift ON lift.id = lift_id"
    " WHERE withdrawn_on IS NULL AND to_on IS NULL AND role = ? AND party_id IN"
)


@dataclass
class Spoken:
    """The parties, in one role towards lifts, whose people a register states; those whose numbers become others."""

    parties: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)


def compare_numbers(
    connection: Connection,
    city_id: str,
    speaks_of: Callable[[int, str], LiftRole | None],
    ended: Callable[[int], bool],
    first_new: int,
) -> dict[LiftRole, Spoken]:
    """Each party's phone numbers before and after, role by role; to be asked before the people are ended.

    `speaks_of(party, role of a person)` says as whose people a register states them. People with an id from `first_new`
    on are its own, and `ended` are those whom it no longer states. A first number where there was none is no change.
    """
    found = {role: Spoken() for role in LiftRole}
    for party_id, people in groupby(stream(connection, PEOPLE, city_id), key=lambda row: row[0]):
        before: set[tuple[LiftRole, str, str]] = set()
        after: set[tuple[LiftRole, str, str]] = set()
        for _, role, contact_id, phone in people:
            whose = speaks_of(party_id, role)
            if whose is None or phone is None:
                continue
            if contact_id < first_new:
                before.add((whose, role, phone))
            if not ended(contact_id):
                after.add((whose, role, phone))
        _sort_in(found, party_id, before, after)
    return found


def _sort_in(
    found: dict[LiftRole, Spoken],
    party_id: int,
    before: set[tuple[LiftRole, str, str]],
    after: set[tuple[LiftRole, str, str]],
) -> None:
    had = {(whose, role) for whose, role, _ in before}
    changed = {whose for whose, role, _ in before ^ after if (whose, role) in had}
    for whose in {whose for whose, _, _ in before | after}:
        found[whose].parties.append(party_id)
        if whose in changed:
            found[whose].changed.append(party_id)


def count_lifts(connection: Connection, role: LiftRole, party_ids: list[int]) -> int:
    """For how many lifts these parties answer in this role."""
    return sum(count for (count,) in fetch_in(connection, LIFTS, party_ids, role.value))


def counted(connection: Connection, found: dict[LiftRole, Spoken]) -> Iterator[tuple[LiftRole, int, int]]:
    """Each role in which numbers change: the lifts behind those, and the lifts of all parties that are spoken of."""
    for role, spoken in found.items():
        if spoken.changed:
            behind = count_lifts(connection, role, spoken.changed)
            yield role, behind, count_lifts(connection, role, spoken.parties)
