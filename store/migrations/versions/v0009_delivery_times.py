"""since when a message could have gone, and when its provider took it

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES = ("due_at", "sent_at")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("delivery", sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_index("ix_delivery_attempted_at", "delivery", ["attempted_at"])
    op.execute("UPDATE delivery SET sent_at = settled_at WHERE status IN ('sent', 'delivered')")


def downgrade() -> None:
    op.drop_index("ix_delivery_attempted_at", "delivery")
    for name in NAMES:
        op.drop_column("delivery", name)
