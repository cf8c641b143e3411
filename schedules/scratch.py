"""Scratch tables of a connection: made once, and made again after a rollback took them away."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, event, text

MADE = "tixing_scratch"
LARGE = 1_000  # rows


def ensure_scratch(connection: Connection, name: str, statements: Iterable[str]) -> None:
    """Run these CREATE TEMPORARY statements unless this connection has the tables already.

    Text sorts by its bytes, as everywhere in the store.
    """
    made: set[str] = connection.info.setdefault(MADE, set())
    if name in made:
        return
    on_server = connection.dialect.name == "postgresql"
    for statement in statements:
        connection.execute(text(_for_server(statement) if on_server else statement))
    made.add(name)


def empty_scratch(connection: Connection, table: str) -> None:
    """Remove the rows that are left of an earlier use.

    PostgreSQL keeps the room of removed rows until the file is cut off, which for a few takes longer than all the rest.
    """
    removed = connection.execute(text(f"DELETE FROM {table}")).rowcount
    if removed > LARGE and connection.dialect.name == "postgresql":
        connection.execute(text(f"TRUNCATE {table}"))


def _for_server(statement: str) -> str:
    if not statement.startswith("CREATE TEMPORARY TABLE"):
        return statement
    return statement.replace(" TEXT", ' TEXT COLLATE "C"')


@event.listens_for(Engine, "rollback")
def forget_scratch(connection: Connection) -> None:
    """A rollback undoes the tables that its transaction made; whether it made them is not worth knowing.

    One that the server has dropped has lost them, and what was remembered of it, already.
    """
    if not connection.invalidated:
        connection.info.pop(MADE, None)
