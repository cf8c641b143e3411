"""that an office was named anew, or its officer, is a fact with who said so and why

Revision ID: 0013
Revises: 0012
"""

from store.migrations.reshape import forget_rows, replace_check

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = ("office_changed",)
BEFORE = (
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
)
AT = BEFORE.index("import_undone") + 1


def upgrade() -> None:
    replace_check("event", "ck_event_kind_known", _one_of((*BEFORE[:AT], *NEW, *BEFORE[AT:])))


def downgrade() -> None:
    forget_rows("event", _one_of(NEW))
    replace_check("event", "ck_event_kind_known", _one_of(BEFORE))


def _one_of(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({listed})"
