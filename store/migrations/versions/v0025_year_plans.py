"""plans of a department's year: rounds to units with their lifts, what units say to them, and what is not planned

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
WHY = (
    "listed_twice",
    "no_validity",
    "validity_past",
    "window_closed",
    "window_later",
    "window_impossible",
    "no_inspector",
    "no_capacity",
)


def upgrade() -> None:
    op.create_table(
        "year_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("published_at", MOMENT(), nullable=True),
        sa.Column("replaced_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_year_plan_department_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_plan")),
    )
    current = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_year_plan_current",
        "year_plan",
        ["department_id", "year"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )
    op.create_table(
        "plan_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", TEXT(), nullable=True),
        sa.Column("adjusted", sa.Date(), nullable=True),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", MOMENT(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'agreed', 'declined')", name=op.f("ck_plan_round_state_known")),
        sa.CheckConstraint("half IN ('am', 'pm')", name=op.f("ck_plan_round_half_known")),
        sa.CheckConstraint("(state = 'proposed') = (answered_at IS NULL)", name=op.f("ck_plan_round_answered_whole")),
        sa.ForeignKeyConstraint(["plan_id"], ["year_plan.id"], name=op.f("fk_plan_round_plan_id_year_plan")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_plan_round_party_id_party")),
        sa.ForeignKeyConstraint(["answered_by"], ["contact.id"], name=op.f("fk_plan_round_answered_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_round")),
    )
    op.create_index("ix_plan_round_party", "plan_round", ["party_id"])
    op.create_index("ix_plan_round_plan", "plan_round", ["plan_id"])
    op.create_table(
        "plan_lift",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("why", TEXT(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("after_target", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"why IN ({', '.join(repr(one) for one in WHY)})", name=op.f("ck_plan_lift_why_known")),
        sa.CheckConstraint("(round_id IS NULL) = (why IS NOT NULL)", name=op.f("ck_plan_lift_on_a_round_or_not")),
        sa.ForeignKeyConstraint(["plan_id"], ["year_plan.id"], name=op.f("fk_plan_lift_plan_id_year_plan")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_plan_lift_lift_id_lift")),
        sa.ForeignKeyConstraint(["round_id"], ["plan_round.id"], name=op.f("fk_plan_lift_round_id_plan_round")),
        sa.PrimaryKeyConstraint("plan_id", "lift_id", name=op.f("pk_plan_lift")),
    )
    op.create_index("ix_plan_lift_round", "plan_lift", ["round_id"])
    op.create_index("ix_plan_lift_lift", "plan_lift", ["lift_id"])


def downgrade() -> None:
    op.drop_table("plan_lift")
    op.drop_table("plan_round")
    op.drop_table("year_plan")
