"""Rows about lifts that the store knows and that say something new."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from actions.register.context import ImportContext
from actions.register.fields import IDENTIFIERS, MAINTENANCE, RegisterField
from actions.register.layout import Layout
from actions.register.lift_store import CurrentLift
from actions.register.new_lifts import EVENT_COLUMNS, SOURCE, extra_text
from actions.register.other_columns import Pair
from actions.register.rows import AT, DISTRICT, DISTRICT_CODE, LIFT_COLUMNS, PRECISION, STATUS, VALID_UNTIL, Row
from actions.register.statements import fetch_in, insert_rows, run_many
from schedules.dates import add_months
from store.events import Event, EventKind
from store.imports import ChangeKind
from store.lifts import NameKind

F = RegisterField
NEXT_TEST = AT["next_test_on"]
UPDATED = ("key", *LIFT_COLUMNS, "cycle", "extra", "fingerprint", "import_id", "line", "withdrawn_on")
UPDATE = f"UPDATE lift SET {', '.join(f'{name} = ?' for name in UPDATED)} WHERE id = ?"
NAME_AGAIN = (
    "INSERT INTO lift_name (lift_id, kind, value, stated) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (lift_id, kind, value) DO UPDATE SET until_on = NULL, stated = excluded.stated"
)
END_NAME = "UPDATE lift_name SET until_on = ? WHERE lift_id = ? AND kind = ? AND value = ?"


class ChangedLifts:
    """Updates lifts in what this layout has columns for, and records what happened as events."""

    def __init__(self, context: ImportContext, layout: Layout) -> None:
        self._context = context
        self._columns = layout.columns
        self._covered = [AT[name] for name in LIFT_COLUMNS if name in layout.columns]
        self._name_kinds = {kind.value for name, kind in IDENTIFIERS.items() if name in layout.columns}
        self._events: list[tuple[Any, ...]] = []

    def store(self, changes: list[tuple[Row, CurrentLift]]) -> None:
        """Write what the rows change of the lifts themselves."""
        updates = [self._update(row, current) for row, current in changes]
        run_many(self._context.connection, UPDATE, updates)
        self._note_duties([current.id for _, current in changes])
        self._store_names(changes)
        insert_rows(self._context.connection, Event, EVENT_COLUMNS, self._events)
        self._events = []

    def _update(self, row: Row, current: CurrentLift) -> tuple[Any, ...]:
        values = list(current.values)
        for at in self._covered:
            values[at] = row.values[at]
        if F.DISTRICT in self._columns or row.values[DISTRICT]:
            values[DISTRICT], values[DISTRICT_CODE] = row.values[DISTRICT], row.values[DISTRICT_CODE]
        if F.VALID_UNTIL in self._columns:
            values[PRECISION] = row.values[PRECISION]
        if any(name in self._columns for name in MAINTENANCE):
            values[AT["maintenance"]] = row.values[AT["maintenance"]]
        if values[NEXT_TEST] != current.values[NEXT_TEST]:
            self._record(current, EventKind.TEST_DATE_STATED, current.values[NEXT_TEST], values[NEXT_TEST])
        if current.withdrawn_on is not None:
            values[STATUS] = row.values[STATUS]
        cycle = self._record_validity(current, values[VALID_UNTIL])
        if values[STATUS] != current.values[STATUS]:
            self._record(current, EventKind.STATUS_CHANGED, current.values[STATUS], values[STATUS])
        named, key = row.named, _key(row, current)
        self._note(row, current, key, values, cycle)
        return (
            key,
            *values,
            cycle,
            _merged_extra(row, current),
            named.fingerprint,
            self._context.import_id,
            named.line,
            None,
            current.id,
        )

    def _note(self, row: Row, current: CurrentLift, key: str, values: list[Any], cycle: str | None) -> None:
        """Keep and count what becomes otherwise."""
        context, named = self._context, row.named
        changed = {
            name: (old, new) for name, old, new in zip(LIFT_COLUMNS, current.values, values, strict=True) if old != new
        }
        if current.withdrawn_on is None:
            self._count(named.line, key, changed, is_new_cycle=current.cycle is not None and cycle != current.cycle)
        own = {
            "key": (current.key, key),
            "cycle": (current.cycle, cycle),
            "withdrawn_on": (current.withdrawn_on, None),
        }
        detail = {name: pair for name, pair in (changed | own).items() if pair[0] != pair[1]}
        detail["extra"] = (current.extra or None, None)
        detail["fingerprint"] = (current.fingerprint, named.fingerprint)
        detail["import_id"] = (current.import_id, context.import_id)
        detail["line"] = (current.line, named.line)
        context.journal.add(ChangeKind.LIFT, current.id, detail, named.line)

    def _count(self, line: int, key: str, changed: dict[str, Pair], *, is_new_cycle: bool) -> None:
        changes = self._context.changes
        changes.note_values(changed, self._context.as_of)
        if "valid_until" not in changed:
            return
        before, after = changed["valid_until"]
        _, inspected = changed.get("last_inspected_on", (None, None))
        was_inspected = inspected is not None and inspected <= self._context.on and inspected < (after or "")
        old_inspection = changed.get("last_inspected_on", (None, None))[0] or ""
        routine = is_new_cycle and was_inspected and inspected > old_inspection
        changes.new_cycles += is_new_cycle and after is not None and before is not None
        changes.note_validity(line, key, before, after, routine=routine)

    def _note_duties(self, lift_ids: list[int]) -> None:
        """How far the ladders of these lifts have come."""
        query = (
            "SELECT id, due, told_seq, next_step, next_on FROM duty"
            " WHERE closed_on IS NULL AND withdrawn_at IS NULL AND due IS NOT NULL AND lift_id IN"
        )
        for duty_id, due, told_seq, next_step, next_on in fetch_in(self._context.connection, query, lift_ids):
            on = None if next_on is None else str(next_on)
            ladder = {"due": str(due), "told_seq": told_seq, "next_step": next_step, "next_on": on}
            self._context.journal.add(ChangeKind.DUTY, duty_id, ladder)

    def _record_validity(self, current: CurrentLift, new: str | None) -> str | None:
        """The event for a changed validity; returns the cycle, which only a renewal moves."""
        old: str | None = current.values[VALID_UNTIL]
        if new == old:
            return current.cycle
        if old is None:
            self._record(current, EventKind.VALIDITY_STATED, None, new)
            return new
        if new is None:
            self._record(current, EventKind.VALIDITY_CORRECTED, old, None)
            return None
        if new >= _earliest_renewal(old, self._context.renewal_months):
            self._record(current, EventKind.VALIDITY_RENEWED, old, new)
            return new
        self._record(current, EventKind.VALIDITY_CORRECTED, old, new)
        return current.cycle

    def _record(self, current: CurrentLift, kind: EventKind, old: str | None, new: str | None) -> None:
        context = self._context
        payload = {"valid_until": new} if kind is EventKind.VALIDITY_STATED else {"from": old, "to": new}
        self._events.append(
            (
                kind.value, current.id, context.on, context.on, context.recorded_at, json.dumps(payload), SOURCE,
                context.import_id,
            )
        )  # fmt: skip

    def _store_names(self, changes: list[tuple[Row, CurrentLift]]) -> None:
        again: list[tuple[Any, ...]] = []
        ended: list[tuple[Any, ...]] = []
        touched: dict[int, list[tuple[str, str]]] = {}
        for row, current in changes:
            stated = {(name.kind, name.value): name.stated for name in row.named.names}
            said = [(name, text) for name, text in stated.items() if current.names.get(name) != text]
            gone = [name for name in current.names if name[0] in self._name_kinds and name not in stated]
            again += [(current.id, *name, text) for name, text in said]
            ended += [(self._context.on, current.id, *name) for name in gone]
            if said or gone:
                touched[current.id] = [*(name for name, _ in said), *gone]
        self._note_names(touched, {current.id: current for _, current in changes})
        run_many(self._context.connection, END_NAME, ended)
        run_many(self._context.connection, NAME_AGAIN, again)

    def _note_names(self, touched: dict[int, list[tuple[str, str]]], lifts: dict[int, CurrentLift]) -> None:
        """These names of these lifts as they are now, those that ended long ago too."""
        query = "SELECT lift_id, kind, value, stated, until_on FROM lift_name WHERE until_on IS NOT NULL AND lift_id IN"
        found = fetch_in(self._context.connection, query, list(touched))
        past = {(lift_id, kind, value): (stated, str(until)) for lift_id, kind, value, stated, until in found}
        for lift_id, names in touched.items():
            rows = [(*name, *past.get((lift_id, *name), (lifts[lift_id].names.get(name), None))) for name in names]
            self._context.journal.add(ChangeKind.NAMES, lift_id, {"rows": rows})


@lru_cache(maxsize=10_000)
def _earliest_renewal(old: str, months: int) -> str:
    """The first validity that speaks of the next cycle, as ISO text like `old`."""
    return add_months(date.fromisoformat(old), months).isoformat()


def _key(row: Row, current: CurrentLift) -> str:
    """A lift that was found by another name takes the stronger code as its key, if the row has one."""
    kind = row.named.names[0].kind
    is_stronger = kind == NameKind.REGISTRATION_CODE and not current.values[AT["equipment_code"]]
    return row.named.key if kind == NameKind.EQUIPMENT_CODE or is_stronger else current.key


def _merged_extra(row: Row, current: CurrentLift) -> str | None:
    if not current.extra:
        return extra_text(row)
    kept = {name: text for name, text in current.extra.items() if name != "unread"}
    merged = {**kept, **row.extra, **({"unread": row.unread} if row.unread else {})}
    return json.dumps(merged, ensure_ascii=False) if merged else None
