"""what use units do beside booking: alerts to maintainers, consent to default signing, handovers between units

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NEW = ("handover",)
BEFORE = (
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
)


def upgrade() -> None:
    replace_check("task", "ck_task_kind_known", _one_of((*BEFORE, *NEW)))
    _make_alerts()
    _make_consents()
    _make_handovers()


def downgrade() -> None:
    tables = (
        "handover_claim",
        "handover_lift",
        "handover",
        "signing_consent",
        "emergency_phone",
        "alert_told",
        "alert",
    )
    for table in tables:
        op.drop_table(table)
    forget_rows("task", _one_of(NEW))
    replace_check("task", "ck_task_kind_known", _one_of(BEFORE))


def _make_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=True),
        sa.Column("lift_id", sa.Integer(), nullable=True),
        sa.Column("unit_party_id", sa.Integer(), nullable=True),
        sa.Column("maintainer_party_id", sa.Integer(), nullable=True),
        sa.Column("what", TEXT(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("reported_by", sa.Integer(), nullable=True),
        sa.Column("reported_at", MOMENT(), nullable=False),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", MOMENT(), nullable=True),
        sa.Column("on_the_way_by", sa.Integer(), nullable=True),
        sa.Column("on_the_way_at", MOMENT(), nullable=True),
        sa.Column("arrived_by", sa.Integer(), nullable=True),
        sa.Column("arrived_at", MOMENT(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "(lift_id IS NOT NULL) = (kind IN ('fault', 'entrapment'))", name=op.f("ck_alert_lift_where_reported")
        ),
        sa.CheckConstraint(
            "(state <> 'acknowledged' OR acknowledged_at IS NOT NULL) AND (state <> 'on_the_way' OR on_the_way_at IS NOT NULL) AND (state <> 'arrived' OR arrived_at IS NOT NULL)",
            name=op.f("ck_alert_step_with_time"),
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'freed', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_alert_ended_with_time")
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'entrapment' THEN state NOT IN ('done', 'withdrawn') ELSE state <> 'freed' END",
            name=op.f("ck_alert_ended_as_its_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('fault', 'entrapment', 'visits_late', 'iot_outage')", name=op.f("ck_alert_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'acknowledged', 'on_the_way', 'arrived', 'done', 'freed', 'withdrawn')",
            name=op.f("ck_alert_state_known"),
        ),
        sa.CheckConstraint(
            "lift_id IS NOT NULL OR maintainer_party_id IS NOT NULL", name=op.f("ck_alert_found_at_a_maintainer")
        ),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["contact.id"], name=op.f("fk_alert_acknowledged_by_contact")),
        sa.ForeignKeyConstraint(["arrived_by"], ["contact.id"], name=op.f("fk_alert_arrived_by_contact")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_alert_city_id_city")),
        sa.ForeignKeyConstraint(["ended_by"], ["contact.id"], name=op.f("fk_alert_ended_by_contact")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_alert_lift_id_lift")),
        sa.ForeignKeyConstraint(["maintainer_party_id"], ["party.id"], name=op.f("fk_alert_maintainer_party_id_party")),
        sa.ForeignKeyConstraint(["on_the_way_by"], ["contact.id"], name=op.f("fk_alert_on_the_way_by_contact")),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_alert_photo_id_stored_file")),
        sa.ForeignKeyConstraint(["reported_by"], ["contact.id"], name=op.f("fk_alert_reported_by_contact")),
        sa.ForeignKeyConstraint(["unit_party_id"], ["party.id"], name=op.f("fk_alert_unit_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_key")),
    )
    op.create_index("ix_alert_lift", "alert", ["lift_id"])
    op.create_index("ix_alert_maintainer", "alert", ["maintainer_party_id", "state"])
    op.create_index(
        "ix_alert_open",
        "alert",
        ["state", "reported_at"],
        sqlite_where=sa.text("state NOT IN ('done', 'freed', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('done', 'freed', 'withdrawn')"),
    )
    op.create_index("ix_alert_unit", "alert", ["unit_party_id", "state"])
    op.create_index(
        "uq_alert_of_maintainer",
        "alert",
        ["maintainer_party_id", "kind"],
        unique=True,
        sqlite_where=sa.text("lift_id IS NULL AND state NOT IN ('done', 'freed', 'withdrawn')"),
        postgresql_where=sa.text("lift_id IS NULL AND state NOT IN ('done', 'freed', 'withdrawn')"),
    )
    op.create_table(
        "alert_told",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("rung", TEXT(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_told_alert_id_alert")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_alert_told_notice_id_notice")),
        sa.PrimaryKeyConstraint("alert_id", "rung", name=op.f("pk_alert_told")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_told_notice_id", "alert_told", ["notice_id"])
    op.create_table(
        "emergency_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("phone", TEXT(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", MOMENT(), nullable=False),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_emergency_phone_phone_is_e164")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_emergency_phone_party_id_party")),
        sa.ForeignKeyConstraint(["set_by"], ["contact.id"], name=op.f("fk_emergency_phone_set_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_phone")),
        sa.UniqueConstraint("party_id", name=op.f("uq_emergency_phone_party_id")),
    )


def _make_consents() -> None:
    op.create_table(
        "signing_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("version", TEXT(), nullable=False),
        sa.Column("language", TEXT(), nullable=False),
        sa.Column("text", TEXT(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", MOMENT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_signing_consent_withdrawn_whole")
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_signing_consent_text_not_blank")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at", name=op.f("ck_signing_consent_withdrawn_later")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["contact.id"], name=op.f("fk_signing_consent_given_by_contact")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_signing_consent_party_id_party")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["contact.id"], name=op.f("fk_signing_consent_withdrawn_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_consent")),
        sa.UniqueConstraint("key", name=op.f("uq_signing_consent_key")),
    )
    op.create_index(
        "uq_signing_consent_in_force",
        "signing_consent",
        ["party_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _make_handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("from_party_id", sa.Integer(), nullable=False),
        sa.Column("to_party_id", sa.Integer(), nullable=False),
        sa.Column("by_new", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", MOMENT(), nullable=True),
        sa.CheckConstraint("(state = 'proposed') = (closed_at IS NULL)", name=op.f("ck_handover_closed_with_time")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'disputed', 'withdrawn', 'overtaken')",
            name=op.f("ck_handover_state_known"),
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_handover_city_id_city")),
        sa.ForeignKeyConstraint(["closed_by"], ["contact.id"], name=op.f("fk_handover_closed_by_contact")),
        sa.ForeignKeyConstraint(["from_party_id"], ["party.id"], name=op.f("fk_handover_from_party_id_party")),
        sa.ForeignKeyConstraint(["proposed_by"], ["contact.id"], name=op.f("fk_handover_proposed_by_contact")),
        sa.ForeignKeyConstraint(["to_party_id"], ["party.id"], name=op.f("fk_handover_to_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("key", name=op.f("uq_handover_key")),
    )
    op.create_index("ix_handover_from", "handover", ["from_party_id"])
    op.create_index(
        "ix_handover_open",
        "handover",
        ["from_party_id", "to_party_id"],
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("ix_handover_to", "handover", ["to_party_id"])
    op.create_table(
        "handover_lift",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("overtaken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_lift_handover_id_handover")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_handover_lift_lift_id_lift")),
        sa.PrimaryKeyConstraint("handover_id", "lift_id", name=op.f("pk_handover_lift")),
    )
    op.create_index("ix_handover_lift_lift", "handover_lift", ["lift_id"])
    op.create_table(
        "handover_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("said", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["contact.id"], name=op.f("fk_handover_claim_by_contact")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_handover_claim_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_claim")),
        sa.UniqueConstraint("key", name=op.f("uq_handover_claim_key")),
    )
    op.create_index(op.f("ix_handover_claim_party_id"), "handover_claim", ["party_id"])


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
