"""One consistent state of a store as a file, made while the store runs: a tar of its tables and what they hold.

Of SQLite it holds the file itself, by the backup interface of the library; of PostgreSQL every table as COPY writes it,
from one snapshot. pg_dump is not asked: it must be as new as the server, and is not on every machine.
"""

import json
import tarfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlmodel import SQLModel

from store.database import Database, table_of
from store.records import RecordEntry

MANIFEST, FILE = "manifest.json", "store.sqlite"
SQLITE, SERVER = "sqlite", "postgresql"
FORM = "tixing backup 1"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the revision of its tables, their columns, and how many entries of records."""

    form: str
    kind: str
    revision: str
    made_at: str
    entries: int
    tables: dict[str, list[str]]


def pack(database: Database, target: Path, folder: Path, *, now: datetime) -> Manifest:
    """Write the state of this moment to `target`; `folder` has room for a copy."""
    return (
        _pack_file(database, target, folder, now) if database.is_sqlite else _pack_server(database, target, folder, now)
    )


def _pack_file(database: Database, target: Path, folder: Path, now: datetime) -> Manifest:
    copy = database.copy_to(folder / FILE)
    with copy.engine.connect() as connection:
        manifest = _manifest(connection, SQLITE, now)
    copy.close()
    with tarfile.open(target, "w:gz", compresslevel=1) as tar:
        _add_manifest(tar, manifest, folder)
        tar.add(folder / FILE, FILE)
    (folder / FILE).unlink()
    return manifest


def _pack_server(database: Database, target: Path, folder: Path, now: datetime) -> Manifest:
    how: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        database.engine.connect().execution_options(**how) as connection,
        tarfile.open(target, "w:gz", compresslevel=1) as tar,
    ):
        manifest = _manifest(connection, SERVER, now)
        _add_manifest(tar, manifest, folder)
        for table in SQLModel.metadata.sorted_tables:
            part = folder / table.name
            _copy_out(connection, table, part)
            tar.add(part, f"tables/{table.name}")
            part.unlink()
    return manifest


def _manifest(connection: Connection, kind: str, now: datetime) -> Manifest:
    return Manifest(
        FORM,
        kind,
        connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one(),
        now.isoformat(),
        connection.execute(select(func.count()).select_from(table_of(RecordEntry))).scalar_one(),
        {table.name: [column.name for column in table.columns] for table in SQLModel.metadata.sorted_tables},
    )


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    tar.add(path, MANIFEST)
    path.unlink()


def _copy_out(connection: Connection, table: Table, path: Path) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) TO STDOUT (FORMAT binary)') as copy,
        path.open("wb") as file,
    ):
        for block in copy:
            file.write(block)
