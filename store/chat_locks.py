"""Locks by name that all processes of one server respect, held for as long as an answer takes."""

from threading import Lock

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from store.database import Database
from store.leader import KEEPALIVES
from store.locks import lock_number


class SharedLocks:
    """PostgreSQL only. One session holds them all, beside the pool: whoever holds a lock still needs a connection to
    work with. They end with the session, also by a crash."""

    def __init__(self, database: Database) -> None:
        self._engine = create_engine(database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._session: Connection | None = None
        self._mutex = Lock()

    def try_hold(self, name: str) -> bool:
        """Whether this process has the lock now; it must not ask for one that it has. Raises SQLAlchemyError."""
        return self._ask("SELECT pg_try_advisory_lock(:lock)", name)

    def let_go(self, name: str) -> None:
        """Let others have it; where the session is lost they have it already."""
        try:
            self._ask("SELECT pg_advisory_unlock(:lock)", name)
        except SQLAlchemyError:
            return

    def close(self) -> None:
        """End the session, and every lock with it."""
        with self._mutex:
            self._forget()

    def _ask(self, statement: str, name: str) -> bool:
        with self._mutex:
            try:
                return bool(self._opened().execute(text(statement), {"lock": lock_number(name)}).scalar_one())
            except SQLAlchemyError:
                self._forget()
                raise

    def _opened(self) -> Connection:
        if self._session is None:
            self._session = self._engine.connect()
            for setting in KEEPALIVES:
                self._session.execute(text(f"SET {setting}"))
        return self._session

    def _forget(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()
            session.close()
