"""Scratch tables of a connection: made once, and made again after a rollback took them away."""

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, event, text

MADE = "tixing_scratch"


def ensure_scratch(connection: Connection, name: str, statements: Iterable[str]) -> None:
    """Run these CREATE TEMPORARY TABLE statements unless this connection has the tables already."""
    made: set[str] = connection.info.setdefault(MADE, set())
    if name in made:
        return
    for statement in statements:
        connection.execute(text(statement))
    made.add(name)


@event.listens_for(Engine, "rollback")
def forget_scratch(connection: Connection) -> None:
    """A rollback undoes the tables that its transaction made; whether it made them is not worth knowing."""
    connection.info.pop(MADE, None)
