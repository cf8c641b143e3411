"""Migrations: what they build is what the models say, on a new file and on one that is there."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

import store
from store.database import Database
from store.migrations.collation import sort_by_bytes

assert store.__all__  # importing the package registers every table


# Of PostgreSQL: columns with type, default and collation, constraints, indexes, triggers, as the server writes them.
DEFINITIONS = (
    """SELECT c.relname, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), l.collname)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped""",
    """SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'""",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
)


def schema_of(engine: Engine) -> set[tuple[str, str]]:
    """Every piece of every table's definition, in no order and without spelling differences."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found = {tuple(row) for query in DEFINITIONS for row in connection.execute(text(query))}
            return {(table, piece) for table, piece in found if table != "alembic_version"}
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL")
        ).all()
    pieces = set()
    for name, sql in rows:
        if name != "alembic_version":
            before, _, inner = sql.partition("(")
            inner, _, after = inner.rpartition(")")
            parts = [before, after, *split_at_top(inner)]
            pieces.update((name, " ".join(part.replace('"', "").split())) for part in parts if part.strip())
    return pieces


def split_at_top(text: str) -> list[str]:
    """The pieces between commas that stand in no brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def tables_of(engine: Engine) -> list[str]:
    return [name for name in inspect(engine).get_table_names() if not name.startswith("sqlite_")]


def test_the_migrated_store_is_the_one_of_the_models(database: Database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_checks_and_partial_keys_are_those_of_the_models_too(
    database: Database, stores: Any, store_kind: str, tmp_path_factory: pytest.TempPathFactory
):
    """Alembic compares neither, so the definitions are compared as the database keeps them."""
    models = Database(stores.url(store_kind, tmp_path_factory.mktemp("models")))
    SQLModel.metadata.create_all(models.engine)
    if not models.is_sqlite:
        with models.engine.begin() as connection:
            sort_by_bytes(connection)
    migrated, declared = schema_of(database.engine), schema_of(models.engine)
    models.close()
    assert declared - migrated == set()
    assert migrated - declared == set()


def test_an_empty_file_becomes_a_store(tmp_path: Path):
    path = tmp_path / "empty.sqlite"
    path.touch()
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM lift").fetchone() == (0,)


def test_the_folder_of_a_new_store_is_made(tmp_path: Path):
    path = tmp_path / "a" / "b" / "store.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    assert path.is_file()


def test_migrating_again_changes_nothing_and_loses_nothing(database: Database):
    with database.write() as session:
        session.execute(text("INSERT INTO city (id, name) VALUES ('guangzhou', '广州')"))
    before = schema_of(database.engine)
    database.migrate()
    with database.read() as session:
        assert session.execute(text("SELECT name FROM city")).scalar_one() == "广州"
    assert schema_of(database.engine) == before


def test_the_way_back_leaves_nothing_and_can_be_gone_again(database: Database):
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    before = schema_of(database.engine)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables_of(database.engine) == ["alembic_version"]
    database.migrate()
    assert schema_of(database.engine) == before
