"""inspections on site: what was found, who signed, how items were rectified; what is handed in and given back are facts

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
STATES = "'under_way', 'aborted', 'passed', 'failed', 'with_items', 'submitted', 'returned', 'confirmed', 'lapsed'"
DEEDS = (
    "'started', 'aborted', 'passed', 'failed', 'found_items', 'signed', 'objected', 'evidence', 'fixed', "
    "'submitted', 'returned', 'confirmed', 'lapsed'"
)
SIGNATURES = "'unsigned', 'signed', 'objected'"
OPEN = "state IN ('under_way', 'with_items', 'submitted', 'returned', 'lapsed')"
ENDED = "(state IN ('aborted', 'passed', 'failed', 'confirmed', 'lapsed')) = (ended_on IS NOT NULL)"
WITH_DEADLINE = "state NOT IN ('with_items', 'submitted', 'returned', 'confirmed', 'lapsed') OR deadline IS NOT NULL"
NEW_EVENTS = ("rectification_submitted", "rectification_returned")
NEW_TASKS = ("rectification_lapsed",)
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
    "said_inspected",
    "saying_refuted",
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
    "said_inspected",
    "entrapment_unanswered",
    "entrapment_not_ended",
    "campaign_officer",
    "campaign_rows",
    "data_anomaly",
)


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("inspector_id", sa.Integer(), nullable=True),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("reason", TEXT(), nullable=True),
        sa.Column("by_unit", TEXT(), nullable=False),
        sa.Column("by_maintainer", TEXT(), nullable=False),
        sa.Column("notice_by_unit", TEXT(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_inspection_state_known")),
        sa.CheckConstraint("reason IN ('conditions', 'danger')", name=op.f("ck_inspection_reason_known")),
        sa.CheckConstraint(f"by_unit IN ({SIGNATURES})", name=op.f("ck_inspection_by_unit_known")),
        sa.CheckConstraint(f"by_maintainer IN ({SIGNATURES})", name=op.f("ck_inspection_by_maintainer_known")),
        sa.CheckConstraint("notice_by_unit IN ('unsigned', 'signed')", name=op.f("ck_inspection_notice_signed_or_not")),
        sa.CheckConstraint(ENDED, name=op.f("ck_inspection_ended_with_day")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= begun_on", name=op.f("ck_inspection_ends_after_start")),
        sa.CheckConstraint(
            "(state = 'aborted') = (reason IS NOT NULL)", name=op.f("ck_inspection_aborted_with_reason")
        ),
        sa.CheckConstraint(WITH_DEADLINE, name=op.f("ck_inspection_items_with_deadline")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_inspection_city_id_city")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_inspection_lift_id_lift")),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_inspection_department_id_party")),
        sa.ForeignKeyConstraint(["inspector_id"], ["contact.id"], name=op.f("fk_inspection_inspector_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    where = sa.text(OPEN)
    op.create_index(
        "uq_inspection_open", "inspection", ["lift_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
    waits = sa.text("state IN ('with_items', 'returned')")
    op.create_index("ix_inspection_deadline", "inspection", ["deadline"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_inspection_lift", "inspection", ["lift_id"])
    op.create_index("ix_inspection_department", "inspection", ["department_id", "begun_on"])
    op.create_table(
        "inspection_item",
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", TEXT(), nullable=False),
        sa.Column("returned", TEXT(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_inspection_item_numbered_from_one")),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_inspection_item_text_not_blank")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_item_inspection_id_inspection")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "number", name=op.f("pk_inspection_item")),
    )
    op.create_table(
        "inspection_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("deed", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("by", TEXT(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("note", TEXT(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.CheckConstraint(f"deed IN ({DEEDS})", name=op.f("ck_inspection_step_deed_known")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_inspection_step_state_known")),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_step_inspection_id_inspection")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_inspection_step_party_id_party")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_inspection_step_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_step")),
        sa.UniqueConstraint("key", name=op.f("uq_inspection_step_key")),
    )
    op.create_index("ix_inspection_step_inspection", "inspection_step", ["inspection_id", "id"])
    replace_check("event", "ck_event_kind_known", _one_of((*EVENTS_BEFORE, *NEW_EVENTS)))
    replace_check("task", "ck_task_kind_known", _one_of((*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", "ck_task_kind_known", _one_of(TASKS_BEFORE))
    forget_rows("event", _one_of(NEW_EVENTS))
    replace_check("event", "ck_event_kind_known", _one_of(EVENTS_BEFORE))
    op.drop_table("inspection_step")
    op.drop_table("inspection_item")
    op.drop_table("inspection")


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
