"""in which way somebody is told first; a party's notices lie together in the queue

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
WAITING = sa.text("status IN ('planned', 'sending', 'unknown')")


def upgrade() -> None:
    op.create_table(
        "first_way",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("duty", TEXT(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("first", TEXT(), nullable=False),
        sa.CheckConstraint("first IN ('sms', 'chat')", name=op.f("ck_first_way_first_known")),
        sa.CheckConstraint(
            "(phone = '') <> (duty = '') AND (city_id = '') = (duty = '')",
            name=op.f("ck_first_way_of_a_person_or_a_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_way")),
        sa.UniqueConstraint("city_id", "duty", "phone", name=op.f("uq_first_way_city_id_duty_phone")),
    )
    _queue("status", "send_on", "party_id")


def downgrade() -> None:
    _queue("status", "send_on")
    op.drop_table("first_way")


def _queue(*columns: str) -> None:
    op.drop_index("ix_notice_waiting", "notice")
    op.create_index("ix_notice_waiting", "notice", columns, sqlite_where=WAITING, postgresql_where=WAITING)
