"""what departments had open at the closing of each day, which results regulators were told of, and hazards and
special reasons that are reported to them

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
FIGURES = "figure IN ('due', 'unbooked', 'overdue', 'items', 'reports')"
WENT = "went IS NULL OR went IN ('done', 'booked', 'not_in_use', 'handed_over', 'changed')"
LINE, DAY, PUSHED = "summary_line", "summary_day", "pushed_result"
SUBJECTS_BEFORE = ("overdue", "testing", "insurance", "monitoring", "cases")
NEW_SUBJECTS = ("inspected",)
REASONS = (
    "owners_decision",
    "maintenance_fund",
    "renovation",
    "demolition",
    "sealed",
    "access_refused",
    "other",
)
DEEDS = (
    "reported",
    "removed",
    "verified",
    "not_removed",
    "approved",
    "returned",
    "reported_again",
    "settled",
)
TASK_KINDS = "ck_task_kind_known"
NEW_TASKS = ("list_unacknowledged",)
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
)


def upgrade() -> None:
    op.create_table(
        DAY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_summary_day_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_day")),
        sa.UniqueConstraint("city_id", "day", name=op.f("uq_summary_day_city_id_day")),
    )
    op.create_table(
        LINE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("figure", TEXT(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("came_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("went", TEXT(), nullable=True),
        sa.Column("went_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(FIGURES, name=op.f("ck_summary_line_figure_known")),
        sa.CheckConstraint(WENT, name=op.f("ck_summary_line_went_known")),
        sa.CheckConstraint("until_on IS NULL OR until_on > from_on", name=op.f("ck_summary_line_ends_after_start")),
        sa.CheckConstraint("(until_on IS NULL) = (went IS NULL)", name=op.f("ck_summary_line_went_when_over")),
        sa.CheckConstraint("until_on IS NOT NULL OR NOT went_late", name=op.f("ck_summary_line_late_when_over")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_summary_line_city_id_city")),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_summary_line_department_id_party")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_summary_line_lift_id_lift")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_summary_line_duty_id_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_line")),
    )
    is_open, is_over = sa.text("until_on IS NULL"), sa.text("until_on IS NOT NULL")
    op.create_index(
        "uq_summary_line_open",
        LINE,
        ["lift_id", "figure"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_summary_line_from", LINE, ["city_id", "from_on"])
    op.create_index(
        "ix_summary_line_until", LINE, ["city_id", "until_on"], sqlite_where=is_over, postgresql_where=is_over
    )
    op.create_table(
        PUSHED,
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_pushed_result_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_pushed_result_notice_id_notice")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_pushed_result")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_kind", "event", ["kind", "known_on"])
    _make_matters()
    replace_check(
        "unsubscribed", "ck_unsubscribed_subject_known", _one_of("subject", (*SUBJECTS_BEFORE, *NEW_SUBJECTS))
    )
    replace_check("task", TASK_KINDS, _one_of("kind", (*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of("kind", NEW_TASKS))
    replace_check("task", TASK_KINDS, _one_of("kind", TASKS_BEFORE))
    forget_rows("unsubscribed", _one_of("subject", NEW_SUBJECTS))
    replace_check("unsubscribed", "ck_unsubscribed_subject_known", _one_of("subject", SUBJECTS_BEFORE))
    op.drop_index("ix_event_kind", "event")
    op.drop_table("matter_step")
    op.drop_table("matter")
    op.drop_table(PUSHED)
    op.drop_table(LINE)
    op.drop_table(DAY)


def _make_matters() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("reason", TEXT(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(_one_of("kind", ("hazard", "special_reason")), name=op.f("ck_matter_kind_known")),
        sa.CheckConstraint(
            _one_of("state", ("reported", "removed", "approved", "returned", "closed")),
            name=op.f("ck_matter_state_known"),
        ),
        sa.CheckConstraint(f"reason IS NULL OR {_one_of('reason', REASONS)}", name=op.f("ck_matter_reason_known")),
        sa.CheckConstraint(
            "(kind = 'special_reason') = (reason IS NOT NULL AND duty_id IS NOT NULL)",
            name=op.f("ck_matter_reason_of_its_kind"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'hazard' THEN state NOT IN ('approved', 'returned') ELSE state <> 'removed' END",
            name=op.f("ck_matter_state_of_its_kind"),
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_matter_closed_with_day")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_matter_city_id_city")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_matter_lift_id_lift")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_matter_duty_id_duty")),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_matter_department_id_party")),
        sa.ForeignKeyConstraint(["office_id"], ["party.id"], name=op.f("fk_matter_office_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    one, is_open = sa.text("kind = 'special_reason' AND closed_on IS NULL"), sa.text("closed_on IS NULL")
    op.create_index("uq_matter_reason", "matter", ["lift_id"], unique=True, sqlite_where=one, postgresql_where=one)
    for name, column in (("ix_matter_department", "department_id"), ("ix_matter_office", "office_id")):
        op.create_index(name, "matter", [column], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "matter_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("deed", TEXT(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("note", TEXT(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.CheckConstraint(_one_of("deed", DEEDS), name=op.f("ck_matter_step_deed_known")),
        sa.CheckConstraint("contact_id IS NOT NULL OR deed = 'settled'", name=op.f("ck_matter_step_done_by_somebody")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_step_matter_id_matter")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_matter_step_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_step")),
        sa.UniqueConstraint("key", name=op.f("uq_matter_step_key")),
    )
    op.create_index("ix_matter_step_matter", "matter_step", ["matter_id", "id"])


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
