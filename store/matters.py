"""Hazards, and special reasons why a lift cannot be inspected in time: reported to the district and followed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class MatterKind(StrEnum):
    """What a department reports of a lift."""

    HAZARD = "hazard"
    SPECIAL_REASON = "special_reason"


class MatterState(StrEnum):
    """Where it stands; the diagrams are in docs/regulator.md."""

    REPORTED = "reported"
    REMOVED = "removed"  # of a hazard: somebody says so, nobody has verified it
    APPROVED = "approved"
    RETURNED = "returned"
    CLOSED = "closed"


class MatterDeed(StrEnum):
    """What was done about it."""

    REPORTED = "reported"
    REMOVED = "removed"
    VERIFIED = "verified"
    NOT_REMOVED = "not_removed"
    APPROVED = "approved"
    RETURNED = "returned"
    REPORTED_AGAIN = "reported_again"
    SETTLED = "settled"  # inspected, or nothing is due any more


class SpecialReason(StrEnum):
    """Why a lift cannot be inspected in time."""

    OWNERS_DECISION = "owners_decision"
    MAINTENANCE_FUND = "maintenance_fund"
    RENOVATION = "renovation"
    DEMOLITION = "demolition"
    SEALED = "sealed"
    ACCESS_REFUSED = "access_refused"
    OTHER = "other"


class Matter(SQLModel, table=True):
    """A hazard of a lift, or the special reason (`reason`) why its inspection (`duty_id`) cannot be in time.

    `department_id` reported it to `office_id`; `since` is the day of its present state, `reminded_on` the last day on
    which somebody was reminded of it.
    """

    __table_args__ = (
        one_of("kind", MatterKind),
        one_of("state", MatterState),
        check(
            "reason_known",
            "reason IS NULL OR reason IN ('owners_decision', 'maintenance_fund', 'renovation', 'demolition', 'sealed',"
            " 'access_refused', 'other')",
        ),
        check("reason_of_its_kind", "(kind = 'special_reason') = (reason IS NOT NULL AND duty_id IS NOT NULL)"),
        check(
            "state_of_its_kind",
            "CASE kind WHEN 'hazard' THEN state NOT IN ('approved', 'returned') ELSE state <> 'removed' END",
        ),
        check("closed_with_day", "(state = 'closed') = (closed_on IS NOT NULL)"),
        unique_where("uq_matter_reason", "kind = 'special_reason' AND closed_on IS NULL", "lift_id"),
        index_where("ix_matter_department", "closed_on IS NULL", "department_id"),
        index_where("ix_matter_office", "closed_on IS NULL", "office_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    kind: str
    state: str = MatterState.REPORTED
    lift_id: int = Field(foreign_key="lift.id")
    duty_id: int | None = Field(default=None, foreign_key="duty.id")
    reason: str | None = None
    department_id: int = Field(foreign_key="party.id")
    office_id: int | None = Field(default=None, foreign_key="party.id")
    opened_on: date
    since: date
    reminded_on: date | None = None
    closed_on: date | None = None


class MatterStep(SQLModel, table=True):
    """Who did what about it and when; without a contact the clock did. `photos` are ids of stored files."""

    __tablename__ = "matter_step"
    __table_args__ = (
        one_of("deed", MatterDeed),
        check("done_by_somebody", "contact_id IS NOT NULL OR deed = 'settled'"),
        Index("ix_matter_step_matter", "matter_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    deed: str
    at: datetime
    on_date: date
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    note: str = ""
    photos: list[int] = Field(default_factory=list, sa_type=JSON)
    key: str = Field(unique=True)
