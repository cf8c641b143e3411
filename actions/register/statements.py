"""Statements over many rows. Values go to the driver as they are: dates as ISO text, JSON as text."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from store.database import bulk_insert, table_of

FETCHED = 1000  # values of one IN (…)
INSERTED = 100  # rows of one INSERT: SQLite builds the list of a CHECK … IN (…) anew for each statement


def insert_rows(
    connection: Connection, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of plain values, many in one statement."""
    if connection.dialect.name == "postgresql":
        bulk_insert(connection, model, columns, rows)
        return
    whole = len(rows) - len(rows) % INSERTED
    statement = _insert(model, columns, INSERTED)
    parts = [tuple(chain.from_iterable(rows[start : start + INSERTED])) for start in range(0, whole, INSERTED)]
    run_many(connection, statement, parts)
    if rest := rows[whole:]:
        run_many(connection, _insert(model, columns, len(rest)), [tuple(chain.from_iterable(rest))])


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement with `?` marks for every row: the driver's own executemany."""
    if rows:
        connection.exec_driver_sql(_marked(connection, statement), list(rows))


def fetch(connection: Connection, statement: str, *values: Any) -> Sequence[Any]:
    """All rows of a query with `?` marks."""
    return connection.exec_driver_sql(_marked(connection, statement), values).fetchall()


def stream(connection: Connection, statement: str, *values: Any) -> Iterator[Any]:
    """The rows of a query with `?` marks, one by one; nothing may be written until the last."""
    yield from connection.exec_driver_sql(_marked(connection, statement), values)


def fetch_in(connection: Connection, statement: str, values: Sequence[Any], *before: Any) -> Iterator[Any]:
    """The rows of a query that ends in `IN` for any number of values; `before` fill the marks in front of it."""
    for start in range(0, len(values), FETCHED):
        part = values[start : start + FETCHED]
        yield from fetch(connection, f"{statement} ({', '.join('?' * len(part))})", *before, *part)


def _insert(model: type[SQLModel], columns: Sequence[str], count: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table_of(model).name} ({names}) VALUES {', '.join([row] * count)}"


def _marked(connection: Connection, statement: str) -> str:
    return statement if connection.dialect.paramstyle == "qmark" else statement.replace("%", "%%").replace("?", "%s")
