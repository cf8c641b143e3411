"""What every table shares: the metadata with its naming convention, and constraints that keep illegal values out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """A CHECK that `column` holds one of `values`: SQLite would accept a wrong one and fail only on reading."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def check(name: str, condition: str) -> CheckConstraint:
    """A named CHECK over the row's own columns."""
    return CheckConstraint(condition, name=name)


def unique_where(name: str, condition: str, *columns: str) -> Index:
    """A partial unique index, the same on SQLite and PostgreSQL."""
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))


def index_where(name: str, condition: str, *columns: str) -> Index:
    """A partial index, the same on SQLite and PostgreSQL."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is refused because nobody knows whose clock it was read from."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: give it one")
    return moment.astimezone(UTC)
