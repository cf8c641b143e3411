"""the log of backups

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tried", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(error = '') = (length(sha256) = 64)", name=op.f("ck_backup_whole_or_error")),
        sa.CheckConstraint("NOT tried OR error = ''", name=op.f("ck_backup_tried_is_there")),
        sa.CheckConstraint("finished_at >= made_at", name=op.f("ck_backup_ends_after_start")),
        sa.CheckConstraint("size >= 0 AND entries >= 0", name=op.f("ck_backup_no_negative_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
    )
    op.create_index("ix_backup_made_at", "backup", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_backup_made_at", table_name="backup")
    op.drop_table("backup")
