"""Events: dated facts about lifts and parties. All state can be derived from them; none is changed or removed."""

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, exists
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col

from store.base import check, one_of, unique_where


class EventKind(StrEnum):
    """The kinds of fact. The middle block is what `tixing dates` accepts from outside."""

    VALIDITY_STATED = "validity_stated"
    VALIDITY_CORRECTED = "validity_corrected"
    VALIDITY_RENEWED = "validity_renewed"
    TRANSFERRED = "transferred"
    STATUS_CHANGED = "status_changed"
    BOOKED = "booked"
    BOOKING_CANCELLED = "booking_cancelled"
    VISIT_MISSED = "visit_missed"
    URGING_ANSWERED = "urging_answered"
    REPORT_ISSUED = "report_issued"
    TEST_DATE_STATED = "test_date_stated"
    TEST_UPLOADED = "test_uploaded"
    TESTING_EXITED = "testing_exited"
    USE_MARK_RENEWED = "use_mark_renewed"
    USE_REGISTERED = "use_registered"
    IOT_RESTORED = "iot_restored"
    REPORT_FILED = "report_filed"
    REGIME_CHANGED = "regime_changed"
    IMPORT_UNDONE = "import_undone"
    OFFICE_CHANGED = "office_changed"
    PEOPLE_CHANGED = "people_changed"

    RENOVATED = "renovated"
    MAJOR_REPAIR = "major_repair"
    OUT_OF_USE = "out_of_use"
    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    INSPECTION_ENDED = "inspection_ended"
    RECTIFICATION_CONFIRMED = "rectification_confirmed"
    OPINION_NOTICE_ISSUED = "opinion_notice_issued"
    TEST_DONE = "test_done"
    ONSITE_VISIT = "onsite_visit"
    REMOTE_CHECK = "remote_check"
    IOT_OUTAGE = "iot_outage"
    NOTICE_POSTED = "notice_posted"
    PUT_INTO_USE = "put_into_use"
    POLICY_ISSUED = "policy_issued"
    CERTIFICATE_ISSUED = "certificate_issued"
    PILOT_PUBLISHED = "pilot_published"
    PILOT_EXITED = "pilot_exited"
    RECORD_COMPLETED = "record_completed"

    SAID_INSPECTED = "said_inspected"
    SAYING_REFUTED = "saying_refuted"
    RECTIFICATION_SUBMITTED = "rectification_submitted"
    RECTIFICATION_RETURNED = "rectification_returned"
    RESULT_TAKEN_BACK = "result_taken_back"
    DELAY_STATED = "delay_stated"


class Event(SQLModel, table=True):
    """`on_date` is when it happened (business date), `known_on` when we were told, `recorded_at` when we wrote it."""

    __table_args__ = (
        one_of("kind", EventKind),
        check("has_subject", "lift_id IS NOT NULL OR party_id IS NOT NULL"),
        Index("ix_event_lift", "lift_id", "kind"),
        Index("ix_event_kind", "kind", "known_on"),
        unique_where("uq_event_idempotency", "idempotency_key IS NOT NULL", "idempotency_key"),
    )

    id: int = Field(default=None, primary_key=True)
    kind: str
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    on_date: date
    known_on: date
    recorded_at: datetime
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    source: str = ""
    import_id: int | None = Field(default=None, foreign_key="import_run.id")
    idempotency_key: str | None = None


def was_taken_back(event: Any = Event) -> ColumnElement[bool]:
    """The condition that a result was recorded wrongly, as another event says: it is no fact."""
    return _taken_back_of_any() if event is Event else _taken_back(event)


def _taken_back(event: Any) -> ColumnElement[bool]:
    marker = aliased(Event)
    of = col(marker.payload)["of"].as_integer()
    is_so = (col(marker.lift_id) == event.lift_id, col(marker.kind) == EventKind.RESULT_TAKEN_BACK, of == event.id)
    return exists().where(*is_so)


@cache
def _taken_back_of_any() -> ColumnElement[bool]:
    """Made once: every question for a lift's events asks it."""
    return _taken_back(Event)
