"""The dialogs' own records: read for a chat at once, written at the end of an update."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from store.database import table_of
from store.doors import DialogState

Record = tuple[str | None, dict[str, Any]]  # state, data


def load_dialogs(session: Session, chat: str) -> dict[str, Record]:
    """The records of a chat."""
    table = table_of(DialogState).c
    query = select(table.key, table.state, table.data).where(table.chat == chat)
    return {key: (state, data) for key, state, data in session.execute(query)}


def save_dialogs(
    session: Session, chat: str, records: Mapping[str, Record], gone: Iterable[str], *, now: datetime
) -> None:
    """Keep these records and forget those that are `gone`."""
    assert session.bind is not None
    table = table_of(DialogState)
    rows = [
        {"chat": chat, "key": key, "state": state, "data": data, "changed_at": now}
        for key, (state, data) in records.items()
    ]
    if rows:
        insert = (sqlite.insert if session.bind.dialect.name == "sqlite" else postgresql.insert)(table)
        changed = {name: insert.excluded[name] for name in ("state", "data", "changed_at")}
        session.execute(insert.on_conflict_do_update(index_elements=["chat", "key"], set_=changed), rows)
    lost = list(gone)
    if lost:
        session.execute(delete(table).where(table.c.chat == chat, table.c.key.in_(lost)))


def forget_dialogs(session: Session, *, before: datetime) -> int:
    """Forget what dialogs knew that nobody has touched since. Returns how many records."""
    table = table_of(DialogState)
    statement = delete(table).where(table.c.changed_at < before).returning(table.c.key)
    return len(session.execute(statement).all())
