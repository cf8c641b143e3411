"""Imports of registers: what came in, and every row that was refused, with its reason."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from store.base import check


class ImportRun(SQLModel, table=True):
    """One import. rows = lifts + rejected."""

    __tablename__ = "import_run"
    __table_args__ = (check("rows_add_up", "rows = created + updated + unchanged + rejected"),)

    id: int = Field(default=None, primary_key=True)
    city_id: str = Field(foreign_key="city.id")
    file_name: str
    mapping: str = ""
    as_of: date
    started_at: datetime
    finished_at: datetime | None = None
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    parties: int = 0


class ImportReject(SQLModel, table=True):
    """A refused row: where it stood, why, and what it held."""

    __tablename__ = "import_reject"

    import_id: int = Field(foreign_key="import_run.id", primary_key=True)
    line: int = Field(primary_key=True)
    reason: str
    detail: str
    row: dict[str, Any] = Field(sa_type=JSON)
