"""Years of the working-day calendar that were imported after this release."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class CalendarYear(SQLModel, table=True):
    """A published year as imported (holiday-cn JSON)."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True)
    source: str = ""
    imported_at: datetime


class CalendarDay(SQLModel, table=True):
    """A day that differs from the plain week: a holiday, or a working Saturday or Sunday."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    year: int = Field(foreign_key="calendar_year.year", index=True)
    is_working: bool
    name: str = ""
