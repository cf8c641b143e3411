"""the two doors of the bot: dialogs, web accounts and their sessions, files; a person of several parties

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, rebuild, replace_check_in_place

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
BEFORE = ("unit_contact", "safety_manager", "legal_rep", "maintainer_contact", "duty_officer", "regulator_officer")
NEW = ("maintainer_admin", "worker", "inspector", "tester", "street_officer")
ONE_PERSON, SEVERAL = ("channel", "address"), ("channel", "address", "contact_id")
LINE = ("media", "is_html", "version", "gone")


def upgrade() -> None:
    replace_check_in_place("contact", "ck_contact_role_known", _one_of((*BEFORE, *NEW)))
    _one_row_for_each("uq_chat_channel_address", ONE_PERSON, "uq_chat_channel_address_contact_id", SEVERAL)
    op.add_column("chat_message", sa.Column("media", sa.JSON(), nullable=True))
    op.add_column("chat_message", sa.Column("is_html", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chat_message", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("chat_message", sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "door",
        sa.Column("channel", TEXT(), nullable=False),
        sa.Column("address", TEXT(), nullable=False),
        sa.Column("acts_as", sa.Integer(), nullable=True),
        sa.Column("language", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["acts_as"], ["contact.id"], name=op.f("fk_door_acts_as_contact")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_door")),
    )
    op.create_table(
        "dialog_state",
        sa.Column("chat", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "key", name=op.f("pk_dialog_state")),
    )
    op.create_table(
        "web_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("read_to", sa.Integer(), nullable=False),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_web_account_phone_is_e164")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_account")),
        sa.UniqueConstraint("phone", name=op.f("uq_web_account_phone")),
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT(), nullable=False),
        sa.Column("browser", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("seen_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_web_session_expires_later")),
        sa.ForeignKeyConstraint(["account_id"], ["web_account.id"], name=op.f("fk_web_session_account_id_web_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
    )
    op.create_index("ix_web_session_account", "web_session", ["account_id"])
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("mime", TEXT(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", TEXT(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"])


def downgrade() -> None:
    for table in ("stored_file", "web_session", "web_account", "dialog_state", "door"):
        op.drop_table(table)
    for column in LINE:
        op.drop_column("chat_message", column)
    later = "id NOT IN (SELECT min(id) FROM chat GROUP BY channel, address)"
    op.execute(f"DELETE FROM chat WHERE {later}")
    _one_row_for_each("uq_chat_channel_address_contact_id", SEVERAL, "uq_chat_channel_address", ONE_PERSON)
    gone = _one_of(NEW)
    op.execute(f"UPDATE delivery SET contact_id = NULL WHERE contact_id IN (SELECT id FROM contact WHERE {gone})")
    op.execute(f"DELETE FROM chat WHERE contact_id IN (SELECT id FROM contact WHERE {gone})")
    forget_rows("contact", gone)
    replace_check_in_place("contact", "ck_contact_role_known", _one_of(BEFORE))


def _one_of(roles: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"role IN ({listed})"


def _one_row_for_each(before: str, old: tuple[str, ...], after: str, new: tuple[str, ...]) -> None:
    """Give `chat` another unique key."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(before, "chat", type_="unique")
        op.create_unique_constraint(after, "chat", list(new))
        return
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'chat'")
    definition = str(connection.execute(query).scalar_one())
    former, latter = (
        f"CONSTRAINT {name} UNIQUE ({', '.join(columns)})" for name, columns in ((before, old), (after, new))
    )
    if former not in definition:
        raise ValueError(f"chat has no constraint {before}")
    rebuild("chat", definition.replace(former, latter))
