"""people of a party named by hand, their places and days off; invitations and links on paper

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
NEW_COLUMNS = ("by_hand", "ended_by_hand", "off_until")
CHANGED = "people_changed"
TASKS = (
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
)
EVENTS = (
    "validity_stated",
    "validity_corrected",
    "validity_renewed",
    "transferred",
    "status_changed",
    "booked",
    "booking_cancelled",
    "visit_missed",
    "urging_answered",
    "report_issued",
    "test_date_stated",
    "test_uploaded",
    "testing_exited",
    "use_mark_renewed",
    "use_registered",
    "iot_restored",
    "report_filed",
    "regime_changed",
    "import_undone",
    "office_changed",
    "renovated",
    "major_repair",
    "out_of_use",
    "opt_in",
    "opt_out",
    "inspection_ended",
    "rectification_confirmed",
    "opinion_notice_issued",
    "test_done",
    "onsite_visit",
    "remote_check",
    "iot_outage",
    "notice_posted",
    "put_into_use",
    "policy_issued",
    "certificate_issued",
    "pilot_published",
    "pilot_exited",
    "record_completed",
)
AT = EVENTS.index("office_changed") + 1
CHANGES = (
    "lift",
    "lift_added",
    "names",
    "use_unit",
    "maintainer",
    "duty",
    "party",
    "contact_ended",
    "contact_added",
    "task",
    "told",
    "notice",
    "notice_added",
)
ADOPTED = "contact_adopted"
ROLES = (
    "unit_contact",
    "safety_manager",
    "legal_rep",
    "maintainer_contact",
    "duty_officer",
    "regulator_officer",
    "maintainer_admin",
    "worker",
    "inspector",
    "tester",
    "street_officer",
)
OPEN = sa.text("accepted_at IS NULL AND revoked_at IS NULL")


def upgrade() -> None:
    for name in ("by_hand", "ended_by_hand"):
        op.add_column("contact", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("contact", sa.Column("off_until", sa.Date(), nullable=True))
    replace_check("task", "ck_task_kind_known", _one_of("kind", (*TASKS, CHANGED)))
    replace_check("event", "ck_event_kind_known", _one_of("kind", (*EVENTS[:AT], CHANGED, *EVENTS[AT:])))
    replace_check("import_change", "ck_import_change_kind_known", _one_of("kind", (*CHANGES, ADOPTED)))
    op.create_table(
        "contact_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("compound", TEXT(), nullable=False),
        sa.Column("building", TEXT(), nullable=False),
        sa.CheckConstraint(
            "length(trim(compound)) > 0 OR length(trim(building)) > 0", name=op.f("ck_contact_scope_names_a_place")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_scope_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_scope")),
        sa.UniqueConstraint(
            "contact_id", "compound", "building", name=op.f("uq_contact_scope_contact_id_compound_building")
        ),
    )
    _create_invitation()
    _create_paper_link()


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("role", "name", "phone")),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        *(sa.Column(name, MOMENT(), nullable=False) for name in ("invited_at", "expires_at")),
        *(sa.Column(name, MOMENT(), nullable=True) for name in ("accepted_at", "revoked_at")),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(_one_of("role", ROLES), name=op.f("ck_invitation_role_known")),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_invitation_phone_is_e164")),
        sa.CheckConstraint("expires_at > invited_at", name=op.f("ck_invitation_expires_later")),
        sa.CheckConstraint(
            "accepted_at IS NULL OR contact_id IS NOT NULL", name=op.f("ck_invitation_accepted_as_somebody")
        ),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_accepted_or_revoked")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invitation_party_id_party")),
        sa.ForeignKeyConstraint(["invited_by"], ["contact.id"], name=op.f("fk_invitation_invited_by_contact")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_invitation_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    columns = ["party_id", "role", "phone"]
    op.create_index("uq_invitation_open", "invitation", columns, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_invitation_phone", "invitation", ["phone"])


def _create_paper_link() -> None:
    op.create_table(
        "paper_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("phone", "digest")),
        *(sa.Column(name, MOMENT(), nullable=False) for name in ("made_at", "expires_at")),
        *(sa.Column(name, MOMENT(), nullable=True) for name in ("used_at", "revoked_at")),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_paper_link_phone_is_e164")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_paper_link_expires_later")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_paper_link_used_or_revoked")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_paper_link_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_paper_link_digest")),
    )
    op.create_index("ix_paper_link_contact", "paper_link", ["contact_id"])


def downgrade() -> None:
    for table in ("paper_link", "invitation", "contact_scope"):
        op.drop_table(table)
    forget_rows("import_change", f"kind = '{ADOPTED}'")
    replace_check("import_change", "ck_import_change_kind_known", _one_of("kind", CHANGES))
    forget_rows("event", f"kind = '{CHANGED}'")
    replace_check("event", "ck_event_kind_known", _one_of("kind", EVENTS))
    forget_rows("task", f"kind = '{CHANGED}'")
    replace_check("task", "ck_task_kind_known", _one_of("kind", TASKS))
    for name in NEW_COLUMNS:
        op.drop_column("contact", name)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
