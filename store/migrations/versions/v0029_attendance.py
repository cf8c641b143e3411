"""who comes to a visit

Revision ID: 0029
Revises: 0026
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("way", TEXT(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", MOMENT(), nullable=False),
        sa.CheckConstraint("way IN ('chat', 'sms')", name=op.f("ck_attendance_way_known")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_attendance_no_negative_sequence")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_attendance_name_not_blank")),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_attendance_phone_is_e164")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_attendance_visit_id_visit")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_attendance_party_id_party")),
        sa.ForeignKeyConstraint(["said_by"], ["contact.id"], name=op.f("fk_attendance_said_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("visit_id", "sequence", "party_id", name=op.f("uq_attendance_visit_id_sequence_party_id")),
    )


def downgrade() -> None:
    op.drop_table("attendance")
