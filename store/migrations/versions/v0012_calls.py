"""what waits in the inbox is found without reading all of it

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WAITING = sa.text("handled_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_inbox_waiting", "inbox", ["source", "id"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_inbox_waiting", "inbox")
