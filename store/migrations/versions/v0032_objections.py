"""an objection to a raw record is answered; a result that was recorded wrongly is taken back before its report

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

from store.migrations.reshape import (
    add_check_in_place,
    drop_check_in_place,
    forget_rows,
    replace_check,
    replace_check_in_place,
)

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

STATES = (
    "under_way",
    "aborted",
    "passed",
    "failed",
    "with_items",
    "submitted",
    "returned",
    "confirmed",
    "lapsed",
)
DEEDS = (
    "started",
    "aborted",
    "passed",
    "failed",
    "found_items",
    "signed",
    "objected",
    "evidence",
    "fixed",
    "submitted",
    "returned",
    "confirmed",
    "lapsed",
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
    "rectification_submitted",
    "rectification_returned",
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
)
NEW_STATES = ("taken_back", "overtaken")
NEW_DEEDS = ("upheld", "put_right", "taken_back", "overtaken")
REASON = "ck_inspection_aborted_with_reason"
ABORTED = "(state = 'aborted') = (reason IS NOT NULL)"
COLUMNS = (
    (
        "objected_on",
        "ck_inspection_objection_is_somebodys",
        "objected_on IS NULL OR by_unit = 'objected' OR by_maintainer = 'objected'",
    ),
    ("counts_on", "ck_inspection_counts_after_start", "counts_on IS NULL OR counts_on >= begun_on"),
)


def upgrade() -> None:
    _allow((*STATES, *NEW_STATES), (*DEEDS, *NEW_DEEDS), (*EVENTS, "result_taken_back"))
    replace_check("task", "ck_task_kind_known", _one_of("kind", (*TASKS, "objection_unanswered")))
    replace_check_in_place("inspection", REASON, f"state = 'taken_back' OR {ABORTED}")
    for column, name, condition in COLUMNS:
        op.add_column("inspection", sa.Column(column, sa.Date(), nullable=True))
        add_check_in_place("inspection", name, condition)
    op.execute(
        "UPDATE inspection SET objected_on = (SELECT max(step.on_date) FROM inspection_step AS step"
        " WHERE step.inspection_id = inspection.id AND step.deed = 'objected')"
        " WHERE 'objected' IN (by_unit, by_maintainer) AND state <> 'aborted'"
    )


def downgrade() -> None:
    gone = f"SELECT id FROM inspection WHERE {_one_of('state', NEW_STATES)}"
    forget_rows("inspection_step", f"{_one_of('deed', NEW_DEEDS)} OR inspection_id IN ({gone})")
    forget_rows("inspection_item", f"inspection_id IN ({gone})")
    forget_rows("inspection", _one_of("state", NEW_STATES))
    forget_rows("task", "kind = 'objection_unanswered'")
    forget_rows("event", "kind = 'result_taken_back'")
    for column, name, _ in COLUMNS:
        drop_check_in_place("inspection", name)
        op.drop_column("inspection", column)
    replace_check_in_place("inspection", REASON, ABORTED)
    replace_check("task", "ck_task_kind_known", _one_of("kind", TASKS))
    _allow(STATES, DEEDS, EVENTS)


def _allow(states: tuple[str, ...], deeds: tuple[str, ...], events: tuple[str, ...]) -> None:
    replace_check_in_place("inspection", "ck_inspection_state_known", _one_of("state", states))
    replace_check("inspection_step", "ck_inspection_step_deed_known", _one_of("deed", deeds))
    replace_check("inspection_step", "ck_inspection_step_state_known", _one_of("state", states))
    replace_check_in_place("event", "ck_event_kind_known", _one_of("kind", events))


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
