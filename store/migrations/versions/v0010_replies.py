"""what people answer by key or SMS: two kinds of tasks, and channels of which somebody wants no more

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEW = ("not_their_lifts", "said_out_of_use")
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
)


def upgrade() -> None:
    replace_check("task", "ck_task_kind_known", _one_of((*BEFORE, *NEW)))
    op.create_table(
        "opt_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_out")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_opt_out_channel_address")),
    )


def downgrade() -> None:
    op.drop_table("opt_out")
    forget_rows("task", _one_of(NEW))
    replace_check("task", "ck_task_kind_known", _one_of(BEFORE))


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
