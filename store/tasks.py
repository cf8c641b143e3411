"""Tasks: what a person must do because the software cannot or may not."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.base import check, one_of, unique_where


class TaskKind(StrEnum):
    """Why a person is asked."""

    CALL = "call"
    NO_CONTACT = "no_contact"
    BAD_PHONE = "bad_phone"
    BAD_CREDIT_CODE = "bad_credit_code"
    UNKNOWN_DISTRICT = "unknown_district"
    NO_VALIDITY = "no_validity"
    VALIDITY_TOO_OLD = "validity_too_old"
    INSPECTED_NOT_UPDATED = "inspected_not_updated"
    USE_UNIT_CHANGED = "use_unit_changed"
    USE_UNIT_MISSING = "use_unit_missing"
    BOOKING_OF_FORMER_UNIT = "booking_of_former_unit"
    REJECTED_ROWS = "rejected_rows"
    DELIVERY_FAILED = "delivery_failed"
    CALENDAR_MISSING = "calendar_missing"
    OVER_CAPACITY = "over_capacity"
    NO_INSTALLED_DATE = "no_installed_date"
    PLAN_HELD = "plan_held"
    NO_PLAN_TODAY = "no_plan_today"
    VALIDITY_DISAGREES = "validity_disagrees"
    MAINTAINER_MISSING = "maintainer_missing"
    PAPER_TOO_OLD = "paper_too_old"
    BOOKING_OF_FORMER_RULES = "booking_of_former_rules"
    NOT_THEIR_LIFTS = "not_their_lifts"
    SAID_OUT_OF_USE = "said_out_of_use"
    SPECIAL_REASON = "special_reason"
    HANDOVER = "handover"
    PEOPLE_CHANGED = "people_changed"
    SAID_INSPECTED = "said_inspected"
    ENTRAPMENT_UNANSWERED = "entrapment_unanswered"
    ENTRAPMENT_NOT_ENDED = "entrapment_not_ended"
    CAMPAIGN_OFFICER = "campaign_officer"
    CAMPAIGN_ROWS = "campaign_rows"
    DATA_ANOMALY = "data_anomaly"
    RECTIFICATION_LAPSED = "rectification_lapsed"
    VISIT_TO_MOVE = "visit_to_move"
    LIST_UNACKNOWLEDGED = "list_unacknowledged"
    OBJECTION_UNANSWERED = "objection_unanswered"
    NO_BUREAU = "no_bureau"
    WEBHOOK_STOPPED = "webhook_stopped"
    MAINTAINER_DISPUTED = "maintainer_disputed"
    WRONG_ON_SITE = "wrong_on_site"


class TaskStatus(StrEnum):
    """An open task has no outcome."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Task(SQLModel, table=True):
    """`key` names what the task is about; one open task for each (kind, key), however often it is found again."""

    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("status", TaskStatus),
        check("key_not_blank", "length(trim(key)) > 0"),
        check("closed_with_date", "(status = 'open') = (closed_on IS NULL)"),
        unique_where("uq_task_open", "status = 'open'", "kind", "key"),
        Index("ix_task_owner", "owner_party_id", "status"),
    )

    id: int = Field(default=None, primary_key=True)
    kind: str
    key: str
    city_id: str = Field(foreign_key="city.id")
    owner_party_id: int | None = Field(default=None, foreign_key="party.id")
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    import_id: int | None = Field(default=None, foreign_key="import_run.id")
    line: int | None = None
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: str = TaskStatus.OPEN
    opened_on: date
    closed_on: date | None = None
    outcome: str = ""
