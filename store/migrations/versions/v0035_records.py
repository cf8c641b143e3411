"""records of maintenance: chains of entries that nothing changes, roots of days, and how each record stands

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KEEP_YEARS = 4
ENTRY = "entries of records are never changed: add a note"
ROOT = "the root of a day is never changed"
# An entry may lose its body, and nothing else, from the day after its fourth anniversary on (003 四(二)).
OLD_SQLITE = f"OLD.day < date('now', '+8 hours', '-{KEEP_YEARS} years')"
OLD_SERVER = f"OLD.day < (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '{KEEP_YEARS} years'"
SAME = ("id", "lift_id", "seq", "day", "kind", "hash")


def upgrade() -> None:
    op.create_table(
        "record_root",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lifts", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(length(signature) = 0) = (length(key) = 0)", name=op.f("ck_record_root_signed_whole")),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_record_root_root_whole")),
        sa.CheckConstraint("lifts >= 1 AND entries >= lifts", name=op.f("ck_record_root_counts")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_record_root")),
    )
    op.create_table(
        "record_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('record', 'signed', 'objected', 'defaulted', 'note', 'delay', 'erased', 'cut')",
            name=op.f("ck_record_entry_kind_known"),
        ),
        sa.CheckConstraint("body IS NULL OR length(body) <= 65536", name=op.f("ck_record_entry_body_short")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_record_entry_hash_whole")),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_record_entry_seq_from_one")),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_record_entry_lift_id_lift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_entry")),
        sa.UniqueConstraint("lift_id", "seq", name=op.f("uq_record_entry_lift_id_seq")),
    )
    op.create_index("ix_record_entry_day", "record_entry", ["day"], unique=False)
    op.create_table(
        "maintenance_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("maintainer_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("platform", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("completed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("uploaded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sign_by", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("late_upload", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("dangerous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_maintenance_record_decided_unless_pending")
        ),
        sa.CheckConstraint(
            "consent_id IS NULL OR platform = 'city'", name=op.f("ck_maintenance_record_silence_counts_here_only")
        ),
        sa.CheckConstraint(
            "kind IN ('half_month', 'quarter', 'half_year', 'year')", name=op.f("ck_maintenance_record_kind_known")
        ),
        sa.CheckConstraint(
            "platform IN ('city', 'own', 'third_party')", name=op.f("ck_maintenance_record_platform_known")
        ),
        sa.CheckConstraint(
            "source_id IS NULL OR platform <> 'city'", name=op.f("ck_maintenance_record_source_not_here")
        ),
        sa.CheckConstraint(
            "state <> 'signed_by_default' OR (consent_id IS NOT NULL)",
            name=op.f("ck_maintenance_record_by_default_with_consent"),
        ),
        sa.CheckConstraint(
            "state <> 'signed_by_default' OR decided_by IS NULL", name=op.f("ck_maintenance_record_silence_is_nobody")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'signed', 'objected', 'signed_by_default')",
            name=op.f("ck_maintenance_record_state_known"),
        ),
        sa.CheckConstraint(
            "(source_id IS NULL) = (external_id IS NULL)", name=op.f("ck_maintenance_record_source_names_it")
        ),
        sa.CheckConstraint("NOT dangerous OR faults > 0", name=op.f("ck_maintenance_record_dangerous_is_a_fault")),
        sa.CheckConstraint("faults >= 0", name=op.f("ck_maintenance_record_no_negative_faults")),
        sa.CheckConstraint("uploaded_at >= completed_at", name=op.f("ck_maintenance_record_uploaded_after")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_maintenance_record_city_id_city")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["signing_consent.id"], name=op.f("fk_maintenance_record_consent_id_signing_consent")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["contact.id"], name=op.f("fk_maintenance_record_decided_by_contact")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["record_entry.id"], name=op.f("fk_maintenance_record_entry_id_record_entry")
        ),
        sa.ForeignKeyConstraint(["lift_id"], ["lift.id"], name=op.f("fk_maintenance_record_lift_id_lift")),
        sa.ForeignKeyConstraint(
            ["maintainer_id"], ["party.id"], name=op.f("fk_maintenance_record_maintainer_id_party")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["party.id"], name=op.f("fk_maintenance_record_source_id_party")),
        sa.ForeignKeyConstraint(["unit_id"], ["party.id"], name=op.f("fk_maintenance_record_unit_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_record")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_maintenance_record_entry_id")),
        sa.UniqueConstraint("key", name=op.f("uq_maintenance_record_key")),
        sa.UniqueConstraint("lift_id", "seq", name=op.f("uq_maintenance_record_lift_id_seq")),
    )
    op.create_index("ix_maintenance_record_lift", "maintenance_record", ["lift_id", "completed_at"], unique=False)
    op.create_index(
        "ix_maintenance_record_maintainer", "maintenance_record", ["maintainer_id", "completed_at"], unique=False
    )
    op.create_index(
        "ix_maintenance_record_pending",
        "maintenance_record",
        ["sign_by"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_maintenance_record_unit", "maintenance_record", ["unit_id", "completed_at"], unique=False)
    op.create_index(
        "uq_maintenance_record_external",
        "maintenance_record",
        ["source_id", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "record_personal",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("erased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(salt IS NULL) = (value IS NULL)", name=op.f("ck_record_personal_erased_whole")),
        sa.CheckConstraint(
            "(value IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_record_personal_erased_with_time")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["record_entry.id"], name=op.f("fk_record_personal_entry_id_record_entry")
        ),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_record_personal")),
    )
    op.create_table(
        "record_photo",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_record_photo_numbered_from_one")),
        sa.ForeignKeyConstraint(["entry_id"], ["record_entry.id"], name=op.f("fk_record_photo_entry_id_record_entry")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_record_photo_file_id_stored_file")),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_record_photo")),
    )
    protect()


def protect() -> None:
    """Have the database refuse what would rewrite a record."""
    same = " AND ".join(f"NEW.{column} = OLD.{column}" for column in SAME)
    if op.get_bind().dialect.name == "sqlite":
        for table, why in (("record_entry", ENTRY), ("record_root", ROOT)):
            op.execute(
                f"CREATE TRIGGER tr_{table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
        cut = f"NEW.body IS NULL AND OLD.body IS NOT NULL AND {same} AND {OLD_SQLITE}"
        op.execute(
            f"CREATE TRIGGER tr_record_entry_no_update BEFORE UPDATE ON record_entry WHEN NOT ({cut}) "
            f"BEGIN SELECT RAISE(ABORT, '{ENTRY}'); END"
        )
        op.execute(
            "CREATE TRIGGER tr_record_root_no_update BEFORE UPDATE ON record_root "
            f"BEGIN SELECT RAISE(ABORT, '{ROOT}'); END"
        )
        return
    for table, why in (("record_entry", ENTRY), ("record_root", ROOT)):
        refuse = f"EXECUTE FUNCTION refuse_change('{why}')"
        op.execute(f"CREATE TRIGGER tr_{table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER tr_{table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    cut = f"NEW.body IS NULL AND OLD.body IS NOT NULL AND {same} AND {OLD_SERVER}"
    # in a function: a condition of the trigger itself would keep its columns from ever being sorted otherwise
    op.execute(
        f"CREATE FUNCTION refuse_unless_cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {cut} THEN RETURN NEW; "
        "END IF; RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER tr_record_entry_no_update BEFORE UPDATE ON record_entry FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_unless_cut('{ENTRY}')"
    )
    op.execute(
        "CREATE TRIGGER tr_record_root_no_update BEFORE UPDATE ON record_root FOR EACH ROW "
        f"EXECUTE FUNCTION refuse_change('{ROOT}')"
    )
    # whoever owns the tables can take the right back, and then meets the triggers; a service that doesn't, cannot
    op.execute("REVOKE DELETE, TRUNCATE ON record_entry, record_root FROM PUBLIC, CURRENT_USER")
    op.execute("REVOKE UPDATE ON record_root FROM PUBLIC, CURRENT_USER")


def downgrade() -> None:
    op.drop_table("record_photo")
    op.drop_table("record_personal")
    op.drop_index(
        "uq_maintenance_record_external",
        table_name="maintenance_record",
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.drop_index("ix_maintenance_record_unit", table_name="maintenance_record")
    op.drop_index(
        "ix_maintenance_record_pending",
        table_name="maintenance_record",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_maintenance_record_maintainer", table_name="maintenance_record")
    op.drop_index("ix_maintenance_record_lift", table_name="maintenance_record")
    op.drop_table("maintenance_record")
    op.drop_index("ix_record_entry_day", table_name="record_entry")
    op.drop_table("record_entry")
    op.drop_table("record_root")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_unless_cut")
