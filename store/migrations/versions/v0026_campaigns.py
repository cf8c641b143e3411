"""a regulator's list of a year with its rows as they were confirmed, who sees to it in each department, and the tasks
that come of it

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
RESULTS = "result IN ('found', 'missing', 'conflicting', 'twice', 'unreadable')"
COUNTS_ONCE = "result NOT IN ('missing', 'twice', 'unreadable') OR lift_id IS NULL"
KINDS = "ck_task_kind_known"
NEW_TASKS = ("campaign_officer", "campaign_rows", "data_anomaly")
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
)


def upgrade() -> None:
    op.create_table(
        "campaign_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("file_name", TEXT(), nullable=False),
        sa.Column("digest", TEXT(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_at", MOMENT(), nullable=False),
        sa.Column("replaced_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_campaign_list_city_id_city")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_list")),
    )
    _unique_where("uq_campaign_list_current", "campaign_list", "replaced_at IS NULL", "city_id", "year")
    op.create_table(
        "campaign_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("shown", TEXT(), nullable=False),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("district", TEXT(), nullable=False),
        sa.Column("district_code", TEXT(), nullable=True),
        sa.Column("result", TEXT(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint(RESULTS, name=op.f("ck_campaign_row_result_known")),
        sa.CheckConstraint("result <> 'found' OR lift_id IS NOT NULL", name=op.f("ck_campaign_row_found_is_a_lift")),
        sa.CheckConstraint(COUNTS_ONCE, name=op.f("ck_campaign_row_counts_once")),
        sa.ForeignKeyConstraint(["list_id"], ["campaign_list.id"], name=op.f("fk_campaign_row_list_id_campaign_list")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_campaign_row_lift_id_lift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_row")),
        sa.UniqueConstraint("list_id", "line", name=op.f("uq_campaign_row_list_id_line")),
    )
    _unique_where("uq_campaign_row_lift", "campaign_row", "lift_id IS NOT NULL", "list_id", "lift_id")
    op.create_index("ix_campaign_row_lift", "campaign_row", ["lift_id"])
    op.create_table(
        "campaign_officer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("named_by", TEXT(), nullable=False),
        sa.Column("reason", TEXT(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("length(trim(named_by)) > 0", name=op.f("ck_campaign_officer_named_by_somebody")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_campaign_officer_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["department_id"], ["party.id"], name=op.f("fk_campaign_officer_department_id_party")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_campaign_officer_contact_id_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_officer")),
    )
    _unique_where("uq_campaign_officer_current", "campaign_officer", "until_on IS NULL", "department_id", "year")
    replace_check("task", KINDS, _one_of((*TASKS_BEFORE, *NEW_TASKS)))


def downgrade() -> None:
    forget_rows("task", _one_of(NEW_TASKS))
    replace_check("task", KINDS, _one_of(TASKS_BEFORE))
    op.drop_table("campaign_officer")
    op.drop_table("campaign_row")
    op.drop_table("campaign_list")


def _unique_where(name: str, table: str, condition: str, *columns: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), unique=True, sqlite_where=where, postgresql_where=where)


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
