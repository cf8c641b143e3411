"""The rows of `import_change`, as undoing reads them."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session

from store.database import table_of
from store.imports import ChangeKind, ImportChange

CHUNK = 500
Row = tuple[int, dict[str, Any]]
Item = TypeVar("Item")


def changes_of(session: Session, import_id: int, kind: ChangeKind) -> list[Row]:
    """(row, what was kept of it) of one kind, by row."""
    change = table_of(ImportChange).c
    query = select(change.row_id, change.detail).where(change.import_id == import_id, change.kind == kind)
    rows = session.execute(query.order_by(change.row_id))
    return [(row_id, detail or {}) for row_id, detail in rows]


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Parts that fit into one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
