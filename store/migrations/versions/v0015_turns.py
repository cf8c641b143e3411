"""all processes together keep to the rate of a provider

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("quiet_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("address = '' OR quiet_until IS NULL", name=op.f("ck_turn_quiet_as_a_whole")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_turn")),
    )


def downgrade() -> None:
    op.drop_table("turn")
