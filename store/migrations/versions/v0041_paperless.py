"""maintenance without paper: contractors, workers, platforms, claims; paper given up, who may read and who did, opinions

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

READS = "who read personal data is never changed"


def upgrade() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('closed', 'dropped')) = (closed_on IS NOT NULL)", name=op.f("ck_opinion_closed_with_day")
        ),
        sa.CheckConstraint("kind IN ('rectification', 'suspension')", name=op.f("ck_opinion_kind_known")),
        sa.CheckConstraint(
            "state IN ('drafted', 'sent', 'answered', 'returned', 'closed', 'dropped')",
            name=op.f("ck_opinion_state_known"),
        ),
        sa.CheckConstraint("due_on >= opened_on", name=op.f("ck_opinion_time_to_answer")),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_opinion_says_something")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_opinion_city_id_city")),
        sa.ForeignKeyConstraint(["office_id"], ["party.id"], name=op.f("fk_opinion_office_id_party")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_opinion_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(
        "ix_opinion_party",
        "opinion",
        ["party_id"],
        unique=False,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_table(
        "platform",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("way", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_on IS NOT NULL AND length(reason) > 0)",
            name=op.f("ck_platform_removed_with_day_and_why"),
        ),
        sa.CheckConstraint("(state = 'removed') = (until_on IS NOT NULL)", name=op.f("ck_platform_removed_until")),
        sa.CheckConstraint("state <> 'listed' OR listed_on IS NOT NULL", name=op.f("ck_platform_listed_with_day")),
        sa.CheckConstraint("state IN ('applied', 'listed', 'removed')", name=op.f("ck_platform_state_known")),
        sa.CheckConstraint("way IN ('own', 'third_party')", name=op.f("ck_platform_way_known")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_platform_city_id_city")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_platform_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
        sa.UniqueConstraint("party_id", name=op.f("uq_platform_party_id")),
    )
    op.create_table(
        "contractor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("registered_by", sa.Integer(), nullable=True),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint("phone IS NULL OR phone LIKE '+%'", name=op.f("ck_contractor_phone_is_e164")),
        sa.CheckConstraint(
            "admin_id IS NULL OR registered_on IS NOT NULL", name=op.f("ck_contractor_administrator_once_registered")
        ),
        sa.CheckConstraint("length(trim(number)) > 0", name=op.f("ck_contractor_number_not_blank")),
        sa.CheckConstraint(
            "registered_on IS NULL OR registered_on >= filed_on", name=op.f("ck_contractor_registered_once_filed")
        ),
        sa.ForeignKeyConstraint(["admin_id"], ["contact.id"], name=op.f("fk_contractor_admin_id_contact")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_contractor_city_id_city")),
        sa.ForeignKeyConstraint(["filed_by"], ["contact.id"], name=op.f("fk_contractor_filed_by_contact")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contractor_party_id_party")),
        sa.ForeignKeyConstraint(["registered_by"], ["contact.id"], name=op.f("fk_contractor_registered_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contractor")),
        sa.UniqueConstraint("party_id", name=op.f("uq_contractor_party_id")),
    )
    op.create_index("ix_contractor_number", "contractor", ["city_id", "number"], unique=False)
    op.create_table(
        "lift_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("said", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("registered_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('matched', 'open')) = (decided_on IS NULL)", name=op.f("ck_lift_claim_decided_with_day")
        ),
        sa.CheckConstraint(
            "state <> 'matched' OR registered_id IS NOT NULL", name=op.f("ck_lift_claim_matched_by_the_register")
        ),
        sa.CheckConstraint(
            "state IN ('matched', 'open', 'accepted', 'refused', 'withdrawn')", name=op.f("ck_lift_claim_state_known")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_lift_claim_city_id_city")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_lift_claim_contact_id_contact")),
        sa.ForeignKeyConstraint(["decided_by"], ["contact.id"], name=op.f("fk_lift_claim_decided_by_contact")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_lift_claim_lift_id_lift")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_lift_claim_party_id_party")),
        sa.ForeignKeyConstraint(["registered_id"], ["party.id"], name=op.f("fk_lift_claim_registered_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lift_claim")),
        sa.UniqueConstraint("key", name=op.f("uq_lift_claim_key")),
    )
    op.create_index(
        "ix_lift_claim_open",
        "lift_claim",
        ["lift_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_lift_claim_party", "lift_claim", ["party_id"], unique=False)
    op.create_index(
        "uq_lift_claim_stands",
        "lift_claim",
        ["lift_id", "party_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('matched', 'open')"),
        postgresql_where=sa.text("state IN ('matched', 'open')"),
    )
    op.create_table(
        "opinion_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "deed IN ('drafted', 'sent', 'answered', 'returned', 'closed', 'dropped')",
            name=op.f("ck_opinion_step_deed_known"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_opinion_step_contact_id_contact")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_opinion_step_opinion_id_opinion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_step")),
        sa.UniqueConstraint("key", name=op.f("uq_opinion_step_key")),
    )
    op.create_index("ix_opinion_step_opinion", "opinion_step", ["opinion_id", "id"], unique=False)
    op.create_table(
        "paper_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(revoked_on IS NULL) = (length(reason) = 0)", name=op.f("ck_paper_waiver_revoked_with_reason")
        ),
        sa.CheckConstraint(
            "from_on >= uploaded_on AND from_on >= confirmed_on", name=op.f("ck_paper_waiver_from_the_later_day")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["contact.id"], name=op.f("fk_paper_waiver_confirmed_by_contact")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_paper_waiver_lift_id_lift")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_paper_waiver_party_id_party")),
        sa.ForeignKeyConstraint(["revoked_by"], ["contact.id"], name=op.f("fk_paper_waiver_revoked_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_waiver")),
    )
    op.create_index("ix_paper_waiver_party", "paper_waiver", ["party_id"], unique=False)
    op.create_index(
        "uq_paper_waiver_now",
        "paper_waiver",
        ["lift_id", "party_id"],
        unique=True,
        sqlite_where=sa.text("revoked_on IS NULL"),
        postgresql_where=sa.text("revoked_on IS NULL"),
    )
    op.create_table(
        "platform_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("ref", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(deed IN ('tested', 'checked')) = (passed IS NOT NULL)", name=op.f("ck_platform_step_result_where_looked")
        ),
        sa.CheckConstraint(
            "deed IN ('applied', 'tested', 'listed', 'checked', 'removed')", name=op.f("ck_platform_step_deed_known")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_platform_step_contact_id_contact")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_platform_step_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_step")),
        sa.UniqueConstraint("key", name=op.f("uq_platform_step_key")),
    )
    op.create_index("ix_platform_step_platform", "platform_step", ["platform_id", "id"], unique=False)
    op.create_table(
        "record_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("maintainer_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("unit_by", sa.Integer(), nullable=True),
        sa.Column("unit_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("maintainer_by", sa.Integer(), nullable=True),
        sa.Column("maintainer_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(maintainer_by IS NULL) = (maintainer_at IS NULL)", name=op.f("ck_record_grant_maintainer_agreed_whole")
        ),
        sa.CheckConstraint("(unit_by IS NULL) = (unit_at IS NULL)", name=op.f("ck_record_grant_unit_agreed_whole")),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_record_grant_withdrawn_whole")
        ),
        sa.CheckConstraint("length(trim(purpose)) > 0", name=op.f("ck_record_grant_purpose_not_blank")),
        sa.CheckConstraint("until_on >= opened_on", name=op.f("ck_record_grant_ends_later")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_record_grant_city_id_city")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_record_grant_lift_id_lift")),
        sa.ForeignKeyConstraint(["maintainer_by"], ["contact.id"], name=op.f("fk_record_grant_maintainer_by_contact")),
        sa.ForeignKeyConstraint(["maintainer_id"], ["party.id"], name=op.f("fk_record_grant_maintainer_id_party")),
        sa.ForeignKeyConstraint(["to_id"], ["party.id"], name=op.f("fk_record_grant_to_id_party")),
        sa.ForeignKeyConstraint(["unit_by"], ["contact.id"], name=op.f("fk_record_grant_unit_by_contact")),
        sa.ForeignKeyConstraint(["unit_id"], ["party.id"], name=op.f("fk_record_grant_unit_id_party")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["contact.id"], name=op.f("fk_record_grant_withdrawn_by_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_grant")),
        sa.UniqueConstraint("key", name=op.f("uq_record_grant_key")),
    )
    op.create_index(op.f("ix_record_grant_maintainer_id"), "record_grant", ["maintainer_id"], unique=False)
    op.create_index(
        "ix_record_grant_to",
        "record_grant",
        ["to_id", "unit_id"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(op.f("ix_record_grant_unit_id"), "record_grant", ["unit_id"], unique=False)
    op.create_table(
        "record_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("lift_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("what IN ('names', 'phones', 'certificates')", name=op.f("ck_record_read_what_known")),
        sa.CheckConstraint("length(trim(why)) > 0", name=op.f("ck_record_read_why_not_blank")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_record_read_contact_id_contact")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_record_read_lift_id_lift")),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_record_read_owner_id_party")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_record_read_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_read")),
    )
    op.create_index("ix_record_read_lift", "record_read", ["lift_id", "id"], unique=False)
    op.create_index("ix_record_read_owner", "record_read", ["owner_id", "id"], unique=False)
    op.create_table(
        "record_way",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("way", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(way = 'city') = (platform_id IS NULL)", name=op.f("ck_record_way_platform_of_its_way")),
        sa.CheckConstraint("way IN ('city', 'own', 'third_party')", name=op.f("ck_record_way_way_known")),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_record_way_ends_after_start")),
        sa.ForeignKeyConstraint(["chosen_by"], ["contact.id"], name=op.f("fk_record_way_chosen_by_contact")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_record_way_party_id_party")),
        sa.ForeignKeyConstraint(["platform_id"], ["platform.id"], name=op.f("fk_record_way_platform_id_platform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_way")),
        sa.UniqueConstraint("key", name=op.f("uq_record_way_key")),
    )
    op.create_index("ix_record_way_party", "record_way", ["party_id", "from_on"], unique=False)
    op.create_index(
        "uq_record_way_last",
        "record_way",
        ["party_id"],
        unique=True,
        sqlite_where=sa.text("to_on IS NULL"),
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.create_table(
        "worker_grade",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("certificate", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("level IN ('head', 'leader', 'worker')", name=op.f("ck_worker_grade_level_known")),
        sa.CheckConstraint(
            "(length(certificate) = 0) = (valid_until IS NULL)", name=op.f("ck_worker_grade_certificate_whole")
        ),
        sa.CheckConstraint("leader_id IS NULL OR leader_id <> contact_id", name=op.f("ck_worker_grade_led_by_another")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_worker_grade_contact_id_contact")),
        sa.ForeignKeyConstraint(["leader_id"], ["contact.id"], name=op.f("fk_worker_grade_leader_id_contact")),
        sa.ForeignKeyConstraint(["set_by"], ["contact.id"], name=op.f("fk_worker_grade_set_by_contact")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_worker_grade")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_worker_grade_leader_id"), "worker_grade", ["leader_id"], unique=False)
    protect()


def protect() -> None:
    """Have the database refuse what would rewrite who has read."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER tr_record_read_no_{deed} BEFORE {deed.upper()} ON record_read "
                f"BEGIN SELECT RAISE(ABORT, '{READS}'); END"
            )
        return
    refuse = f"EXECUTE FUNCTION refuse_change('{READS}')"
    for deed in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER tr_record_read_no_{deed} BEFORE {deed.upper()} ON record_read FOR EACH ROW {refuse}"
        )
    op.execute(f"CREATE TRIGGER tr_record_read_no_truncate BEFORE TRUNCATE ON record_read FOR EACH STATEMENT {refuse}")


def downgrade() -> None:
    op.drop_index(op.f("ix_worker_grade_leader_id"), table_name="worker_grade")
    op.drop_table("worker_grade")
    op.drop_index(
        "uq_record_way_last",
        table_name="record_way",
        sqlite_where=sa.text("to_on IS NULL"),
        postgresql_where=sa.text("to_on IS NULL"),
    )
    op.drop_index("ix_record_way_party", table_name="record_way")
    op.drop_table("record_way")
    op.drop_index("ix_record_read_owner", table_name="record_read")
    op.drop_index("ix_record_read_lift", table_name="record_read")
    op.drop_table("record_read")
    op.drop_index(op.f("ix_record_grant_unit_id"), table_name="record_grant")
    op.drop_index(
        "ix_record_grant_to",
        table_name="record_grant",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index(op.f("ix_record_grant_maintainer_id"), table_name="record_grant")
    op.drop_table("record_grant")
    op.drop_index("ix_platform_step_platform", table_name="platform_step")
    op.drop_table("platform_step")
    op.drop_index(
        "uq_paper_waiver_now",
        table_name="paper_waiver",
        sqlite_where=sa.text("revoked_on IS NULL"),
        postgresql_where=sa.text("revoked_on IS NULL"),
    )
    op.drop_index("ix_paper_waiver_party", table_name="paper_waiver")
    op.drop_table("paper_waiver")
    op.drop_index("ix_opinion_step_opinion", table_name="opinion_step")
    op.drop_table("opinion_step")
    op.drop_index(
        "uq_lift_claim_stands",
        table_name="lift_claim",
        sqlite_where=sa.text("state IN ('matched', 'open')"),
        postgresql_where=sa.text("state IN ('matched', 'open')"),
    )
    op.drop_index("ix_lift_claim_party", table_name="lift_claim")
    op.drop_index(
        "ix_lift_claim_open",
        table_name="lift_claim",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("lift_claim")
    op.drop_index("ix_contractor_number", table_name="contractor")
    op.drop_table("contractor")
    op.drop_table("platform")
    op.drop_index(
        "ix_opinion_party",
        table_name="opinion",
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.drop_table("opinion")
