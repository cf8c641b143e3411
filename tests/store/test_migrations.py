"""Migrations: what they build is what the models say, on a new file and on one that is there."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

import store
from store.database import Database

assert store.__all__  # importing the package registers every table


def schema_of(engine: Engine) -> set[tuple[str, str, str]]:
    """Every table and index with the pieces of its definition, in no order and without spelling differences."""
    with engine.connect() as connection:
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


def test_the_migrated_store_is_the_one_of_the_models(database: Database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_checks_and_partial_keys_are_those_of_the_models_too(database: Database, tmp_path: Path):
    """Alembic compares neither, so the definitions are compared as SQLite keeps them."""
    models = Database(f"sqlite:///{tmp_path / 'models.sqlite'}")
    SQLModel.metadata.create_all(models.engine)
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
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")).scalars().all()
    assert left == ["alembic_version"]
    database.migrate()
    assert schema_of(database.engine) == before
