"""visits of inspection departments: half days with places, which lifts are on which visit; what a unit says of an
inspection elsewhere holds its reminders back

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
HALF = "half IN ('am', 'pm')"
GONE = "gone IN ('cancelled', 'missed', 'ended', 'moved', 'void')"

NEW_EVENTS = ("said_inspected", "saying_refuted")
NEW_TASKS = ("said_inspected",)
EVENTS_BEFORE = (
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
    "people_changed",
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
)


def upgrade() -> None:
    replace_check("event", "ck_event_kind_known", _one_of((*EVENTS_BEFORE, *NEW_EVENTS)))
    replace_check("task", "ck_task_kind_known", _one_of((*TASKS_BEFORE, *NEW_TASKS)))
    op.add_column("duty", sa.Column("held_until", sa.Date(), nullable=True))
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", TEXT(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint(HALF, name=op.f("ck_slot_half_known")),
        sa.CheckConstraint("places IS NULL OR places >= 0", name=op.f("ck_slot_no_negative_places")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_slot_no_negative_taken")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_slot_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("party_id", "day", "half", name=op.f("uq_slot_party_id_day_half")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", TEXT(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", TEXT(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(HALF, name=op.f("ck_visit_half_known")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_visit_no_negative_sequence")),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_visit_department_id_party")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_visit_party_id_party")),
        sa.ForeignKeyConstraint(["made_by"], ["contact.id"], name=op.f("fk_visit_made_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("uid", name=op.f("uq_visit_uid")),
    )
    op.create_index("ix_visit_department", "visit", ["department_id", "day"])
    op.create_index("ix_visit_party", "visit", ["party_id", "day"])
    op.create_table(
        "visit_lift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("gone", TEXT(), nullable=True),
        sa.CheckConstraint(GONE, name=op.f("ck_visit_lift_gone_known")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_lift_visit_id_visit")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_visit_lift_lift_id_lift")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_visit_lift_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_lift")),
    )
    op.create_index("ix_visit_lift_visit", "visit_lift", ["visit_id"])
    op.create_index("ix_visit_lift_slot", "visit_lift", ["slot_id"])
    present = sa.text("gone IS NULL")
    op.create_index(
        "uq_visit_lift_present", "visit_lift", ["lift_id"], unique=True, sqlite_where=present, postgresql_where=present
    )


def downgrade() -> None:
    op.drop_table("visit_lift")
    op.drop_table("visit")
    op.drop_table("slot")
    op.drop_column("duty", "held_until")
    forget_rows("event", _one_of(NEW_EVENTS))
    replace_check("event", "ck_event_kind_known", _one_of(EVENTS_BEFORE))
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", "ck_task_kind_known", _one_of(TASKS_BEFORE))


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
