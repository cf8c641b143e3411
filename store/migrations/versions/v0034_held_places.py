"""places of half days that a published plan holds until its units answer; lifts are found by their compound

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from store.migrations.reshape import add_check_in_place, drop_check_in_place

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

PUBLISHED = "ck_year_plan_holds_what_is_published"


def upgrade() -> None:
    op.add_column("slot", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    add_check_in_place("slot", "ck_slot_no_negative_held", "held >= 0")
    op.add_column("year_plan", sa.Column("holds_until", sa.Date(), nullable=True))
    add_check_in_place("year_plan", PUBLISHED, "holds_until IS NULL OR published_at IS NOT NULL")
    op.create_table(
        "round_place",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.CheckConstraint("held > 0", name=op.f("ck_round_place_holds_something")),
        sa.ForeignKeyConstraint(["round_id"], ["plan_round.id"], name=op.f("fk_round_place_round_id_plan_round")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_round_place_slot_id_slot")),
        sa.PrimaryKeyConstraint("round_id", "slot_id", name=op.f("pk_round_place")),
    )
    op.create_index("ix_round_place_slot", "round_place", ["slot_id"])
    op.create_index("ix_lift_compound", "lift", ["compound"])


def downgrade() -> None:
    op.drop_index("ix_lift_compound", "lift")
    op.drop_table("round_place")
    drop_check_in_place("year_plan", PUBLISHED)
    op.drop_column("year_plan", "holds_until")
    drop_check_in_place("slot", "ck_slot_no_negative_held")
    op.drop_column("slot", "held")
