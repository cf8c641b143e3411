"""Where a benchmark works: a SQLite file, or a schema of its own in a PostgreSQL database, emptied before each use."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store.database import Database

SCHEMA = "tixing_benchmark"
ADDRESS_HELP = "postgresql://…: work there, in a schema of its own that is removed; a SQLite file if not given"


@contextmanager
def empty_store(address: str | None, file: Path) -> Iterator[Database]:
    """A new store with its tables: in `file`, or on the server at `address`; a server is left as it was found."""
    if address is None:
        file.unlink(missing_ok=True)
        database = Database(f"sqlite:///{file}")
        database.migrate()
        yield database
        database.close()
        return
    with own_schema(address) as url:
        database = Database(url)
        database.migrate()
        try:
            yield database
        finally:
            database.close()


@contextmanager
def own_schema(address: str) -> Iterator[str]:
    """An empty schema on the server at `address`, as the address of connections that work in it; removed afterwards."""
    _run_alone(address, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}")
    url = Database(address).url.update_query_dict({"options": f"-csearch_path={SCHEMA}"}).set(drivername="postgresql")
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        _run_alone(address, f"DROP SCHEMA {SCHEMA} CASCADE")


def freshen(database: Database, tables: Iterable[str] = ()) -> None:
    """On a server: clear away what was rolled back and look at the rows anew (all tables, or these)."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM (ANALYZE) {', '.join(tables)}"))
            connection.execute(text("CHECKPOINT"))


def trust_rows(connection: Connection) -> None:
    """On a server, for this transaction: don't look up every reference of rows that we made up to fit."""
    if connection.dialect.name == "postgresql":
        try:
            with connection.begin_nested():
                connection.execute(text("SET LOCAL session_replication_role = replica"))
        except DBAPIError:
            return  # only a superuser may: the rows are looked up, which takes longer


def number_on(connection: Connection, *tables: str) -> None:
    """On a server: new rows are numbered after those that brought their own numbers."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))


def _run_alone(address: str, *statements: str) -> None:
    database = Database(address)
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    database.close()
