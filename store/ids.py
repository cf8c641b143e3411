"""New ids for rows that are inserted in bulk and that other rows of the same transaction point at."""

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from store.database import table_of

# The name of the sequence is looked up once, not for each id.
DRAW = text(
    "WITH its AS MATERIALIZED (SELECT CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS sequence)"
    " SELECT nextval(sequence) FROM its, generate_series(1, :count)"
)


class IdSource:
    """Ascending ids of one table that nobody else gets.

    On SQLite they follow the largest one: the write transaction keeps others out. On PostgreSQL they are drawn from the
    table's own sequence, so that rows of others may lie between them; at least `at_once` are drawn at a time.
    """

    def __init__(self, connection: Connection, model: type[SQLModel], *, at_once: int = 1) -> None:
        self._connection = connection
        self._table = table_of(model).name
        self._at_once = at_once
        self._drawn: list[int] = []
        self._on_server = connection.dialect.name == "postgresql"
        self._last = 0 if self._on_server else largest_id(connection, model)

    def take(self, count: int) -> Sequence[int]:
        """The next `count` ids."""
        if not self._on_server:
            self._last += count
            return range(self._last - count + 1, self._last + 1)
        if len(self._drawn) < count:
            self._drawn += self._draw(max(count - len(self._drawn), self._at_once))
        taken, self._drawn = self._drawn[:count], self._drawn[count:]
        return taken

    def _draw(self, count: int) -> list[int]:
        return sorted(self._connection.execute(DRAW, {"name": self._table, "count": count}).scalars())


def largest_id(connection: Connection, model: type[SQLModel]) -> int:
    """The largest id of all rows, 0 without any."""
    return int(connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table_of(model).name}")).scalar_one())
