"""tasks about inspections that cannot take place in time, for a reason that is to be reported

Revision ID: 0014
Revises: 0013
"""

from store.migrations.reshape import forget_rows, replace_check

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NEW = ("special_reason",)
BEFORE = (
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
)


def upgrade() -> None:
    replace_check("task", "ck_task_kind_known", _one_of((*BEFORE, *NEW)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW))
    replace_check("task", "ck_task_kind_known", _one_of(BEFORE))


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
