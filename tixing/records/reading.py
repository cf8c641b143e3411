"""Rows as the driver gives them: a check of millions of entries has no time for anything in between."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session

from store.chain import read_content
from tixing.errors import TixingError

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
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    cursor = driver.cursor() if is_sqlite(session) else driver.cursor(name="tixing_records", binary=True)
    try:
        cursor.execute(statement)
        while rows := cursor.fetchmany(BATCH[connection.dialect.name]):
            yield rows
    except dbapi.Error as error:
        raise TixingError(f"the store cannot be read to its end: {error}") from error
    finally:
        cursor.close()


def rows_of(session: Session, statement: str) -> Iterator[tuple[Any, ...]]:
    """The same, row by row; text that is none is read all the same."""
    driver: Any = session.connection().connection.driver_connection
    if is_sqlite(session):
        driver.text_factory = _as_text
    try:
        for rows in stream(session, statement):
            yield from rows
    finally:
        if is_sqlite(session):
            driver.text_factory = str


def content_of(body: object) -> dict[str, Any]:
    """What an entry says; nothing where somebody wrote a body that says nothing."""
    if not isinstance(body, bytes | memoryview):
        return {}
    try:
        said = read_content(bytes(body))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def dict_of(said: object) -> dict[str, Any]:
    """A part of what an entry says; an empty one where it is no such part."""
    return said if isinstance(said, dict) else {}


def list_of(said: object) -> list[Any]:
    """The same of a list."""
    return said if isinstance(said, list) else []


def _as_text(raw: bytes) -> str:
    return raw.decode(errors="replace")
