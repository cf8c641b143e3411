"""A regulator's list of lifts for a year: its rows as they were confirmed, and who sees to it in each department."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.base import check, one_of, unique_where


class RowResult(StrEnum):
    """What came of a row when it was held against the register."""

    FOUND = "found"
    MISSING = "missing"  # listed, and in no register
    CONFLICTING = "conflicting"  # the register says something else of it
    TWICE = "twice"  # listed on an earlier row as well, which counts
    UNREADABLE = "unreadable"


class CampaignList(SQLModel, table=True):
    """The list of a city and a year, until another replaces it. `digest` stands for all that its rows state."""

    __tablename__ = "campaign_list"
    __table_args__ = (unique_where("uq_campaign_list_current", "replaced_at IS NULL", "city_id", "year"),)

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    year: int
    file_name: str
    digest: str
    rows: int
    imported_at: datetime
    replaced_at: datetime | None = None


class CampaignRow(SQLModel, table=True):
    """A row of a list. `shown` is its first identifier, `stated` what it says besides.

    `reasons` says why it is not simply found: each with `what`, and where two things differ `listed` and `register`.
    """

    __tablename__ = "campaign_row"
    __table_args__ = (
        UniqueConstraint("list_id", "line"),
        one_of("result", RowResult),
        check("found_is_a_lift", "result <> 'found' OR lift_id IS NOT NULL"),
        check("counts_once", "result NOT IN ('missing', 'twice', 'unreadable') OR lift_id IS NULL"),
        unique_where("uq_campaign_row_lift", "lift_id IS NOT NULL", "list_id", "lift_id"),
        Index("ix_campaign_row_lift", "lift_id"),
    )

    id: int = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="campaign_list.id")
    line: int
    shown: str
    stated: dict[str, Any] = Field(sa_type=JSON)
    district: str = ""
    district_code: str | None = None
    result: str
    lift_id: int | None = Field(default=None, foreign_key="lift.id")
    reasons: list[dict[str, Any]] = Field(sa_type=JSON)


class CampaignOfficer(SQLModel, table=True):
    """The one person of a department who sees to a year's list, until another is named."""

    __tablename__ = "campaign_officer"
    __table_args__ = (
        check("named_by_somebody", "length(trim(named_by)) > 0"),
        check("ends_after_start", "until_on IS NULL OR until_on >= from_on"),
        unique_where("uq_campaign_officer_current", "until_on IS NULL", "department_id", "year"),
    )

    id: int = Field(default=None, primary_key=True)
    department_id: int = Field(foreign_key="party.id")
    year: int
    contact_id: int = Field(foreign_key="contact.id")
    named_by: str
    reason: str = ""
    from_on: date
    until_on: date | None = None
