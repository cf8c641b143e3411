"""a regime is known by the day on which it begins

Revision ID: 0005
Revises: 0003
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
READ = sa.text("SELECT city_id, from_on, rulebook, beside FROM regime").columns(from_on=sa.Date())


def upgrade() -> None:
    rows = _rows()
    _make("from_on", sa.Column("from_on", sa.Date(), nullable=False), sa.Column("rulebook", TEXT, nullable=False))
    # of two that begin on one day the one that was in force until now: the last by name
    by_day = {(row["city_id"], row["from_on"] or date.min): row for row in rows}
    _fill([{**row, "from_on": from_on} for (_, from_on), row in by_day.items()])


def downgrade() -> None:
    rows = _rows()
    _make("rulebook", sa.Column("rulebook", TEXT, nullable=False), sa.Column("from_on", sa.Date(), nullable=True))
    # the earlier tables know each rulebook of a city once: its first beginning, so that there always is one
    by_book = {(row["city_id"], row["rulebook"]): row for row in reversed(rows)}
    _fill([{**row, "from_on": None if row["from_on"] == date.min else row["from_on"]} for row in by_book.values()])


def _rows() -> list[dict[str, Any]]:
    found = [dict(row) for row in op.get_bind().execute(READ).mappings()]
    return sorted(found, key=lambda row: (row["city_id"], row["from_on"] or date.min, row["rulebook"]))


def _make(key: str, *columns: sa.Column[Any]) -> None:
    op.drop_table("regime")
    op.create_table(
        "regime",
        sa.Column("city_id", TEXT, nullable=False),
        *columns,
        sa.Column("beside", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_regime_city_id_city")),
        sa.PrimaryKeyConstraint("city_id", key, name=op.f("pk_regime")),
    )


def _fill(rows: Sequence[dict[str, Any]]) -> None:
    columns = (sa.column("city_id"), sa.column("from_on", sa.Date()), sa.column("rulebook"), sa.column("beside"))
    op.bulk_insert(sa.table("regime", *columns), list(rows))
