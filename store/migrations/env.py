"""Alembic's entry: runs on the connection that `Database.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import store  # noqa: F401  (registers every table)
from store.migrations.collation import sort_by_bytes

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
if connection.dialect.name == "postgresql":
    sort_by_bytes(connection)
