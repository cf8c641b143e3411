"""one-time codes, lost telephones, and by which number somebody has shown whose a chat is

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import rebuild

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NAME = "ck_chat_phone_is_e164"
CONDITION = "phone IS NULL OR phone LIKE '+%'"
PRESENT = sa.text("to_on IS NULL AND phone IS NOT NULL")


def upgrade() -> None:
    _add_phone()
    op.create_index("ix_contact_phone", "contact", ["phone"], sqlite_where=PRESENT, postgresql_where=PRESENT)
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("number", "purpose", "asked_from", "digest")),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", MOMENT(), nullable=True),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_one_time_code_expires_later")),
        sa.CheckConstraint("tries >= 0 AND tries <= 5", name=op.f("ck_one_time_code_tries_counted")),
        sa.CheckConstraint("used_at IS NULL OR is_sent", name=op.f("ck_one_time_code_used_if_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index("ix_one_time_code_number", "one_time_code", ["number", "asked_at"])
    op.create_index("ix_one_time_code_asked_from", "one_time_code", ["asked_from", "asked_at"])
    op.create_index("ix_one_time_code_asked_at", "one_time_code", ["asked_at"])
    op.create_table(
        "lost_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("since_at", MOMENT(), nullable=False),
        sa.Column("until_at", MOMENT(), nullable=False),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_lost_phone_phone_is_e164")),
        sa.CheckConstraint("until_at >= since_at", name=op.f("ck_lost_phone_ends_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_phone")),
    )
    op.create_index("ix_lost_phone_phone", "lost_phone", ["phone", "until_at"])


def downgrade() -> None:
    op.drop_table("lost_phone")
    op.drop_table("one_time_code")
    op.drop_index("ix_contact_phone", "contact")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "chat", type_="check")
    else:
        rebuild("chat", _definition().replace(f"CONSTRAINT {NAME} CHECK ({CONDITION}), ", ""))
    op.drop_column("chat", "phone")


def _add_phone() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("chat", sa.Column("phone", TEXT(), nullable=True))
        op.create_check_constraint(op.f(NAME), "chat", CONDITION)
        return
    before, mark, after = _definition().partition("CONSTRAINT")
    if not mark:
        raise ValueError("chat has no constraints")
    rebuild("chat", f"{before}phone VARCHAR, CONSTRAINT {NAME} CHECK ({CONDITION}), {mark}{after}")


def _definition() -> str:
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'chat'")
    return str(op.get_bind().execute(query).scalar_one())
