"""a number that somebody else has now opens an inbox of its own; wrong tries are counted by where they come from; a
telephone can be lost for one party

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
PRESENT = sa.text("ended_at IS NULL")
PHONE = "phone LIKE '+%'"


def upgrade() -> None:
    _make_codes(by_place=True)
    _make_lost_phones(by_party=True)
    _make_accounts(with_end=True)
    op.create_index("ix_stored_file_at", "stored_file", ["at"])


def downgrade() -> None:
    op.drop_index("ix_stored_file_at", "stored_file")
    op.execute("DELETE FROM web_session WHERE account_id IN (SELECT id FROM web_account WHERE ended_at IS NOT NULL)")
    op.execute("DELETE FROM web_account WHERE ended_at IS NOT NULL")
    _make_accounts(with_end=False)
    op.execute("DELETE FROM lost_phone WHERE party_id IS NOT NULL")
    _make_lost_phones(by_party=False)
    _make_codes(by_place=False)


def _make_codes(*, by_place: bool) -> None:
    """Codes are good for five minutes: those of before are asked for again."""
    op.drop_table("one_time_code")
    elsewhere = "tries_elsewhere >= 0 AND tries_elsewhere <= 5"
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("number", "purpose", "asked_from", "digest")),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        *((sa.Column("tries_elsewhere", sa.Integer(), nullable=False),) if by_place else ()),
        sa.Column("used_at", MOMENT(), nullable=True),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_one_time_code_expires_later")),
        sa.CheckConstraint("tries >= 0 AND tries <= 5", name=op.f("ck_one_time_code_tries_counted")),
        *((sa.CheckConstraint(elsewhere, name=op.f("ck_one_time_code_tries_elsewhere_counted")),) if by_place else ()),
        sa.CheckConstraint("used_at IS NULL OR is_sent", name=op.f("ck_one_time_code_used_if_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index("ix_one_time_code_number", "one_time_code", ["number", "asked_at"])
    op.create_index("ix_one_time_code_asked_from", "one_time_code", ["asked_from", "asked_at"])
    op.create_index("ix_one_time_code_asked_at", "one_time_code", ["asked_at"])


def _make_lost_phones(*, by_party: bool) -> None:
    columns = ("phone", "since_at", "until_at")
    kept = _keep("lost_phone", columns)
    op.drop_table("lost_phone")
    key = sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_lost_phone_party_id_party"))
    op.create_table(
        "lost_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        *((sa.Column("party_id", sa.Integer(), nullable=True),) if by_party else ()),
        sa.Column("since_at", MOMENT(), nullable=False),
        sa.Column("until_at", MOMENT(), nullable=False),
        sa.CheckConstraint(PHONE, name=op.f("ck_lost_phone_phone_is_e164")),
        sa.CheckConstraint("until_at >= since_at", name=op.f("ck_lost_phone_ends_later")),
        *((key,) if by_party else ()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_phone")),
    )
    op.create_index("ix_lost_phone_phone", "lost_phone", ["phone", "until_at"])
    _put_back("lost_phone", columns, kept)


def _make_accounts(*, with_end: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        if with_end:
            op.add_column("web_account", sa.Column("ended_at", MOMENT(), nullable=True))
            op.drop_constraint("uq_web_account_phone", "web_account", type_="unique")
            _index_accounts()
        else:
            op.drop_index("uq_web_account_phone", "web_account")
            op.create_unique_constraint(op.f("uq_web_account_phone"), "web_account", ["phone"])
            op.drop_column("web_account", "ended_at")
        return
    account = ("id", "phone", "created_at", "read_to")
    browser = ("id", "account_id", "digest", "browser", "created_at", "seen_at", "expires_at", "revoked_at")
    accounts, browsers = _keep("web_account", account), _keep("web_session", browser)
    op.drop_table("web_session")  # it refers to the accounts, which SQLite can only build anew
    op.drop_table("web_account")
    unique = () if with_end else (sa.UniqueConstraint("phone", name=op.f("uq_web_account_phone")),)
    op.create_table(
        "web_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("read_to", sa.Integer(), nullable=False),
        *((sa.Column("ended_at", MOMENT(), nullable=True),) if with_end else ()),
        sa.CheckConstraint(PHONE, name=op.f("ck_web_account_phone_is_e164")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_account")),
        *unique,
    )
    if with_end:
        _index_accounts()
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("digest", "browser")),
        *(sa.Column(name, MOMENT(), nullable=False) for name in ("created_at", "seen_at", "expires_at")),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_web_session_expires_later")),
        sa.ForeignKeyConstraint(["account_id"], ["web_account.id"], name=op.f("fk_web_session_account_id_web_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
    )
    op.create_index("ix_web_session_account", "web_session", ["account_id"])
    _put_back("web_account", account, accounts)
    _put_back("web_session", browser, browsers)


def _index_accounts() -> None:
    op.create_index(
        "uq_web_account_phone",
        "web_account",
        ["phone"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )


Rows = list[dict[str, object]]


def _keep(table: str, columns: tuple[str, ...]) -> Rows:
    """The rows as the driver gives them: moments stay as they are written."""
    found = op.get_bind().execute(sa.text(f"SELECT {', '.join(columns)} FROM {table}"))
    return [dict(row._mapping) for row in found]


def _put_back(table: str, columns: tuple[str, ...], rows: Rows) -> None:
    if rows:
        values = ", ".join(f":{name}" for name in columns)
        op.get_bind().execute(sa.text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"), rows)
