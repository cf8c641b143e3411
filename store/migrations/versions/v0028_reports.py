"""inspection reports as they were issued, and what units answered to them

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
REPORT_CHECKS = {
    "conclusion_known": "conclusion IN ('pass', 'fail')",
    "number_not_blank": "length(trim(number)) > 0",
    "not_before_its_end": "issued_on >= ended_on",
    "pass_is_valid": "(conclusion = 'pass') = (valid_until IS NOT NULL)",
    "pass_has_mark": "(conclusion = 'pass') = (length(mark) > 0)",
    "outlasts_its_issue": "valid_until IS NULL OR valid_until > issued_on",
}
REPORT_KEYS = {
    "city_id": "city",
    "department_id": "party",
    "lift_id": "lift",
    "party_id": "party",
    "issued_by": "contact",
    "file_id": "stored_file",
    "corrects": "report",
}


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", TEXT(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("number", TEXT(), nullable=False),
        sa.Column("conclusion", TEXT(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", MOMENT(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("mark", TEXT(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("why", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_report_{name}")) for name, rule in REPORT_CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_report_{column}_{table}"))
            for column, table in REPORT_KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
        sa.UniqueConstraint("department_id", "number", name=op.f("uq_report_department_id_number")),
    )
    corrects = sa.text("corrects IS NOT NULL")
    op.create_index(
        "uq_report_corrects", "report", ["corrects"], unique=True, sqlite_where=corrects, postgresql_where=corrects
    )
    op.create_index("ix_report_lift", "report", ["lift_id", "id"])
    op.create_table(
        "report_answer",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("answer", TEXT(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer IN ('stopped', 'posted')", name=op.f("ck_report_answer_answer_known")),
        sa.CheckConstraint(
            "(answer = 'posted') = (photo_id IS NOT NULL)", name=op.f("ck_report_answer_posted_is_shown")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_answer_report_id_report")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_report_answer_contact_id_contact")),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_report_answer_photo_id_stored_file")),
        sa.PrimaryKeyConstraint("report_id", "answer", name=op.f("pk_report_answer")),
    )


def downgrade() -> None:
    op.drop_table("report_answer")
    op.drop_table("report")
