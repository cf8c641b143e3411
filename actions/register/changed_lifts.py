"""Rows about lifts that the store knows and that say something new."""

import json
from collections import defaultdict
from datetime import date
from typing import Any

from actions.register.context import ImportContext
from actions.register.fields import IDENTIFIERS, RegisterField
from actions.register.findings import Findings, Tally
from actions.register.layout import Layout
from actions.register.lift_store import CurrentLift, StoredParty
from actions.register.new_lifts import EVENT_COLUMNS, RESPONSIBILITY_COLUMNS, SOURCE
from actions.register.party_book import PartyBook
from actions.register.people import StatedParty, plain_name
from actions.register.rows import AT, DISTRICT, DISTRICT_CODE, LIFT_COLUMNS, PRECISION, STATUS, VALID_UNTIL, Row
from actions.register.statements import insert_rows, run_many
from actions.responsibility import UseUnitChange
from schedules.dates import add_months
from store.events import Event, EventKind
from store.lifts import LiftRole, NameKind, Responsibility
from store.tasks import TaskKind

F = RegisterField
UPDATED = ("key", *LIFT_COLUMNS, "cycle", "extra", "fingerprint", "import_id", "line")
UPDATE = f"UPDATE lift SET {', '.join(f'{name} = ?' for name in UPDATED)} WHERE id = ?"
NAME_AGAIN = (
    "INSERT INTO lift_name (lift_id, kind, value, stated) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (lift_id, kind, value) DO UPDATE SET until_on = NULL, stated = excluded.stated"
)
END_NAME = "UPDATE lift_name SET until_on = ? WHERE lift_id = ? AND kind = ? AND value = ?"
END_RESPONSIBILITY = "UPDATE responsibility SET to_on = CASE WHEN from_on > ? THEN from_on ELSE ? END WHERE id = ?"


class ChangedLifts:
    """Updates lifts in what this layout has columns for, and records what happened as events."""

    def __init__(self, context: ImportContext, layout: Layout, book: PartyBook, findings: Findings) -> None:
        self._context = context
        self._columns = layout.columns
        self._book = book
        self._findings = findings
        self._covered = [AT[name] for name in LIFT_COLUMNS if name in layout.columns]
        self._name_kinds = {kind.value for name, kind in IDENTIFIERS.items() if name in layout.columns}
        self._events: list[tuple[Any, ...]] = []
        self.use_unit_changes: list[UseUnitChange] = []
        self._handed_over: defaultdict[tuple[int, int], Tally] = defaultdict(Tally)

    def recognise_parties(self, row: Row, current: CurrentLift) -> None:
        """A unit that lost its credit code in the register is still the unit of that name."""
        for stated, role in ((row.unit, LiftRole.USE_UNIT), (row.maintainer, LiftRole.MAINTAINER)):
            known = current.parties.get(role)
            if stated and known and stated.credit_code is None and _has_name(known, stated):
                self._book.is_same(stated, known.ref)

    def store(self, changes: list[tuple[Row, CurrentLift]]) -> None:
        """Write the changed rows; the book knows their parties."""
        updates = [self._update(row, current) for row, current in changes]
        run_many(self._context.connection, UPDATE, updates)
        self._store_names(changes)
        self._change_maintainers(changes)
        for row, current in changes:
            self._note_use_unit(row, current)
        insert_rows(self._context.connection, Event, EVENT_COLUMNS, self._events)
        self._events = []

    def report_transfers(self) -> None:
        """One task for each pair of units between which lifts went over."""
        for (from_id, to_id), tally in self._handed_over.items():
            detail = {"from": from_id, "to": to_id, **tally.detail()}
            about = f"import {self._context.import_id}: {from_id}>{to_id}"
            self._findings.add(TaskKind.USE_UNIT_CHANGED, about, tally.lines[0], party_id=to_id, detail=detail)
        self._findings.flush()

    def _update(self, row: Row, current: CurrentLift) -> tuple[Any, ...]:
        values = list(current.values)
        for at in self._covered:
            values[at] = row.values[at]
        if F.DISTRICT in self._columns or row.values[DISTRICT]:
            values[DISTRICT], values[DISTRICT_CODE] = row.values[DISTRICT], row.values[DISTRICT_CODE]
        if F.VALID_UNTIL in self._columns:
            values[PRECISION] = row.values[PRECISION]
        cycle = self._record_validity(current, values[VALID_UNTIL])
        if values[STATUS] != current.values[STATUS]:
            self._record(current, EventKind.STATUS_CHANGED, current.values[STATUS], values[STATUS])
        extra = _merged_extra(row, current)
        named = row.named
        return (
            _key(row, current),
            *values,
            cycle,
            extra,
            named.fingerprint,
            self._context.import_id,
            named.line,
            current.id,
        )

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
        if date.fromisoformat(new) >= add_months(date.fromisoformat(old), self._context.renewal_months):
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
        for row, current in changes:
            stated = {(name.kind, name.value): name.stated for name in row.named.names}
            again += [(current.id, *name, text) for name, text in stated.items() if current.names.get(name) != text]
            ended += [
                (self._context.on, current.id, *name)
                for name in current.names
                if name[0] in self._name_kinds and name not in stated
            ]
        run_many(self._context.connection, END_NAME, ended)
        run_many(self._context.connection, NAME_AGAIN, again)

    def _change_maintainers(self, changes: list[tuple[Row, CurrentLift]]) -> None:
        if F.MAINTAINER not in self._columns:
            return
        ended: list[tuple[Any, ...]] = []
        begun: list[tuple[Any, ...]] = []
        for row, current in changes:
            old = current.parties.get(LiftRole.MAINTAINER)
            new_id = self._book.id_of(row.maintainer) if row.maintainer else None
            if old is not None and old.party_id != new_id:
                ended.append((self._context.on, self._context.on, old.responsibility_id))
            if new_id is not None and (old is None or old.party_id != new_id):
                begun.append((current.id, new_id, LiftRole.MAINTAINER.value, self._context.on))
        run_many(self._context.connection, END_RESPONSIBILITY, ended)
        insert_rows(self._context.connection, Responsibility, RESPONSIBILITY_COLUMNS, begun)

    def _note_use_unit(self, row: Row, current: CurrentLift) -> None:
        if row.unit is None:
            return
        old, new_id = current.parties.get(LiftRole.USE_UNIT), self._book.id_of(row.unit)
        if old is None:
            self.use_unit_changes.append(UseUnitChange(current.id, None, new_id))
        elif old.party_id != new_id:
            self.use_unit_changes.append(UseUnitChange(current.id, old.party_id, new_id))
            self._handed_over[old.party_id, new_id].add(row.named.line)


def _has_name(known: StoredParty, stated: StatedParty) -> bool:
    return plain_name(known.name) == plain_name(stated.name)


def _key(row: Row, current: CurrentLift) -> str:
    """A lift that was found by another name takes the stronger code as its key, if the row has one."""
    kind = row.named.names[0].kind
    is_stronger = kind == NameKind.REGISTRATION_CODE and not current.values[AT["equipment_code"]]
    return row.named.key if kind == NameKind.EQUIPMENT_CODE or is_stronger else current.key


def _merged_extra(row: Row, current: CurrentLift) -> str | None:
    kept = {name: text for name, text in current.extra.items() if name != "unread"}
    merged = {**kept, **row.extra, **({"unread": row.unread} if row.unread else {})}
    return json.dumps(merged, ensure_ascii=False) if merged else None
