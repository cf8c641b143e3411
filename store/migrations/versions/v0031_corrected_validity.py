"""a report that corrects another may state a validity that is over by now

Revision ID: 0031
Revises: 0030
"""

from store.migrations.reshape import replace_check_in_place

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CHECK = "ck_report_outlasts_its_issue"
BEFORE = "valid_until IS NULL OR valid_until > issued_on"
NOW = f"{BEFORE} OR (corrects IS NOT NULL AND valid_until > ended_on)"


def upgrade() -> None:
    replace_check_in_place("report", CHECK, NOW)


def downgrade() -> None:
    replace_check_in_place("report", CHECK, BEFORE)
