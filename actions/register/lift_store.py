"""Lifts that the store knows already: found by key or by another name, and what is stored of them now."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection

from actions.register.fields import DATES
from actions.register.rows import AT, LIFT_COLUMNS, NamedRow
from actions.register.statements import fetch_in
from store.lifts import NameKind

# Names that no two lifts share.
IDENTIFYING = (NameKind.EQUIPMENT_CODE.value, NameKind.REGISTRATION_CODE.value, NameKind.CERTIFICATE.value)

KEPT = ("fingerprint", "import_id", "line", "withdrawn_on")
DATES_AT = [AT[name] for name in (*DATES, "valid_until")]


class StoredLift(NamedTuple):
    """Enough to see whether a row says anything new."""

    id: int
    key: str
    fingerprint: str


class StoredParty(NamedTuple):
    """Who answers for a lift at present."""

    responsibility_id: int
    party_id: int
    ref: str
    name: str
    credit_code: str | None


@dataclass(slots=True)
class CurrentLift:
    """All that a changed row may change. Dates are ISO text; `names` holds (kind, value) → as stated."""

    id: int
    key: str
    values: list[Any]
    cycle: str | None
    extra: dict[str, Any]
    fingerprint: str
    import_id: int | None
    line: int | None
    withdrawn_on: str | None
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    parties: dict[str, StoredParty] = field(default_factory=dict)


def find_by_key(connection: Connection, city_id: str, keys: Sequence[str]) -> dict[str, StoredLift]:
    """The stored lifts with these keys."""
    query = "SELECT id, key, fingerprint FROM lift WHERE city_id = ? AND key IN"
    return {row[1]: StoredLift(*row) for row in fetch_in(connection, query, keys, city_id)}


def find_by_other_name(
    connection: Connection, city_id: str, rows: Iterable[NamedRow], last_id: int
) -> dict[int, StoredLift]:
    """For rows (by line) without a lift of their key: the one lift up to `last_id` that bears their other name.

    A register that begins to state equipment codes, or that of an office which states only registration codes, speaks
    of the same lifts. A lift whose codes contradict the row's is another one.
    """
    asking: defaultdict[str, list[NamedRow]] = defaultdict(list)
    for row in rows:
        for name in row.names:
            if name.kind in IDENTIFYING:
                asking[name.value].append(row)
    found: defaultdict[int, set[StoredLift]] = defaultdict(set)
    query = (
        "SELECT lift_name.value, equipment_code, registration_code, lift.id, lift.key, lift.fingerprint"
        " FROM lift_name JOIN lift ON lift.id = lift_id"
        " WHERE city_id = ? AND lift.id <= ? AND until_on IS NULL AND lift_name.kind IN (?, ?, ?) AND value IN"
    )
    for value, equipment, registration, *stored in fetch_in(
        connection, query, list(asking), city_id, last_id, *IDENTIFYING
    ):
        codes = {NameKind.EQUIPMENT_CODE.value: equipment, NameKind.REGISTRATION_CODE.value: registration}
        for row in asking[value]:
            if all(codes.get(name.kind) in (None, "", name.value) for name in row.names):
                found[row.line].add(StoredLift(*stored))
    return {line: next(iter(lifts)) for line, lifts in found.items() if len(lifts) == 1}


def load_current(connection: Connection, lift_ids: Sequence[int]) -> dict[int, CurrentLift]:
    """What the store holds of these lifts."""
    current = {}
    query = f"SELECT id, key, cycle, extra, {', '.join(KEPT)}, {', '.join(LIFT_COLUMNS)} FROM lift WHERE id IN"
    for lift_id, key, cycle, extra, fingerprint, import_id, line, withdrawn, *values in fetch_in(
        connection, query, lift_ids
    ):
        for at in DATES_AT:
            values[at] = _iso(values[at])
        values[AT["maintenance"]] = _text(values[AT["maintenance"]])
        current[lift_id] = CurrentLift(
            lift_id, key, values, _iso(cycle), _json(extra), fingerprint, import_id, line, _iso(withdrawn)
        )
    query = "SELECT lift_id, kind, value, stated FROM lift_name WHERE until_on IS NULL AND lift_id IN"
    for lift_id, kind, value, stated in fetch_in(connection, query, lift_ids):
        current[lift_id].names[kind, value] = stated
    query = (
        "SELECT lift_id, role, responsibility.id, party.id, party.ref, party.name, party.credit_code"
        " FROM responsibility JOIN party ON party.id = party_id WHERE to_on IS NULL AND lift_id IN"
    )
    for lift_id, role, *stored in fetch_in(connection, query, lift_ids):
        current[lift_id].parties[role] = StoredParty(*stored)
    return current


def _iso(day: Any) -> str | None:
    """A date as ISO text: SQLite's driver gives it so, others give a date."""
    return day if day is None or isinstance(day, str) else str(day.isoformat())


def _text(stored: Any) -> str | None:
    """A JSON column as its text: SQLite's driver gives it so, others give an object."""
    return stored if stored is None or isinstance(stored, str) else json.dumps(stored)


def _json(stored: Any) -> dict[str, Any]:
    """A JSON column: text from SQLite's driver, an object from others."""
    found: dict[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found or {}
