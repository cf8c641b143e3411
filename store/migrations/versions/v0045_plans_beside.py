"""a plan made anew stands beside the published one until it is published; visits by lift, plan notices by city

Revision ID: 0045
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None

CURRENT, DRAFT = "uq_year_plan_current", "uq_year_plan_draft"
IN_FORCE = "replaced_at IS NULL AND published_at IS NOT NULL"
NOT_YET = "replaced_at IS NULL AND published_at IS NULL"


def upgrade() -> None:
    op.drop_index(CURRENT, "year_plan")
    _unique(CURRENT, IN_FORCE)
    _unique(DRAFT, NOT_YET)
    op.create_index("ix_visit_lift_lift", "visit_lift", ["lift_id"])
    of_plans = sa.text("duty = 'plan'")
    op.create_index(
        "ix_notice_plan", "notice", ["city_id", "planned_on"], sqlite_where=of_plans, postgresql_where=of_plans
    )


def downgrade() -> None:
    op.drop_index("ix_notice_plan", "notice")
    op.drop_index("ix_visit_lift_lift", "visit_lift")
    op.drop_index(DRAFT, "year_plan")
    op.drop_index(CURRENT, "year_plan")
    # one of the two has to go: what units have been told of stays
    op.execute(
        f"UPDATE year_plan SET replaced_at = made_at WHERE {NOT_YET} AND EXISTS (SELECT 1 FROM year_plan AS other "
        "WHERE other.department_id = year_plan.department_id AND other.year = year_plan.year "
        "AND other.replaced_at IS NULL AND other.published_at IS NOT NULL)"
    )
    _unique(CURRENT, "replaced_at IS NULL")


def _unique(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "year_plan", ["department_id", "year"], unique=True, sqlite_where=where, postgresql_where=where
    )
