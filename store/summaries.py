"""What a department had open at the closing of each day: lines that begin and end, and that nothing changes later."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from store.base import check, index_where, one_of, unique_where


class Figure(StrEnum):
    """What is counted, in lifts; docs/summary.md says which."""

    DUE = "due"
    UNBOOKED = "unbooked"
    OVERDUE = "overdue"
    ITEMS = "items"
    REPORTS = "reports"


class Went(StrEnum):
    """Why a lift is counted no more."""

    DONE = "done"
    BOOKED = "booked"
    NOT_IN_USE = "not_in_use"
    HANDED_OVER = "handed_over"
    CHANGED = "changed"  # the date, or what had brought it was taken back


class SummaryDay(SQLModel, table=True):
    """A day that was closed for a city: what is known later counts for a later day."""

    __tablename__ = "summary_day"
    __table_args__ = (UniqueConstraint("city_id", "day"),)

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    day: date
    closed_at: datetime


class SummaryLine(SQLModel, table=True):
    """A lift under one figure of one department (None: nobody answers for its district), from the closing of
    `from_on` up to and not including that of `until_on`.

    `came_late`, `went_late`: by what happened they should have been counted at an earlier closing, and were known
    only after it. `handed_over`: it came from another department. `duty_id`: for what it is counted.
    """

    __tablename__ = "summary_line"
    __table_args__ = (
        one_of("figure", Figure),
        check("went_known", "went IS NULL OR went IN ('done', 'booked', 'not_in_use', 'handed_over', 'changed')"),
        check("ends_after_start", "until_on IS NULL OR until_on > from_on"),
        check("went_when_over", "(until_on IS NULL) = (went IS NULL)"),
        check("late_when_over", "until_on IS NOT NULL OR NOT went_late"),
        unique_where("uq_summary_line_open", "until_on IS NULL", "lift_id", "figure"),
        Index("ix_summary_line_from", "city_id", "from_on"),
        index_where("ix_summary_line_until", "until_on IS NOT NULL", "city_id", "until_on"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    department_id: int | None = Field(default=None, foreign_key="party.id")
    figure: str
    lift_id: int = Field(foreign_key="lift.id")
    duty_id: int = Field(foreign_key="duty.id")
    from_on: date
    came_late: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    handed_over: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    until_on: date | None = None
    went: str | None = None
    went_late: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
