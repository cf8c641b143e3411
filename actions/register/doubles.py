"""Lifts that a wrong column of codes makes a second time: as new ones, beside those that the file leaves out."""

from collections import Counter
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from actions.register.statements import stream

# The use unit and the district tell a lift under a wrong code from the lifts of a register of other lifts.
IN_USE = (
    "SELECT lift.id, coalesce(district_code, district), party_id FROM lift"
    " LEFT JOIN responsibility ON lift_id = lift.id AND role = 'use_unit' AND to_on IS NULL"
    " WHERE city_id = ? AND withdrawn_on IS NULL AND status = 'in_use'"
)


def count_doubles(
    connection: Connection,
    city_id: str,
    *,
    is_new: Callable[[int], bool],
    is_named: Callable[[int], bool],
    units: Mapping[int, int],
) -> tuple[int, int]:
    """How many new lifts in use stand beside as many of the same use unit and district that the file leaves out.

    The second number is of how many lifts in use that the store knew. `is_new` and `is_named` (by the file) take ids;
    `units` are the use units that lifts are still to be handed over to.
    """
    new: Counter[tuple[str, int | None]] = Counter()
    left_out: Counter[tuple[str, int | None]] = Counter()
    known = 0
    for lift_id, district, party_id in stream(connection, IN_USE, city_id):
        if is_new(lift_id):
            new[district, units.get(lift_id, party_id)] += 1
            continue
        known += 1
        if not is_named(lift_id):
            left_out[district, party_id] += 1
    return (new & left_out).total(), known
