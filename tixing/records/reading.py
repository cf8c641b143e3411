"""Rows as the driver gives them: a check of millions of entries has no time for anything in between."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session

BATCH = {"sqlite": 100, "postgresql": 1000}  # few stay in the processor's cache; a server is asked for each batch
Rows = Sequence[tuple[Any, ...]]


def is_sqlite(session: Session) -> bool:
    """Which of the two databases it is."""
    return session.connection().dialect.name == "sqlite"


def day_text(session: Session, column: str = "day") -> str:
    """SQL for a day as ISO text."""
    return column if is_sqlite(session) else f"to_char({column}, 'YYYY-MM-DD')"


def stream(session: Session, statement: str) -> Iterator[Rows]:
    """The rows of a statement in batches, within the transaction of `session`; they never lie in memory together."""
    driver: Any = session.connection().connection.driver_connection
    batch = BATCH[session.connection().dialect.name]
    if is_sqlite(session):
        cursor = driver.cursor()
        cursor.execute(statement)
    else:
        cursor = driver.cursor(name="tixing_records", binary=True)
        cursor.execute(statement)
    try:
        while rows := cursor.fetchmany(batch):
            yield rows
    finally:
        cursor.close()


def rows_of(session: Session, statement: str) -> Iterator[tuple[Any, ...]]:
    """The same, row by row."""
    for rows in stream(session, statement):
        yield from rows
