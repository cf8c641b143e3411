"""an alert whose maintainer says again that they are on it keeps when, and a task asks what became of people who were
shut in when nobody has said for hours

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KINDS = "ck_task_kind_known"
NEW_TASKS = ("entrapment_not_ended",)
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
)


def upgrade() -> None:
    op.add_column("alert", sa.Column("on_it_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    replace_check("task", KINDS, _one_of((*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", KINDS, _one_of(TASKS_BEFORE))
    op.drop_column("alert", "on_it_at")


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
