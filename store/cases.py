"""Cases that a district hands down to a street office: who holds each since when, and what was done."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class CaseState(StrEnum):
    """Where a case stands; the diagram is in docs/regulator.md."""

    WITH_STREET = "with_street"
    CHECKED = "checked"
    WITH_DISTRICT = "with_district"
    CLOSED = "closed"


class CaseMatter(StrEnum):
    """Why somebody is to go there."""

    OVERDUE = "overdue"
    UNBOOKED = "unbooked"
    FAILED = "failed"
    STOP_ORDER = "stop_order"
    OTHER = "other"


class CaseDeed(StrEnum):
    """What was done with a case."""

    HANDED_DOWN = "handed_down"
    SITE_CHECK = "site_check"
    HANDED_BACK = "handed_back"
    RECALLED = "recalled"
    CLOSED = "closed"


class StreetOffice(SQLModel, table=True):
    """An office below a district's bureau, from when to when."""

    __tablename__ = "street_office"
    __table_args__ = (
        check("ends_after_start", "to_on IS NULL OR to_on >= from_on"),
        unique_where("uq_street_office_current", "to_on IS NULL", "party_id"),
        Index("ix_street_office_district", "city_id", "district_code"),
    )

    id: int = Field(default=None, primary_key=True)
    party_id: int = Field(foreign_key="party.id")
    city_id: str = Field(foreign_key="city.id")
    district_code: str
    from_on: date
    to_on: date | None = None


class LiftCase(SQLModel, table=True):
    """A case about lifts of one use unit, of the bureau `office_id`; to be done by `due`.

    The street office `street_id` has had it since `held_since`; where it is None, the bureau itself.
    """

    __tablename__ = "lift_case"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("matter", CaseMatter),
        check("closed_with_day", "(state = 'closed') = (closed_on IS NOT NULL)"),
        check("somebody_holds_it", "(state IN ('with_street', 'checked')) = (street_id IS NOT NULL)"),
        index_where("ix_lift_case_street", "street_id IS NOT NULL", "street_id"),
        index_where("ix_lift_case_office", "closed_on IS NULL", "office_id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    district_code: str
    matter: str
    state: str = CaseState.WITH_STREET
    office_id: int = Field(foreign_key="party.id")
    street_id: int | None = Field(default=None, foreign_key="party.id")
    unit_id: int | None = Field(default=None, foreign_key="party.id")
    opened_by: int = Field(foreign_key="contact.id")
    opened_on: date
    held_since: date
    due: date
    closed_on: date | None = None


class CaseLift(SQLModel, table=True):
    """A lift of a case; it is in one open case at a time."""

    __tablename__ = "case_lift"
    __table_args__ = (
        unique_where("uq_case_lift_open", "is_open", "lift_id"),
        Index("ix_case_lift_case", "case_id"),
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="lift_case.id")
    lift_id: int = Field(foreign_key="lift.id")
    is_open: bool = True


class CaseStep(SQLModel, table=True):
    """What somebody did with a case; `state` is where it stood afterwards, `photos` are ids of stored files."""

    __tablename__ = "case_step"
    __table_args__ = (
        one_of("deed", CaseDeed),
        one_of("state", CaseState),
        Index("ix_case_step_case", "case_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="lift_case.id")
    deed: str
    state: str
    at: datetime
    on_date: date
    contact_id: int = Field(foreign_key="contact.id")
    to_id: int | None = Field(default=None, foreign_key="party.id")
    note: str = ""
    photos: list[int] = Field(default_factory=list, sa_type=JSON)
    key: str = Field(unique=True)
