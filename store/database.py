"""The database: one place that knows about drivers, pragmas and transactions."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, func, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session, SQLModel

BUSY_TIMEOUT_MS = 10_000
SQLITE_PAGE_CACHE_KIB = 65_536
CHUNK = 5_000  # values of one IN (…): PostgreSQL takes 65,535 parameters, SQLite half as many
# A server is not to look through a whole table for some hundred rows, as it would where a row costs as much as on a
# turning disk.
NO_TURNING_DISK = "-c random_page_cost=1.1"
PREPARED_AFTER = 5  # times that a connection has run the same statement
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
SILENCE = (OperationalError, InterfaceError, NoConnection)  # the store does not answer
MIGRATION_LOCK = 7_845_310_926  # any number that nobody else uses

ON_DISK = "tixing_on_disk"  # in a session's info: its transaction is to outlast a power cut

Value = TypeVar("Value")


class StoreError(Exception):
    """The database cannot be used; the message is one sentence for a person."""


class BusyError(Exception):
    """Somebody else held for too long what a transaction needed; nothing was changed, and it may be tried again."""


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements over whole sets of rows."""
    table: Table = getattr(model, "__table__")  # noqa: B009  (SQLModel's types do not declare it)
    return table


def parse_url(address: str) -> URL:
    """A plain URL (`sqlite:///file`, `postgresql://user@host/db`) with the driver that we use for it."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(
            "TIXING_DATABASE_URL is not a database URL; write sqlite:///file.sqlite or postgresql://user@host/name"
        ) from error
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return url.set(drivername="sqlite")
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f"TIXING_DATABASE_URL names {url.drivername!r}; tixing works on sqlite and postgresql")


def insert_new(session: Session, model: type[SQLModel], row: dict[str, Any]) -> bool:
    """Add a row unless its key is there already; whether it was added."""
    assert session.bind is not None
    insert = sqlite.insert if session.bind.dialect.name == "sqlite" else postgresql.insert
    table = table_of(model)
    statement = insert(table).values(row).on_conflict_do_nothing().returning(*table.primary_key)
    return session.execute(statement).first() is not None


def in_chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in parts that fit into one IN (…)."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


class Database:
    """An engine with transactions of two kinds: `read()` sees one state, `write()` is committed or undone as a whole.

    On SQLite `write()` holds the write lock from its start: a transaction that starts as a reader can fail half-way
    when another writer was faster. On PostgreSQL writers run side by side and take the locks of `store.locks`.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        try:
            self.engine: Engine = create_engine(self.url, **_pool_options(self.url))
        except ModuleNotFoundError as error:
            raise StoreError(
                f"the driver for this database ({error.name}) is not installed: install tixing[postgres]"
            ) from error
        self.is_sqlite = self.url.drivername == "sqlite"
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._use(self.engine)

    def _use(self, engine: Engine) -> None:
        """Both kinds of transactions on this one."""
        how = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading, self._writing = engine.execution_options(**how), engine.execution_options(tixing_write=True)

    def mark_as_copy(self) -> None:
        """It is thrown away, so that its protection may be lifted."""
        self._use(self.engine.execution_options(tixing_copy=True))

    @contextmanager
    def write(self, *, repeats: bool = False, waits: float | None = None) -> Iterator[Session]:
        """One write transaction, committed at the end or rolled back by any error.

        `repeats`: the same statements come again and again, for as many rows each time; a server plans them once.
        `waits`: seconds for which a server may keep it waiting for a lock (a plan holds a whole city); then BusyError,
        and nothing is changed; so it is where two wait for each other, and the server ends this one. On SQLite the wait
        is that for the file (BUSY_TIMEOUT_MS).
        """
        try:
            with self._write(repeats, waits) as session:
                yield session
        except OperationalError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == LOCK_NOT_AVAILABLE or (state == DEADLOCK and waits is not None):
                raise BusyError("others hold what this changes") from error
            raise

    @contextmanager
    def _write(self, repeats: bool, waits: float | None) -> Iterator[Session]:
        with Session(self._writing, expire_on_commit=False) as session:
            yield from self._transaction(session, repeats, waits)
            if self.is_sqlite and session.info.get(ON_DISK):
                self._flush_to_disk()

    def _transaction(self, session: Session, repeats: bool, waits: float | None) -> Iterator[Session]:
        with session.begin():
            if waits is not None and not self.is_sqlite:
                session.execute(text(f"SET LOCAL lock_timeout = {int(waits * 1000)}"))
            if not repeats or self.is_sqlite:
                yield session
                return
            driver: Any = session.connection().connection.driver_connection
            driver.prepare_threshold = PREPARED_AFTER
            try:
                yield session
            finally:
                driver.prepare_threshold = None

    def _flush_to_disk(self) -> None:
        """What was committed outlasts a power cut: a commit alone leaves it to the system (synchronous = NORMAL)."""
        with suppress(FileNotFoundError), Path(f"{self.url.database}-wal").open("rb") as log:
            os.fsync(log.fileno())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One read transaction; nothing is written."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session
            if not self.is_sqlite:
                session.commit()  # rolled back, the connection would forget every statement that it has prepared

    def exists(self) -> bool:
        """Whether there is a database to open; a server answers for itself, so only a missing file says no."""
        if not self.is_sqlite or not self.url.database or self.url.database == ":memory:":
            return True
        return Path(self.url.database).is_file()

    def shown_url(self) -> str:
        """The address without a password."""
        return self.url.render_as_string(hide_password=True)

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to `revision`; the directory of a new SQLite file is made."""
        try:
            if self.is_sqlite and self.url.database and self.url.database != ":memory:":
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            with as_file(files("store") / "migrations") as scripts:
                config = Config()
                config.set_main_option("script_location", str(scripts).replace("%", "%%"))
                with self.engine.execution_options(tixing_write=True).begin() as connection:
                    if not self.is_sqlite:  # several processes may start at once
                        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                    config.attributes["connection"] = connection
                    command.upgrade(config, revision)
        except (SQLAlchemyError, CommandError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise StoreError(f"the database {self.shown_url()} cannot be opened: {cause}") from error

    def copy_to(self, path: Path) -> "Database":
        """A copy of this SQLite database in the file `path`, consistent while others write."""
        if not self.is_sqlite:
            raise StoreError("only a SQLite store can be copied to a file")
        target = sqlite3.connect(path)
        with self.engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(target)
        target.close()
        copy = Database(f"sqlite:///{path}")
        copy.mark_as_copy()
        return copy

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def lift_protection(session: Session) -> None:
    """Let events, histories and duties be changed and removed: only for a copy that is thrown away.

    It drops every trigger, and nothing makes them again; hence it refuses whatever is not such a copy. One on
    PostgreSQL (`store.copies`) has none.
    """
    connection = session.connection()
    if not connection.get_execution_options().get("tixing_copy", False):
        raise StoreError("only a copy of the store may be taken back to an earlier day")
    if connection.dialect.name != "sqlite":
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))  # until the transaction has taken everything back
    triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))


def bulk_insert(
    connection: Connection, model: type[SQLModel], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows of plain values: the driver's own executemany, or COPY, without the ORM's bookkeeping.

    Values go to the driver as they are: dates as ISO strings and JSON as text.
    """
    fill_table(connection, table_of(model).name, columns, rows)


def fill_table(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """The same for a table by its name, such as a scratch table."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        _copy_rows(connection, f"COPY {table} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join(["?"] * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def _copy_rows(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """COPY is the driver's own; its errors become those that all other statements raise."""
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors.Error as error:
        raise DBAPIError.instance(statement, None, error, errors.Error, dialect=connection.dialect) from error


def _pool_options(url: URL) -> dict[str, Any]:
    """A server may have been started anew since; and what a connection keeps for itself is given back each hour.

    A statement is planned for its values, unless `write` is told otherwise: a day's may be a few rows or a whole city.
    """
    if url.drivername == "sqlite":
        return {}
    options = " ".join([NO_TURNING_DISK, *_as_words(url.query.get("options"))])  # theirs come last, and hold
    how = {"options": options, "prepare_threshold": None}
    return {"pool_pre_ping": True, "pool_recycle": 3600, "connect_args": how}


def _as_words(given: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given or ()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are ours, see _begin_sqlite
    for pragma in (
        "foreign_keys = ON",
        "recursive_triggers = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "temp_store = MEMORY",
        f"cache_size = -{SQLITE_PAGE_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("tixing_write", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    driver: Any = connection.connection.driver_connection  # it waits for nobody, so there is no error to be named
    driver.execute("BEGIN")
