"""Changing a CHECK of a table that is there: SQLite can't, so the table is built anew with all that hangs on it."""

import re

from alembic import op
from sqlalchemy import text


def replace_check(table: str, name: str, condition: str) -> None:
    """Give `table` another CHECK by the name of `name`; rows, indexes and triggers stay. No table may refer to it."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
        return
    definition = _definition(table)
    changed, found = re.subn(
        rf"CONSTRAINT {name} CHECK \((?:[^()]|\([^()]*\))*\)", f"CONSTRAINT {name} CHECK ({condition})", definition
    )
    if found != 1:
        raise ValueError(f"{table} has no constraint {name}")
    rebuild(table, changed)


def replace_check_in_place(table: str, name: str, condition: str) -> None:
    """The same for a table that others refer to: no row is touched (sqlite.org/lang_altertable.html, section 7)."""
    if op.get_bind().dialect.name != "sqlite":
        replace_check(table, name, condition)
        return
    changed, found = re.subn(
        rf"CONSTRAINT {name} CHECK \((?:[^()]|\([^()]*\))*\)",
        f"CONSTRAINT {name} CHECK ({condition})",
        _definition(table),
    )
    if found != 1:
        raise ValueError(f"{table} has no constraint {name}")
    _redefine(table, changed)


def add_check_in_place(table: str, name: str, condition: str) -> None:
    """Give `table` one more CHECK, whoever refers to it."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition})")
        return
    definition = _definition(table).rstrip().removesuffix(")").rstrip()
    _redefine(table, f"{definition}, \n\tCONSTRAINT {name} CHECK ({condition})\n)")


def drop_check_in_place(table: str, name: str) -> None:
    """Take a CHECK from `table`, whoever refers to it."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        return
    check = rf",\s*CONSTRAINT {name} CHECK \((?:[^()]|\([^()]*\))*\)"
    _redefine(table, re.sub(check, "", _definition(table)))


def _redefine(table: str, definition: str) -> None:
    """SQLite only: what its CREATE TABLE says from now on."""
    connection = op.get_bind()
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    connection.execute(text("PRAGMA writable_schema = ON"))
    connection.execute(
        text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": definition, "table": table},
    )
    connection.execute(text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(text("PRAGMA writable_schema = OFF"))


def rebuild(table: str, definition: str) -> None:
    """SQLite only: build `table` anew by `definition` (its CREATE TABLE), which has the same columns."""
    connection = op.get_bind()
    hanging = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type IN ('index', 'trigger') AND sql NOT NULL"),
        {"table": table},
    ).scalars()
    statements = list(hanging)
    columns = ", ".join(f'"{row[1]}"' for row in connection.execute(text(f"PRAGMA table_info({table})")))
    new = f"{table}_new"
    op.execute(re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {new}", definition, count=1))
    op.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {new} RENAME TO {table}")
    for statement in statements:
        op.execute(statement)


def _definition(table: str) -> str:
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    return str(op.get_bind().execute(query, {"table": table}).scalar_one())


def forget_rows(table: str, condition: str) -> None:
    """Remove rows that the earlier tables can't hold, also from a table whose rows are protected."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"DELETE FROM {table} WHERE {condition}")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    query = text("SELECT name, sql FROM sqlite_master WHERE tbl_name = :table AND type = 'trigger'")
    triggers = connection.execute(query, {"table": table}).all()
    for name, _ in triggers:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(f"DELETE FROM {table} WHERE {condition}")
    for _, statement in triggers:
        op.execute(statement)
