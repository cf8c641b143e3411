"""A copy of a store to play in, thrown away afterwards: consistent while others write, and nobody sees it.

On SQLite it is a file in a folder of its own. On PostgreSQL it is a set of temporary tables of one connection, which
hide the real ones of the same names: the service goes on undisturbed, no right is needed but that to temporary tables
(everybody's, unless revoked), and the server itself removes them, even after a crash.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, create_engine, text
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from store.database import Database

RECENT = "(SELECT max(day) - 60 FROM {0})"
# Of the chains only what is recent: a rehearsal adds nothing to them, and they are most of a store that is years old.
PARTS = {
    "record_entry": "day >= " + RECENT,
    "record_personal": "entry_id >= (SELECT min(id) FROM {0} WHERE day >= " + RECENT + ")",
    "record_photo": "entry_id >= (SELECT min(id) FROM {0} WHERE day >= " + RECENT + ")",
}
TEMP_BUFFERS = "128MB"  # the server's default of 8 MB makes a rehearsal wait for the disk


@contextmanager
def discarded_copy(database: Database) -> Iterator[Database]:
    """A copy that exists until the end of the block. On PostgreSQL one transaction of it can be open at a time."""
    with tempfile.TemporaryDirectory(prefix="tixing-copy-") as folder:
        copy = database.copy_to(Path(folder) / "copy.sqlite") if database.is_sqlite else _copy_on_server(database)
        try:
            yield copy
        finally:
            copy.close()


def refresh_statistics(copy: Database) -> None:
    """Let PostgreSQL count a copy's rows anew: no process of the server looks after temporary tables by itself."""
    if not copy.is_sqlite:
        with copy.engine.begin() as connection:
            for table in SQLModel.metadata.sorted_tables:
                connection.execute(text(f"ANALYZE pg_temp.{table.name}"))


def _copy_on_server(database: Database) -> Database:
    copy = Database(database.url.render_as_string(hide_password=False))
    copy.engine = create_engine(copy.url, poolclass=StaticPool)
    with copy.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text(f"SET SESSION temp_buffers = '{TEMP_BUFFERS}'"))
        schema: str = connection.execute(text("SELECT current_schema()")).scalar_one()
        for table in SQLModel.metadata.sorted_tables:
            part = PARTS.get(table.name, "true").format(f'"{schema}"."record_entry"')
            _copy_table(connection, table, f'"{schema}"."{table.name}"', part)
        connection.commit()
    copy.mark_as_copy()
    return copy


def _copy_table(connection: Connection, table: Table, source: str, part: str) -> None:
    """References and triggers are not copied: what is taken back to an earlier day needs neither."""
    name = table.name
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    statements = [
        f"CREATE TEMPORARY TABLE {name} (LIKE {source} INCLUDING ALL)",
        f"INSERT INTO pg_temp.{name} ({columns}) SELECT {columns} FROM {source} WHERE {part}",
    ]
    if table.autoincrement_column is not None:
        key = table.autoincrement_column.name
        numbers = f"pg_temp.{name}_{key}_copy"
        statements += [
            f"CREATE TEMPORARY SEQUENCE {name}_{key}_copy OWNED BY pg_temp.{name}.{key}",
            f"ALTER TABLE pg_temp.{name} ALTER {key} SET DEFAULT nextval('{numbers}')",
            f"SELECT setval('{numbers}', coalesce(max({key}), 0) + 1, false) FROM pg_temp.{name}",
        ]
    for statement in (*statements, f"ANALYZE pg_temp.{name}"):
        connection.execute(text(statement))
