"""what a register states of tests and maintenance, a rulebook beside another, new kinds of events and tasks

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
NEW_EVENTS = (
    "test_date_stated",
    "test_uploaded",
    "testing_exited",
    "use_mark_renewed",
    "use_registered",
    "iot_restored",
    "report_filed",
    "regime_changed",
    "import_undone",
)
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
)
NEW_TASKS = (
    "no_installed_date",
    "plan_held",
    "no_plan_today",
)


def upgrade() -> None:
    replace_check("event", "ck_event_kind_known", _one_of(EVENTS))
    replace_check("task", "ck_task_kind_known", _one_of(TASKS))
    op.add_column("regime", sa.Column("beside", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.execute("UPDATE regime SET beside = ''")
    with op.batch_alter_table("regime") as batch:
        batch.alter_column("beside", nullable=False)
    op.add_column("lift", sa.Column("next_test_on", sa.Date()))
    op.add_column("lift", sa.Column("maintenance", sa.JSON()))
    op.add_column("lift", sa.Column("known_from", sa.Date()))
    op.execute(
        "UPDATE lift SET known_from = COALESCE((SELECT MIN(known_on) FROM event WHERE event.lift_id = lift.id),"
        " (SELECT as_of FROM import_run WHERE import_run.id = lift.import_id))"
    )


def downgrade() -> None:
    for table, kinds, new in (("event", EVENTS, NEW_EVENTS), ("task", TASKS, NEW_TASKS)):
        forget_rows(table, _one_of(new))
        replace_check(table, f"ck_{table}_kind_known", _one_of([kind for kind in kinds if kind not in new]))
    for column in ("next_test_on", "maintenance", "known_from"):
        op.drop_column("lift", column)
    op.drop_column("regime", "beside")


def _one_of(kinds: list[str] | tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
