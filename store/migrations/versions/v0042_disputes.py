"""tasks of maintenance: two contractors claim a lift, and what is registered of a lift is not so on site

Revision ID: 0042
Revises: 0041
"""

from store.migrations.reshape import forget_rows, replace_check

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TASK_KINDS = "ck_task_kind_known"
NEW_TASKS = ("maintainer_disputed", "wrong_on_site")
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
    "webhook_stopped",
)


def upgrade() -> None:
    replace_check("task", TASK_KINDS, _one_of("kind", (*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of("kind", NEW_TASKS))
    replace_check("task", TASK_KINDS, _one_of("kind", TASKS_BEFORE))


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
