"""who comes to a visit, and the task about one that a closed day could not give another day

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
KINDS = "ck_task_kind_known"
NEW_TASKS = ("visit_to_move",)
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
)


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
    replace_check("task", KINDS, _one_of((*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", KINDS, _one_of(TASKS_BEFORE))
    op.drop_table("attendance")


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
