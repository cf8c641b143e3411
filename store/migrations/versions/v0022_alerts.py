"""alerts that cannot fall silent: an entrapment reported by mistake is withdrawn before anybody has arrived, and a task
tells the desk of one that nobody answers

Revision ID: 0022
Revises: 0021
"""

from alembic import op

from store.migrations.reshape import forget_rows, replace_check, replace_check_in_place

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ENDS, KINDS = "ck_alert_ended_as_its_kind", "ck_task_kind_known"
AS_ENTRAPMENT = "state <> 'done' AND (state <> 'withdrawn' OR arrived_at IS NULL)"
ENTRAPMENT_BEFORE = "state NOT IN ('done', 'withdrawn')"
NEW_TASKS = ("entrapment_unanswered",)
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
)


def upgrade() -> None:
    replace_check_in_place("alert", ENDS, _ended(AS_ENTRAPMENT))
    replace_check("task", KINDS, _one_of((*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", KINDS, _one_of(TASKS_BEFORE))
    # what was a mistake is over all the same: the earlier tables have one word for that
    op.execute("UPDATE alert SET state = 'freed' WHERE kind = 'entrapment' AND state = 'withdrawn'")
    replace_check_in_place("alert", ENDS, _ended(ENTRAPMENT_BEFORE))


def _ended(entrapment: str) -> str:
    return f"CASE kind WHEN 'entrapment' THEN {entrapment} ELSE state <> 'freed' END"


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
