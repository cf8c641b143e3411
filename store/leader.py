"""Who plans: of several processes on one store one leads, and another takes over when it goes.

On PostgreSQL it is whoever holds a lock of a session of its own, which the server gives free when that session ends,
also by a crash. Two leaders at once would do no harm, as nobody is told twice by the keys. On SQLite the leader holds a
file beside the store: there one process serves, and a second one is refused.
"""

import sqlite3
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from store.database import Database
from store.locks import lock_number

LEADER = "leader"
# A server notices within a minute that the machine of a session is gone, not only its process.
KEEPALIVES = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")


class Leadership:
    """The place at the head of one store; given back at the end of the block."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: Any = None

    def __enter__(self) -> "Leadership":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.leave()

    def take(self) -> bool:
        """Lead, or go on leading; False while another process leads, or when the server does not answer."""
        if self._database.is_sqlite:
            self._held = self._held or _hold_file(self._database)
        elif not answers(self._held):
            self.leave()
            self._held = hold_first(self._database, [LEADER])[1]
        return self._held is not None

    def leave(self) -> None:
        """Let another process lead."""
        held, self._held = self._held, None
        if held is not None:
            held.close()


def hold_first(database: Database, names: list[str]) -> tuple[str, Connection | None]:
    """Hold the first of these names that is free until the session is closed: (name, session), or ("", None)."""
    engine = create_engine(database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
    except SQLAlchemyError:
        return "", None
    try:
        for setting in KEEPALIVES:
            connection.execute(text(f"SET {setting}"))
        for name in names:
            if connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock_number(name)}).scalar_one():
                return name, connection
    except SQLAlchemyError:
        pass  # as if it had not answered at all
    connection.close()
    return "", None


def answers(held: Connection | None) -> bool:
    """Whether the session is still there, and with it what it holds."""
    if held is None:
        return False
    try:
        held.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _hold_file(database: Database) -> sqlite3.Connection | None:
    """SQLite's own lock on a small file: every system has it, and it ends with the process."""
    held = sqlite3.connect(f"{database.url.database}-leader", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        held.close()
        return None
    return held
