"""Imports of registers: what came in, and every row that was refused, with its reason."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from store.base import check, one_of


class ChangeKind(StrEnum):
    """What a row of `import_change` is about. Values come in pairs, [before, after]; `row_id` names the row."""

    LIFT = "lift"  # {column: [before, after]}
    LIFT_ADDED = "lift_added"
    NAMES = "names"  # of a lift: {"rows": [[kind, value, stated before, until before]]}; None: it had no such name
    USE_UNIT = "use_unit"  # of a lift: {"party": [before, after], "responsibility": the one that ended}
    MAINTAINER = "maintainer"
    DUTY = "duty"  # {"due", "told_seq", "next_step", "next_on"} before
    PARTY = "party"  # {column: [before, after]}
    CONTACT_ENDED = "contact_ended"
    CONTACT_ADDED = "contact_added"
    TASK = "task"  # of an open task that was renewed: {column: [before, after]}
    TOLD = "told"  # of a duty: {"rows": [[due, step, party, notice]]} taken back before it was sent
    NOTICE = "notice"  # cancelled unsent: {column: before}
    NOTICE_ADDED = "notice_added"
    CONTACT_ADOPTED = "contact_adopted"  # named by a person before a register named them too


class ImportRun(SQLModel, table=True):
    """One import. rows = lifts + rejected. `undone_at`: it was taken back, see `import_change`."""

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
    undone_at: datetime | None = None


class ImportChange(SQLModel, table=True):
    """What an import found in the store and made otherwise: enough to show it before, and to undo it afterwards."""

    __tablename__ = "import_change"
    __table_args__ = (
        one_of("kind", ChangeKind),
        {"sqlite_with_rowid": False},
    )

    import_id: int = Field(foreign_key="import_run.id", primary_key=True)
    kind: str = Field(primary_key=True)
    row_id: int = Field(primary_key=True)
    line: int | None = None
    detail: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class ImportReject(SQLModel, table=True):
    """A refused row: where it stood, why, and what it held."""

    __tablename__ = "import_reject"

    import_id: int = Field(foreign_key="import_run.id", primary_key=True)
    line: int = Field(primary_key=True)
    reason: str
    detail: str
    row: dict[str, Any] = Field(sa_type=JSON)
