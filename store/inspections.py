"""Inspections on site: what an inspector found, who signed the papers, and how the items were rectified."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class InspectionState(StrEnum):
    """Where an inspection stands; the diagram is in docs/inspection.md."""

    UNDER_WAY = "under_way"
    ABORTED = "aborted"
    PASSED = "passed"
    FAILED = "failed"
    WITH_ITEMS = "with_items"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"
    OVERTAKEN = "overtaken"


class InspectionDeed(StrEnum):
    """What was done with an inspection."""

    STARTED = "started"
    ABORTED = "aborted"
    PASSED = "passed"
    FAILED = "failed"
    FOUND_ITEMS = "found_items"
    SIGNED = "signed"
    OBJECTED = "objected"
    EVIDENCE = "evidence"
    FIXED = "fixed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    UPHELD = "upheld"
    PUT_RIGHT = "put_right"
    TAKEN_BACK = "taken_back"
    OVERTAKEN = "overtaken"


class AbortReason(StrEnum):
    """Why an inspection was broken off (附件1-1 二2)."""

    CONDITIONS = "conditions"
    DANGER = "danger"


class Signature(StrEnum):
    """What a side has said to a paper; nothing is ever signed by silence."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    OBJECTED = "objected"


OPEN_STATES = (
    InspectionState.UNDER_WAY,
    InspectionState.WITH_ITEMS,
    InspectionState.SUBMITTED,
    InspectionState.RETURNED,
    InspectionState.LAPSED,
)
OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
ENDED = "'aborted', 'passed', 'failed', 'confirmed', 'lapsed'"
WITH_NOTICE = "'with_items', 'submitted', 'returned', 'confirmed', 'lapsed'"


class Inspection(SQLModel, table=True):
    """One lift's inspection by a department; `ended_on` is the day on which the inspection on site ended.

    `deadline` is the one written on the opinion notice. `by_unit`, `by_maintainer`: the raw record as each side has
    signed it; `notice_by_unit`: the opinion notice. `objected_on`: since when an objection waits for an answer.
    `counts_on`: the day for which its result counts, where one of that day was taken back.
    """

    __table_args__ = (
        one_of("state", InspectionState),
        one_of("reason", AbortReason),
        one_of("by_unit", Signature),
        one_of("by_maintainer", Signature),
        check("notice_signed_or_not", "notice_by_unit IN ('unsigned', 'signed')"),
        check("ended_with_day", f"(state IN ({ENDED})) = (ended_on IS NOT NULL)"),
        check("ends_after_start", "ended_on IS NULL OR ended_on >= begun_on"),
        check("aborted_with_reason", "state = 'taken_back' OR (state = 'aborted') = (reason IS NOT NULL)"),
        check("objection_is_somebodys", "objected_on IS NULL OR by_unit = 'objected' OR by_maintainer = 'objected'"),
        check("counts_after_start", "counts_on IS NULL OR counts_on >= begun_on"),
        check("items_with_deadline", f"state NOT IN ({WITH_NOTICE}) OR deadline IS NOT NULL"),
        unique_where("uq_inspection_open", f"state IN ({OPEN})", "lift_id"),
        index_where("ix_inspection_deadline", "state IN ('with_items', 'returned')", "deadline"),
        Index("ix_inspection_lift", "lift_id"),
        Index("ix_inspection_department", "department_id", "begun_on"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    lift_id: int = Field(foreign_key="lift.id")
    department_id: int = Field(foreign_key="party.id")
    inspector_id: int | None = Field(default=None, foreign_key="contact.id")
    state: str = InspectionState.UNDER_WAY
    begun_on: date
    ended_on: date | None = None
    deadline: date | None = None
    reason: str | None = None
    by_unit: str = Signature.UNSIGNED
    by_maintainer: str = Signature.UNSIGNED
    notice_by_unit: str = Signature.UNSIGNED
    objected_on: date | None = None
    counts_on: date | None = None


class InspectionItem(SQLModel, table=True):
    """An item to rectify, by its number on the opinion notice; `returned`: why the inspector gave it back last.

    `shown`: something was sent in for it since then.
    """

    __tablename__ = "inspection_item"
    __table_args__ = (
        check("numbered_from_one", "number >= 1"),
        check("text_not_blank", "length(trim(text)) > 0"),
    )

    inspection_id: int = Field(foreign_key="inspection.id", primary_key=True)
    number: int = Field(primary_key=True)
    text: str
    returned: str = ""
    fixed: bool = False
    shown: bool = False


class InspectionStep(SQLModel, table=True):
    """What somebody did with an inspection; `state` is where it stood afterwards, `photos` are ids of stored files.

    `item`: of which item it is, none where it is of the whole; `by`: who did it, empty for the clock.
    """

    __tablename__ = "inspection_step"
    __table_args__ = (
        one_of("deed", InspectionDeed),
        one_of("state", InspectionState),
        Index("ix_inspection_step_inspection", "inspection_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    inspection_id: int = Field(foreign_key="inspection.id")
    deed: str
    state: str
    at: datetime
    on_date: date
    party_id: int | None = Field(default=None, foreign_key="party.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id")
    by: str = ""
    item: int | None = None
    deadline: date | None = None
    note: str = ""
    photos: list[int] = Field(default_factory=list, sa_type=JSON)
    key: str = Field(unique=True)
