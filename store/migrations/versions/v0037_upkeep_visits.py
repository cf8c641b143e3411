"""maintenance visits: where lifts stand, records while they are written, statements of delay

Revision ID: 0037
Revises: 0035
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from store.migrations.reshape import forget_rows, replace_check_in_place

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
EVENTS = (
    "validity_stated",
    "validity_corrected",
    "validity_renewed",
    "transferred",
    "status_changed",
    "booked",
    "booking_cancelled",
    "visit_missed",
    "urging_answered",
    "report_issued",
    "test_date_stated",
    "test_uploaded",
    "testing_exited",
    "use_mark_renewed",
    "use_registered",
    "iot_restored",
    "report_filed",
    "regime_changed",
    "import_undone",
    "office_changed",
    "people_changed",
    "renovated",
    "major_repair",
    "out_of_use",
    "opt_in",
    "opt_out",
    "inspection_ended",
    "rectification_confirmed",
    "opinion_notice_issued",
    "test_done",
    "onsite_visit",
    "remote_check",
    "iot_outage",
    "notice_posted",
    "put_into_use",
    "policy_issued",
    "certificate_issued",
    "pilot_published",
    "pilot_exited",
    "record_completed",
    "said_inspected",
    "saying_refuted",
    "rectification_submitted",
    "rectification_returned",
    "result_taken_back",
)
ON_EARTH = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
PLACE_WHOLE = "(latitude IS NULL) = (longitude IS NULL)"
PLACE_WITH_TIME = "(latitude IS NULL) = (located_at IS NULL)"
UNDER_WAY = "state = 'under_way'"
CLASSES = "lift_class IN ('A', 'B', 'C', 'D')"
KINDS = "kind IN ('half_month', 'quarter', 'half_year', 'year')"


def upgrade() -> None:
    replace_check_in_place("event", "ck_event_kind_known", _one_of("kind", (*EVENTS, "delay_stated")))
    _add_lift_upkeep()
    _add_upkeep_visit()
    _add_delay_statement()


def downgrade() -> None:
    op.drop_table("delay_statement")
    op.drop_table("upkeep_visit")
    op.drop_table("lift_upkeep")
    forget_rows("event", "kind = 'delay_stated'")
    replace_check_in_place("event", "ck_event_kind_known", _one_of("kind", EVENTS))


def _add_lift_upkeep() -> None:
    name = "lift_upkeep"
    op.create_table(
        name,
        sa.Column("lift_id", sa.Integer(), nullable=False),
        sa.Column("lift_class", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("located_by", sa.Integer(), nullable=True),
        sa.Column("located_at", MOMENT(), nullable=True),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        *_checks(
            name,
            class_known=f"lift_class IS NULL OR {CLASSES}",
            place_whole=PLACE_WHOLE,
            place_with_time=PLACE_WITH_TIME,
            on_earth=f"latitude IS NULL OR ({ON_EARTH})",
        ),
        *_references(name, lift_id="lift", located_by="contact", worker_id="contact"),
        sa.PrimaryKeyConstraint("lift_id", name=op.f("pk_lift_upkeep")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_lift_upkeep_worker", name, ["worker_id"])


def _add_upkeep_visit() -> None:
    name = "upkeep_visit"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(column, sa.Integer(), nullable=False)
            for column in ("lift_id", "maintainer_party_id", "worker_id")
        ),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_confirmed_at", MOMENT(), nullable=True),
        *(sa.Column(column, sa.String(), nullable=False) for column in ("kind", "lift_class", "state", "key")),
        sa.Column("begun_at", MOMENT(), nullable=False),
        *(sa.Column(column, MOMENT(), nullable=True) for column in ("ended_at", "completed_at", "labelled_at")),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("located_at", MOMENT(), nullable=True),
        sa.Column("distance", sa.Integer(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        *_checks(
            name,
            state_known="state IN ('under_way', 'uploaded', 'dropped')",
            kind_known=KINDS,
            lift_class_known=CLASSES,
            ended_with_time=f"({UNDER_WAY}) = (ended_at IS NULL)",
            place_whole=PLACE_WHOLE,
            place_with_time=PLACE_WITH_TIME,
            on_earth=f"latitude IS NULL OR ({ON_EARTH})",
            distance_from_a_place="distance IS NULL OR (distance >= 0 AND latitude IS NOT NULL)",
            second_is_another="second_id IS NULL OR second_id <> worker_id",
            second_has_confirmed="second_confirmed_at IS NULL OR second_id IS NOT NULL",
        ),
        *_references(name, lift_id="lift", maintainer_party_id="party", worker_id="contact", second_id="contact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep_visit")),
        sa.UniqueConstraint("key", name=op.f("uq_upkeep_visit_key")),
    )
    here = {"sqlite_where": sa.text(UNDER_WAY), "postgresql_where": sa.text(UNDER_WAY)}
    op.create_index("uq_upkeep_visit_under_way", name, ["lift_id", "worker_id"], unique=True, **here)
    op.create_index("ix_upkeep_visit_second", name, ["second_id"], **here)
    op.create_index("ix_upkeep_visit_lift", name, ["lift_id", "state"])
    op.create_index("ix_upkeep_visit_worker", name, ["worker_id", "state"])


def _add_delay_statement() -> None:
    name = "delay_statement"
    op.create_table(
        name,
        *(sa.Column(column, sa.Integer(), nullable=False) for column in ("id", "lift_id", "maintainer_party_id")),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("stated_by", sa.Integer(), nullable=True),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("stated_at", MOMENT(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        *_checks(
            name,
            reason_known="reason IN ('natural_disaster', 'emergency_control', 'area_closed', 'other')",
            other_in_words="reason <> 'other' OR length(trim(words)) > 0",
            made_later="until_on >= stated_on",
        ),
        *_references(name, lift_id="lift", maintainer_party_id="party", photo_id="stored_file", stated_by="contact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delay_statement")),
        sa.UniqueConstraint("lift_id", "key", name=op.f("uq_delay_statement_lift_id_key")),
    )
    op.create_index("ix_delay_statement_lift", name, ["lift_id", "due_on"])
    op.create_index("ix_delay_statement_maintainer", name, ["maintainer_party_id", "stated_on"])


def _checks(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in conditions.items()]


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
