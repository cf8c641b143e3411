"""Scratch tables of a connection: made once, and made again after a rollback took them away."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, event, text

MADE = "tixing_scratch"


def ensure_scratch(connection: Connection, name: str, statements: Iterable[str]) -> None:
    """Run these CREATE TEMPORARY statements unless this connection has the tables already.

    Text sorts by its bytes, as everywhere in the store; PostgreSQL empties the tables at the end of each transaction.
    """
    made: set[str] = connection.info.setdefault(MADE, set())
    if name in made:
        return
    on_server = connection.dialect.name == "postgresql"
    for statement in statements:
        connection.execute(text(_for_server(statement) if on_server else statement))
    made.add(name)


def _for_server(statement: str) -> str:
    if not statement.startswith("CREATE TEMPORARY TABLE"):
        return statement
    return statement.replace(" TEXT", ' TEXT COLLATE "C"') + " ON COMMIT DELETE ROWS"


@event.listens_for(Engine, "rollback")
def forget_scratch(connection: Connection) -> None:
    """A rollback undoes the tables that its transaction made; whether it made them is not worth knowing."""
    connection.info.pop(MADE, None)
