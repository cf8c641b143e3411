"""What an import finds in the store before it makes it otherwise: the rows of `import_change`."""

import json
from typing import Any

from sqlalchemy import Connection

from actions.register.statements import insert_rows, run_many
from store.imports import ChangeKind, ImportChange

COLUMNS = ("import_id", "kind", "row_id", "line", "detail")
# Of what is added no value needs to be kept; one statement for however many rows.
ADDED = {
    ChangeKind.LIFT_ADDED: "SELECT import_id, ?, id, line FROM lift WHERE import_id = ? AND id >= ?",
    ChangeKind.CONTACT_ADDED: (
        "SELECT import_run.id, ?, contact.id, NULL FROM contact JOIN party ON party.id = party_id"
        " JOIN import_run ON import_run.city_id = party.city_id WHERE import_run.id = ? AND contact.id >= ?"
    ),
}


class Journal:
    """Keeps rows until `flush`, which is called for each batch of the file."""

    def __init__(self, connection: Connection, import_id: int) -> None:
        self._connection = connection
        self._import_id = import_id
        self._rows: list[tuple[Any, ...]] = []

    def add(self, kind: ChangeKind, row_id: int, detail: dict[str, Any] | None = None, line: int | None = None) -> None:
        """One row; what `detail` holds stands at its kind."""
        text = None if detail is None else json.dumps(detail, ensure_ascii=False)
        self._rows.append((self._import_id, kind.value, row_id, line, text))

    def add_new(self, kind: ChangeKind, first_id: int) -> None:
        """Every row of this kind that the import has made, from `first_id` on."""
        statement = f"INSERT INTO import_change (import_id, kind, row_id, line) {ADDED[kind]}"
        run_many(self._connection, statement, [(kind.value, self._import_id, first_id)])

    def flush(self) -> None:
        """Write what was added."""
        insert_rows(self._connection, ImportChange, COLUMNS, self._rows)
        self._rows = []
