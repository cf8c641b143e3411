"""A backup becomes a store again: at a new address, never over what is there."""

import gzip
import json
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from schedules.dates import ONE_DAY
from store.database import Database
from tixing.backups.packing import FILE, FORM, MANIFEST, SERVER, Manifest
from tixing.backups.sealing import opened
from tixing.errors import TixingError, UsageError
from tixing.times import now_utc

BLOCK = 1 << 20
PART = ".part"
SCRATCH, SCRATCH_NAME = "tixing_check_", re.compile("tixing_check_[0-9]{8}_[0-9a-f]{12}")
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite writes beside a file, and reads with it


def restore(path: Path, url: str, key: Path | None, *, newest: bool = True) -> Manifest:
    """Make the store of a backup at `url`, where there is none; `newest`: with the tables of today.

    A file stands under its name only when it is whole: what was interrupted lies beside it, ends in `.part`, and is
    written over by the next try.
    """
    database = Database(url)
    target = _free_file(database) if database.is_sqlite else None
    if target is not None:
        database.close()
        database = Database(f"sqlite:///{target}{PART}")
        _remove(Path(f"{target}{PART}"))
    try:
        with tempfile.TemporaryDirectory(prefix="tixing-restore-") as folder, opened(path, key, Path(folder)) as plain:
            manifest = _fill(plain, database)
        if newest:
            database.migrate()
        database.close()
        if target is not None:
            Path(f"{target}{PART}").replace(target)
        return manifest
    except BaseException:
        database.close()
        if target is not None:
            _remove(Path(f"{target}{PART}"))
        raise


def _free_file(database: Database) -> Path:
    """The file that is to be made. One that is there is kept, and so is what SQLite would read with it."""
    target = Path(database.url.database or "")
    if not database.url.database or target.exists():
        raise UsageError(f"{target} exists; a backup is restored beside it, never over it")
    for beside in BESIDE:
        left = Path(f"{target}{beside}")
        if left.exists():
            raise UsageError(f"{left} is left of another store, and would be read into this one: move it away first")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _remove(part: Path) -> None:
    for name in ("", *BESIDE):
        Path(f"{part}{name}").unlink(missing_ok=True)


@contextmanager
def scratch_store(
    path: Path, key: Path | None, like: Database | None, folder: Path
) -> Iterator[tuple[Database, Manifest]]:
    """A backup as a store that is thrown away: a file, or a database of its own on the server that `like` is on."""
    if like is None or like.is_sqlite:
        url = f"sqlite:///{folder / f'scratch-{uuid4().hex}.sqlite'}"
        with _filled(path, key, url) as found:
            yield found
        return
    name = f"{SCRATCH}{now_utc():%Y%m%d}_{uuid4().hex[:12]}"
    admin = like.engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        _drop_left(connection)
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        with _filled(
            path,
            key,
            like.url.set(database=name).difference_update_query(["options"]).render_as_string(hide_password=False),
        ) as found:
            yield found
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _drop_left(connection: Connection) -> None:
    """Scratch databases of machines that were killed a day ago or more."""
    until = f"{SCRATCH}{now_utc() - ONE_DAY:%Y%m%d}"
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :scratch) AND datname < :until")
    for name in connection.execute(query, {"scratch": SCRATCH, "until": until}).scalars().all():
        if SCRATCH_NAME.fullmatch(name):
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def _filled(path: Path, key: Path | None, url: str) -> Iterator[tuple[Database, Manifest]]:
    manifest = restore(path, url, key, newest=False)
    database = Database(url)
    try:
        yield database, manifest
    finally:
        database.close()


def _fill(plain: Path, database: Database) -> Manifest:
    try:
        with gzip.open(plain) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST:
                raise UsageError(f"{plain.name} is no backup of tixing")
            manifest = Manifest(**json.loads(_inside(tar, first).read()))
            if manifest.form != FORM:
                raise UsageError(f"{plain.name} is of another form: {manifest.form}")
            if (manifest.kind == SERVER) == database.is_sqlite:
                raise UsageError(f"{plain.name} is of a {manifest.kind} store: restore it to one of that kind")
            if database.is_sqlite:
                _fill_file(tar, database)
            else:
                _fill_server(tar, database, manifest, plain.name, unpacked)
            _read_out(unpacked)
            return manifest
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise TixingError(f"{plain.name} is not a whole backup: {error}") from error


def _fill_file(tar: tarfile.TarFile, database: Database) -> None:
    target = Path(database.url.database or "")
    member = tar.next()
    if member is None or member.name != FILE:
        raise TixingError("the backup holds no store")
    source = _inside(tar, member)
    with target.open("wb") as file:
        while block := source.read(BLOCK):
            file.write(block)
    if target.stat().st_size != member.size:
        raise TixingError("it is not a whole backup: it ends before its store does")


def _fill_server(
    tar: tarfile.TarFile, database: Database, manifest: Manifest, plain: str, unpacked: gzip.GzipFile
) -> None:
    if inspect(database.engine).get_table_names():
        raise UsageError(f"{database.shown_url()} holds tables; a backup is restored into an empty database")
    database.migrate(manifest.revision)
    missing = set(manifest.tables)
    with database.engine.begin() as connection:
        while (member := tar.next()) is not None:
            name = member.name.removeprefix("tables/")
            _copy_in(database, connection, name, manifest.tables[name], _inside(tar, member))
            missing.discard(name)
        if missing:
            raise TixingError(f"{plain} is not a whole backup: {len(missing)} tables are missing")
        _count_on(connection, manifest)
        _read_out(unpacked)  # before anything of it stays


def _read_out(unpacked: gzip.GzipFile) -> None:
    """To the end, where the sum over all of it stands."""
    while unpacked.read(BLOCK):
        pass


def _copy_in(database: Database, connection: Connection, table: str, columns: list[str], source: IO[bytes]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)') as copy:
            while block := source.read(BLOCK):
                copy.write(block)
    except driver_errors(database) as error:
        raise TixingError(f"the table {table} of the backup is not whole: {str(error).splitlines()[0]}") from error


def driver_errors(database: Database) -> Any:
    """The class of the driver's own errors, which COPY and copies of files raise as they are."""
    dbapi: Any = database.engine.dialect.dbapi
    return dbapi.Error


def _count_on(connection: Connection, manifest: Manifest) -> None:
    """New rows get numbers after those that are there."""
    for table in SQLModel.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or table.name not in manifest.tables:
            continue
        name = connection.execute(text(f"SELECT pg_get_serial_sequence('{table.name}', '{column.name}')")).scalar()
        if name is not None:
            newest = f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}")'
            connection.execute(text(f"SELECT setval('{name}', {newest}, false)"))


def _inside(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    source = tar.extractfile(member)
    if source is None:
        raise TixingError(f"{member.name} of the backup is no file")
    return source


def may_not(error: DBAPIError) -> bool:
    """Whether the server refused because this user has no right to it."""
    return getattr(error.orig, "sqlstate", None) == "42501"
