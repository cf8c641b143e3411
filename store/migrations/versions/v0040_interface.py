"""the data interface: keys, answers that are repeated, messages to other platforms, who passed its test

Revision ID: 0040
Revises: 0038
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

TASK_KINDS = "ck_task_kind_known"
NEW_TASKS = ("webhook_stopped",)
TASKS_BEFORE = (
    "call",
    "no_contact",
    "bad_phone",
    "bad_credit_code",
    "unknown_district",
    "no_validity",
    "validity_too_old",
    "inspected_not_updated",
    "use_unit_changed",
    "use_unit_missing",
    "booking_of_former_unit",
    "rejected_rows",
    "delivery_failed",
    "calendar_missing",
    "over_capacity",
    "no_installed_date",
    "plan_held",
    "no_plan_today",
    "validity_disagrees",
    "maintainer_missing",
    "paper_too_old",
    "booking_of_former_rules",
    "not_their_lifts",
    "said_out_of_use",
    "special_reason",
    "handover",
    "people_changed",
    "said_inspected",
    "entrapment_unanswered",
    "entrapment_not_ended",
    "campaign_officer",
    "campaign_rows",
    "data_anomaly",
    "rectification_lapsed",
    "visit_to_move",
    "list_unacknowledged",
    "objection_unanswered",
    "no_bureau",
)
TABLES = (
    "webhook_message",
    "api_key_deed",
    "api_count",
    "api_answer",
    "webhook_endpoint",
    "conformance_run",
    "api_key",
)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("prefix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_api_key_expires_later")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_api_key_digest_whole")),
        sa.CheckConstraint(
            "platform_id IS NULL OR platform_id <> party_id", name=op.f("ck_api_key_platform_is_another")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_api_key_party_id_party")),
        sa.ForeignKeyConstraint(["platform_id"], ["party.id"], name=op.f("fk_api_key_platform_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index("ix_api_key_party", "api_key", ["party_id"], unique=False)
    op.create_table(
        "conformance_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("target", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(trim(target)) > 0", name=op.f("ck_conformance_run_target_not_blank")),
        sa.CheckConstraint(
            "passed >= 0 AND failed >= 0 AND passed + failed > 0", name=op.f("ck_conformance_run_no_negative_figures")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["party.id"], name=op.f("fk_conformance_run_source_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conformance_run")),
        sa.UniqueConstraint("source_id", "target", "at", name=op.f("uq_conformance_run_source_id_target_at")),
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("failing_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stopped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("removed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("length(trim(url)) > 0", name=op.f("ck_webhook_endpoint_url_not_blank")),
        sa.CheckConstraint(
            "stopped_at IS NULL OR failing_since IS NOT NULL", name=op.f("ck_webhook_endpoint_stopped_while_failing")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_webhook_endpoint_party_id_party")),
        sa.ForeignKeyConstraint(["source_id"], ["party.id"], name=op.f("fk_webhook_endpoint_source_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(
        "uq_webhook_endpoint_current",
        "webhook_endpoint",
        ["party_id", "source_id"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "api_answer",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_answer_key_id_api_key")),
        sa.PrimaryKeyConstraint("key_id", "name", name=op.f("pk_api_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"], unique=False)
    op.create_table(
        "api_count",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("times >= 1", name=op.f("ck_api_count_happened")),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_count_key_id_api_key")),
        sa.PrimaryKeyConstraint("key_id", "what", name=op.f("pk_api_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_key_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("done_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("deed IN ('made', 'rotated', 'revoked')", name=op.f("ck_api_key_deed_deed_known")),
        sa.CheckConstraint("length(trim(done_by)) > 0", name=op.f("ck_api_key_deed_by_somebody")),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_key_deed_key_id_api_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key_deed")),
    )
    op.create_index("ix_api_key_deed_key", "api_key_deed", ["key_id"], unique=False)
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (next_at IS NOT NULL)", name=op.f("ck_webhook_message_waits_for_a_time")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given_up', 'dropped')", name=op.f("ck_webhook_message_state_known")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_webhook_message_no_negative_tries")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_message_endpoint_id_webhook_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["maintenance_record.id"], name=op.f("fk_webhook_message_record_id_maintenance_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_message_name")),
    )
    op.create_index("ix_webhook_message_endpoint", "webhook_message", ["endpoint_id"], unique=False)
    op.create_index(
        "ix_webhook_message_waiting",
        "webhook_message",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    replace_check("task", TASK_KINDS, _one_of("kind", (*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of("kind", NEW_TASKS))
    replace_check("task", TASK_KINDS, _one_of("kind", TASKS_BEFORE))
    for table in TABLES:
        op.drop_table(table)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
