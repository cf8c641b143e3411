"""what regulators send and acknowledge themselves, which pushes they want, and cases handed to street offices

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString()
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
TABLES = (
    "push",
    "push_lift",
    "push_notice",
    "acknowledgement",
    "unsubscribed",
    "street_office",
    "lift_case",
    "case_lift",
    "case_step",
)


def upgrade() -> None:
    op.create_table(
        "push",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("wants_all", sa.Boolean(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("sent_key", TEXT, nullable=True),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('overdue', 'stop_order')", name=op.f("ck_push_kind_known")),
        sa.CheckConstraint(
            "(kind = 'stop_order') = (length(trim(number)) > 0)", name=op.f("ck_push_order_with_number")
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_key IS NOT NULL)", name=op.f("ck_push_sent_by_a_tap")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_push_sent_with_moment")),
        sa.CheckConstraint("state IN ('draft', 'sent')", name=op.f("ck_push_state_known")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_push_city_id_city")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_push_contact_id_contact")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_push_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
        sa.UniqueConstraint("key", name=op.f("uq_push_key")),
        sa.UniqueConstraint("sent_key", name=op.f("uq_push_sent_key")),
    )
    op.create_index("ix_push_party", "push", ["party_id", "on_date"])
    op.create_index(
        "uq_push_order",
        "push",
        ["party_id", "number"],
        unique=True,
        sqlite_where=sa.text("kind = 'stop_order' AND state = 'sent'"),
        postgresql_where=sa.text("kind = 'stop_order' AND state = 'sent'"),
    )
    op.create_table(
        "push_lift",
        sa.Column("push_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("left_out", TEXT, nullable=False),
        sa.CheckConstraint("(left_out = '') = (unit_id IS NOT NULL)", name=op.f("ck_push_lift_told_or_left_out")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_push_lift_duty_id_duty")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_push_lift_lift_id_lift")),
        sa.ForeignKeyConstraint(["push_id"], ["push.id"], name=op.f("fk_push_lift_push_id_push")),
        sa.ForeignKeyConstraint(["unit_id"], ["party.id"], name=op.f("fk_push_lift_unit_id_party")),
        sa.PrimaryKeyConstraint("push_id", "lift_id", name=op.f("pk_push_lift")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_push_lift_lift", "push_lift", ["lift_id"])
    op.create_table(
        "push_notice",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("push_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_push_notice_notice_id_notice")),
        sa.ForeignKeyConstraint(["push_id"], ["push.id"], name=op.f("fk_push_notice_push_id_push")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_push_notice")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_push_notice_push", "push_notice", ["push_id"])
    op.create_table(
        "acknowledgement",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_acknowledgement_contact_id_contact")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_acknowledgement_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("key", name=op.f("uq_acknowledgement_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unsubscribed",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint(
            "subject IN ('overdue', 'testing', 'insurance', 'monitoring', 'cases')",
            name=op.f("ck_unsubscribed_subject_known"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_unsubscribed_contact_id_contact")),
        sa.PrimaryKeyConstraint("contact_id", "subject", name=op.f("pk_unsubscribed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "street_office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT, nullable=False),
        sa.Column("district_code", TEXT, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_street_office_ends_after_start")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_street_office_city_id_city")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_street_office_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street_office")),
    )
    op.create_index("ix_street_office_district", "street_office", ["city_id", "district_code"])
    op.create_index(
        "uq_street_office_current",
        "street_office",
        ["party_id"],
        unique=True,
        sqlite_where=sa.text("to_on IS NULL"),
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.create_table(
        "lift_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT, nullable=False),
        sa.Column("district_code", TEXT, nullable=False),
        sa.Column("matter", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("held_since", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_lift_case_closed_with_day")),
        sa.CheckConstraint(
            "matter IN ('overdue', 'unbooked', 'failed', 'stop_order', 'other')", name=op.f("ck_lift_case_matter_known")
        ),
        sa.CheckConstraint(
            "(state IN ('with_street', 'checked')) = (street_id IS NOT NULL)",
            name=op.f("ck_lift_case_somebody_holds_it"),
        ),
        sa.CheckConstraint(
            "state IN ('with_street', 'checked', 'with_district', 'closed')", name=op.f("ck_lift_case_state_known")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_lift_case_city_id_city")),
        sa.ForeignKeyConstraint(["office_id"], ["party.id"], name=op.f("fk_lift_case_office_id_party")),
        sa.ForeignKeyConstraint(["opened_by"], ["contact.id"], name=op.f("fk_lift_case_opened_by_contact")),
        sa.ForeignKeyConstraint(["street_id"], ["party.id"], name=op.f("fk_lift_case_street_id_party")),
        sa.ForeignKeyConstraint(["unit_id"], ["party.id"], name=op.f("fk_lift_case_unit_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lift_case")),
    )
    op.create_index(
        "ix_lift_case_office",
        "lift_case",
        ["office_id"],
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index(
        "ix_lift_case_street",
        "lift_case",
        ["street_id"],
        sqlite_where=sa.text("street_id IS NOT NULL"),
        postgresql_where=sa.text("street_id IS NOT NULL"),
    )
    op.create_table(
        "case_lift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["lift_case.id"], name=op.f("fk_case_lift_case_id_lift_case")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_case_lift_lift_id_lift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_lift")),
    )
    op.create_index("ix_case_lift_case", "case_lift", ["case_id"])
    op.create_index(
        "uq_case_lift_open",
        "case_lift",
        ["lift_id"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("deed", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.CheckConstraint(
            "deed IN ('handed_down', 'site_check', 'handed_back', 'recalled', 'closed')",
            name=op.f("ck_case_step_deed_known"),
        ),
        sa.CheckConstraint(
            "state IN ('with_street', 'checked', 'with_district', 'closed')", name=op.f("ck_case_step_state_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["lift_case.id"], name=op.f("fk_case_step_case_id_lift_case")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_case_step_contact_id_contact")),
        sa.ForeignKeyConstraint(["to_id"], ["party.id"], name=op.f("fk_case_step_to_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        sa.UniqueConstraint("key", name=op.f("uq_case_step_key")),
    )
    op.create_index("ix_case_step_case", "case_step", ["case_id", "id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
