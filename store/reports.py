"""Inspection reports as they were issued, and what units answered to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.base import check, one_of, unique_where


class Conclusion(StrEnum):
    """What a report says of the lift."""

    PASS = "pass"
    FAIL = "fail"


class Answer(StrEnum):
    """What a unit says to a report: the lift is stopped, or the mark hangs in the car."""

    STOPPED = "stopped"
    POSTED = "posted"


class Report(SQLModel, table=True):
    """A report on the inspection of a lift that ended on `ended_on`. Never changed: one that was wrong has a later one,
    which `corrects` it.

    `party_id` is the unit that was told. A pass has the day up to which the lift may be used, and a mark; only in a
    correction that day may have passed.
    """

    __table_args__ = (
        one_of("conclusion", Conclusion),
        check("number_not_blank", "length(trim(number)) > 0"),
        check("not_before_its_end", "issued_on >= ended_on"),
        check("pass_is_valid", "(conclusion = 'pass') = (valid_until IS NOT NULL)"),
        check("pass_has_mark", "(conclusion = 'pass') = (length(mark) > 0)"),
        check(
            "outlasts_its_issue",
            "valid_until IS NULL OR valid_until > issued_on OR (corrects IS NOT NULL AND valid_until > ended_on)",
        ),
        UniqueConstraint("department_id", "number"),
        unique_where("uq_report_corrects", "corrects IS NOT NULL", "corrects"),
        Index("ix_report_lift", "lift_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    department_id: int = Field(foreign_key="party.id")
    lift_id: int = Field(foreign_key="lift.id")
    party_id: int | None = Field(default=None, foreign_key="party.id")
    number: str
    conclusion: str
    ended_on: date
    issued_on: date
    issued_at: datetime
    issued_by: int | None = Field(default=None, foreign_key="contact.id")
    valid_until: date | None = None
    mark: str = ""
    file_id: int = Field(foreign_key="stored_file.id")
    corrects: int | None = Field(default=None, foreign_key="report.id")
    why: str = ""
    key: str = Field(unique=True)


class ReportAnswer(SQLModel, table=True):
    """What somebody of the unit has said to a report, once for each thing. A posted mark is shown by a photo."""

    __tablename__ = "report_answer"
    __table_args__ = (
        one_of("answer", Answer),
        check("posted_is_shown", "(answer = 'posted') = (photo_id IS NOT NULL)"),
    )

    report_id: int = Field(foreign_key="report.id", primary_key=True)
    answer: str = Field(primary_key=True)
    contact_id: int = Field(foreign_key="contact.id")
    at: datetime
    photo_id: int | None = Field(default=None, foreign_key="stored_file.id")
