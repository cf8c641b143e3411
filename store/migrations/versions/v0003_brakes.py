"""what an import changed, forecasts of plans and plans that are held

Revision ID: 0003
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = (
    "kind IN ('lift', 'lift_added', 'names', 'use_unit', 'maintainer', 'duty', 'party', 'contact_ended', "
    "'contact_added', 'task', 'told', 'notice', 'notice_added')"
)
TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("import_run", sa.Column("undone_at", MOMENT, nullable=True))
    op.add_column("lift", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.create_table(
        "import_change",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.CheckConstraint(CHANGES, name=op.f("ck_import_change_kind_known")),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_change_import_id_import_run")),
        sa.PrimaryKeyConstraint("import_id", "kind", "row_id", name=op.f("pk_import_change")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "plan_forecast",
        sa.Column("city_id", TEXT, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("opens", sa.JSON(), nullable=False),
        sa.Column("believed", sa.Integer(), nullable=False),
        sa.CheckConstraint("believed >= 0", name=op.f("ck_plan_forecast_no_negative_belief")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_plan_forecast_city_id_city")),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_plan_forecast")),
    )
    op.create_table(
        "plan_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("duties", sa.Integer(), nullable=False),
        sa.Column("forecast", sa.Integer(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome = '')", name=op.f("ck_plan_hold_ended_with_outcome")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_plan_hold_reason_not_blank")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_plan_hold_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_hold")),
    )
    op.create_index(
        "uq_plan_hold_open", "plan_hold", ["city_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_table("plan_hold")
    op.drop_table("plan_forecast")
    op.drop_table("import_change")
    op.drop_column("lift", "withdrawn_on")
    op.drop_column("import_run", "undone_at")
