"""Maintenance visits: where a lift stands and who goes there, the record while it is written, why a visit comes late.

A record is finished here and stored for good by its upload; what lies here is the worker's draft, and how the visit
went.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where
from store.records import VisitKind


class VisitState(StrEnum):
    """How far a visit's record is. `dropped`: begun by mistake."""

    UNDER_WAY = "under_way"
    UPLOADED = "uploaded"
    DROPPED = "dropped"


class LiftClass(StrEnum):
    """The appendix of TSG T5002 that a lift is under."""

    TRACTION = "A"
    HYDRAULIC = "B"
    SERVICE = "C"
    ESCALATOR = "D"


class DelayReason(StrEnum):
    """Why a visit cannot be made in time (003 四(五))."""

    NATURAL_DISASTER = "natural_disaster"
    EMERGENCY_CONTROL = "emergency_control"
    AREA_CLOSED = "area_closed"
    OTHER = "other"


ON_EARTH = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180"
PLACE_WHOLE = "(latitude IS NULL) = (longitude IS NULL)"


class LiftUpkeep(SQLModel, table=True):
    """What maintenance knows of a lift: its appendix where the register does not say it, where it stands (WGS 84, as a
    telephone said it on the first visit, 003 三(二)1(3)), and which worker goes there."""

    __tablename__ = "lift_upkeep"
    __table_args__ = (
        check("class_known", "lift_class IS NULL OR lift_class IN ('A', 'B', 'C', 'D')"),
        check("place_whole", PLACE_WHOLE),
        check("place_with_time", "(latitude IS NULL) = (located_at IS NULL)"),
        check("on_earth", f"latitude IS NULL OR ({ON_EARTH})"),
        Index("ix_lift_upkeep_worker", "worker_id"),
        {"sqlite_with_rowid": False},
    )

    lift_id: int = Field(foreign_key="lift.id", primary_key=True)
    lift_class: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    located_by: int | None = Field(default=None, foreign_key="contact.id")
    located_at: datetime | None = None
    worker_id: int | None = Field(default=None, foreign_key="contact.id")


class UpkeepVisit(SQLModel, table=True):
    """A visit and its record while it is written. `key`: the tap that began it.

    `labelled_at`: the label on the lift was read. `latitude`, `longitude`: where the worker was at `located_at`,
    `distance` metres from the lift as far as its place is known. `findings`: by item what is not simply fine, or was
    measured; `extra`: items beside the table. `completed_at`: when the work was done, where that was before the upload.
    """

    __tablename__ = "upkeep_visit"
    __table_args__ = (
        one_of("state", VisitState),
        one_of("kind", VisitKind),
        one_of("lift_class", LiftClass),
        check("ended_with_time", "(state = 'under_way') = (ended_at IS NULL)"),
        check("place_whole", PLACE_WHOLE),
        check("place_with_time", "(latitude IS NULL) = (located_at IS NULL)"),
        check("on_earth", f"latitude IS NULL OR ({ON_EARTH})"),
        check("distance_from_a_place", "distance IS NULL OR (distance >= 0 AND latitude IS NOT NULL)"),
        check("second_is_another", "second_id IS NULL OR second_id <> worker_id"),
        check("second_has_confirmed", "second_confirmed_at IS NULL OR second_id IS NOT NULL"),
        unique_where("uq_upkeep_visit_under_way", "state = 'under_way'", "lift_id", "worker_id"),
        index_where("ix_upkeep_visit_second", "state = 'under_way'", "second_id"),
        Index("ix_upkeep_visit_lift", "lift_id", "state"),
        Index("ix_upkeep_visit_worker", "worker_id", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    lift_id: int = Field(foreign_key="lift.id")
    maintainer_party_id: int = Field(foreign_key="party.id")
    worker_id: int = Field(foreign_key="contact.id")
    second_id: int | None = Field(default=None, foreign_key="contact.id")
    second_confirmed_at: datetime | None = None
    kind: str
    lift_class: str
    state: str = VisitState.UNDER_WAY
    key: str = Field(unique=True)
    begun_at: datetime
    ended_at: datetime | None = None
    completed_at: datetime | None = None
    labelled_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    located_at: datetime | None = None
    distance: int | None = None
    findings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    extra: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    note: str = ""


class DelayStatement(SQLModel, table=True):
    """A maintainer says why the visit due on `due_on` is not made in time (003 四(五)); it will be made by `until_on`.

    Stated after the due day it is late. `key`: the tap, so that a repeat is none.
    """

    __tablename__ = "delay_statement"
    __table_args__ = (
        one_of("reason", DelayReason),
        check("other_in_words", "reason <> 'other' OR length(trim(words)) > 0"),
        check("made_later", "until_on >= stated_on"),
        UniqueConstraint("lift_id", "key"),
        Index("ix_delay_statement_lift", "lift_id", "due_on"),
        Index("ix_delay_statement_maintainer", "maintainer_party_id", "stated_on"),
    )

    id: int = Field(default=None, primary_key=True)
    lift_id: int = Field(foreign_key="lift.id")
    maintainer_party_id: int = Field(foreign_key="party.id")
    due_on: date
    until_on: date
    reason: str
    words: str = ""
    photo_id: int | None = Field(default=None, foreign_key="stored_file.id")
    stated_by: int | None = Field(default=None, foreign_key="contact.id")
    stated_on: date
    stated_at: datetime
    key: str

    @property
    def is_late(self) -> bool:
        """Whether it came only after the due day: noted as late (P10)."""
        return self.stated_on > self.due_on
