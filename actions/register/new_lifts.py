"""Rows about lifts that the store does not know yet."""

import json
from collections.abc import Sequence
from typing import Any

from actions.register.context import ImportContext
from actions.register.party_book import PartyBook
from actions.register.remembered import Remembered
from actions.register.rows import LIFT_COLUMNS, VALID_UNTIL, Row
from actions.register.statements import insert_rows
from store.events import Event, EventKind
from store.ids import IdSource
from store.lifts import Lift, LiftName, LiftRole, Responsibility

SOURCE = "register"
USE_UNIT, MAINTAINER = LiftRole.USE_UNIT.value, LiftRole.MAINTAINER.value
VALIDITY_STATED = EventKind.VALIDITY_STATED.value
INSERTED = ("id", "city_id", "key", *LIFT_COLUMNS, "cycle", "extra", "fingerprint", "import_id", "line", "known_from")
NAME_COLUMNS = ("lift_id", "kind", "value", "stated")
EVENT_COLUMNS = ("kind", "lift_id", "on_date", "known_on", "recorded_at", "payload", "source", "import_id")
RESPONSIBILITY_COLUMNS = ("lift_id", "party_id", "role", "from_on")


class NewLifts:
    """Stores rows as lifts with their names, their parties and the event that states their validity."""

    def __init__(self, context: ImportContext, book: PartyBook) -> None:
        self._context = context
        self._book = book
        self._ids = IdSource(context.connection, Lift)
        self._stated = Remembered(lambda day: json.dumps({"valid_until": day}))

    def store(self, rows: list[Row]) -> Sequence[int]:
        """Insert the rows, with ids in their order; returns these ids."""
        connection = self._context.connection
        ids = self._ids.take(len(rows))
        numbered = list(zip(ids, rows, strict=True))
        insert_rows(connection, Lift, INSERTED, [self._lift(lift_id, row) for lift_id, row in numbered])
        names = [(lift_id, name.kind, name.value, name.stated) for lift_id, row in numbered for name in row.named.names]
        insert_rows(connection, LiftName, NAME_COLUMNS, names)
        events = [self._validity_stated(lift_id, row.valid_until) for lift_id, row in numbered if row.valid_until]
        insert_rows(connection, Event, EVENT_COLUMNS, events)
        answers = [answer for lift_id, row in numbered for answer in self._responsibilities(lift_id, row)]
        insert_rows(connection, Responsibility, RESPONSIBILITY_COLUMNS, answers)
        return ids

    def _lift(self, lift_id: int, row: Row) -> tuple[Any, ...]:
        context, named = self._context, row.named
        extra = extra_text(row)
        return (
            lift_id, context.city_id, named.key, *row.values, row.values[VALID_UNTIL], extra, named.fingerprint,
            context.import_id, named.line, context.on,
        )  # fmt: skip

    def _validity_stated(self, lift_id: int, valid_until: str) -> tuple[Any, ...]:
        context = self._context
        return (
            VALIDITY_STATED, lift_id, context.on, context.on, context.recorded_at,
            self._stated[valid_until], SOURCE, context.import_id,
        )  # fmt: skip

    def _responsibilities(self, lift_id: int, row: Row) -> list[tuple[Any, ...]]:
        answers = []
        if row.unit is not None:
            answers.append((lift_id, self._book.id_of(row.unit), USE_UNIT, self._context.on))
        if row.maintainer is not None:
            answers.append((lift_id, self._book.id_of(row.maintainer), MAINTAINER, self._context.on))
        return answers


def extra_text(row: Row) -> str | None:
    """What a row says beyond the lift's columns, as JSON; `unread` is what nobody could read."""
    if not row.extra and not row.unread:
        return None
    unread = {"unread": row.unread} if row.unread else {}
    return json.dumps({**row.extra, **unread}, ensure_ascii=False)
