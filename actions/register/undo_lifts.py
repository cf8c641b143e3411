"""Undoing an import: the lifts themselves, their names, and those that the import had brought."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from actions.register.changed_lifts import UPDATE
from actions.register.context import moment_text
from actions.register.lift_store import CurrentLift, load_current
from actions.register.new_lifts import EVENT_COLUMNS
from actions.register.rows import LIFT_COLUMNS
from actions.register.statements import fetch_in, insert_rows, run_many
from actions.register.undo_rows import Row, changes_of
from store.events import Event, EventKind
from store.imports import ChangeKind, ImportRun
from store.lifts import LiftStatus

BATCH = 2000
SOURCE = "undo"
# Facts that hang together: where somebody has moved the validity since, all of them stay.
FACTS = ("valid_until", "valid_precision", "status", "next_test_on")
PUT_NAME = (
    "INSERT INTO lift_name (lift_id, kind, value, stated, until_on) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (lift_id, kind, value) DO UPDATE SET until_on = excluded.until_on, stated = excluded.stated"
)
DROP_NAME = "DELETE FROM lift_name WHERE lift_id = ? AND kind = ? AND value = ?"
WITHDRAW = (
    "UPDATE lift SET status = ?, withdrawn_on = ?, valid_until = NULL, valid_precision = NULL, cycle = NULL,"
    " fingerprint = '' WHERE id = ?"
)
END_RESPONSIBILITIES = "UPDATE responsibility SET to_on = from_on WHERE lift_id = ? AND to_on IS NULL"
ORIGIN = "UPDATE lift SET import_id = ?, line = ? WHERE id = ?"


@dataclass
class Lifts:
    """How many lifts are as before; `kept` of them keep a validity that somebody has changed since."""

    restored: int = 0
    kept: int = 0


def restore_lifts(session: Session, run: ImportRun, *, now: datetime) -> Lifts:
    """Every column that still holds what the import wrote holds again what it held before."""
    connection = session.connection()
    done = Lifts()
    rows = iter(changes_of(session, run.id, ChangeKind.LIFT))
    while batch := list(islice(rows, BATCH)):
        _restore_some(connection, run, batch, now, done)
    _restore_names(connection, changes_of(session, run.id, ChangeKind.NAMES))
    return done


def withdraw_new(session: Session, run: ImportRun, *, on: date, now: datetime) -> int:
    """Take out the lifts that the import had brought: they owe nothing, nobody answers for them, they can be found."""
    connection = session.connection()
    ids = [row_id for row_id, _ in changes_of(session, run.id, ChangeKind.LIFT_ADDED)]
    run_many(connection, WITHDRAW, [(LiftStatus.SCRAPPED.value, on.isoformat(), lift_id) for lift_id in ids])
    run_many(connection, END_RESPONSIBILITIES, [(lift_id,) for lift_id in ids])
    _record(connection, run, ids, now)
    return len(ids)


def restore_origin(session: Session, run: ImportRun) -> None:
    """Which import last spoke of the lifts, on which line; last of all, as the others find the lifts by it."""
    rows = changes_of(session, run.id, ChangeKind.LIFT)
    origins = [(detail["import_id"][0], detail["line"][0], lift_id) for lift_id, detail in rows]
    run_many(session.connection(), ORIGIN, origins)


def _restore_some(connection: Connection, run: ImportRun, batch: list[Row], now: datetime, done: Lifts) -> None:
    current = load_current(connection, [lift_id for lift_id, _ in batch])
    taken = _keys_taken(connection, run.city_id, [detail["key"][0] for _, detail in batch if "key" in detail])
    updates, undone = [], []
    for lift_id, detail in batch:
        lift = current[lift_id]
        keeps = "valid_until" in detail and dict(_named(lift))["valid_until"] != detail["valid_until"][1]
        updates.append(_before(lift, detail, run.id, taken, keeps_facts=keeps))
        done.kept += keeps
        done.restored += 1
        if not keeps:
            undone.append(lift_id)
    run_many(connection, UPDATE, updates)
    _record(connection, run, undone, now)


def _before(
    lift: CurrentLift, detail: dict[str, Any], import_id: int, taken: dict[str, int], *, keeps_facts: bool
) -> tuple[Any, ...]:
    """The values of UPDATE that make the lift what it was."""
    values = []
    for name, value in _named(lift):
        before, after = detail.get(name, (value, value))
        stays = value != after or (keeps_facts and name in FACTS)
        values.append(value if stays else before)
    key = detail.get("key", (lift.key,))[0]
    cycle = lift.cycle if keeps_facts else detail.get("cycle", (lift.cycle,))[0]
    extra = detail["extra"][0]
    return (
        key if taken.get(key, lift.id) == lift.id else lift.key,
        *values,
        cycle,
        json.dumps(extra, ensure_ascii=False) if extra else None,
        detail["fingerprint"][0],
        import_id,
        lift.line,
        detail.get("withdrawn_on", (None,))[0],
        lift.id,
    )


def _named(lift: CurrentLift) -> Iterator[tuple[str, Any]]:
    return zip(LIFT_COLUMNS, lift.values, strict=True)


def _keys_taken(connection: Connection, city_id: str, keys: Sequence[str]) -> dict[str, int]:
    query = "SELECT key, id FROM lift WHERE city_id = ? AND key IN"
    return {row[0]: row[1] for row in fetch_in(connection, query, keys, city_id)}


def _record(connection: Connection, run: ImportRun, lift_ids: Sequence[int], now: datetime) -> None:
    """One event a lift: what the import said of it counts no more.

    It is known from the day of the register on, so that no day between them knows what was never true.
    """
    on, payload = run.as_of.isoformat(), json.dumps({"import": run.id})
    recorded_at = moment_text(connection, now)
    kind = EventKind.IMPORT_UNDONE.value
    rows = [(kind, lift_id, on, on, recorded_at, payload, SOURCE, run.id) for lift_id in lift_ids]
    insert_rows(connection, Event, EVENT_COLUMNS, rows)


def _restore_names(connection: Connection, rows: list[Row]) -> None:
    names = [(lift_id, *name) for lift_id, detail in rows for name in detail["rows"]]
    run_many(connection, DROP_NAME, [name[:3] for name in names if name[3] is None])
    run_many(connection, PUT_NAME, [name for name in names if name[3] is not None])
