"""The dialogs' own records: read for a chat at once, written at the end of its update, of several chats together."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, String, bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from store.database import table_of
from store.doors import DialogState

Record = tuple[str | None, dict[str, Any]]  # state, data


def load_dialogs(session: Session, chat: str) -> dict[str, Record]:
    """The records of a chat."""
    return {key: (state, data) for key, state, data in session.execute(_of_chat(), {"chat": chat})}


def save_dialogs(session: Session, changed: Mapping[tuple[str, str], Record], *, now: datetime) -> None:
    """Keep these records, by chat and key; one that has neither state nor data is forgotten."""
    assert session.bind is not None
    table = table_of(DialogState)
    rows = [
        {"chat": chat, "key": key, "state": state, "data": data, "changed_at": now}
        for (chat, key), (state, data) in changed.items()
        if state is not None or data
    ]
    if rows:
        session.execute(_keeping(session.bind.dialect.name), rows)
    lost = [place for place, (state, data) in changed.items() if state is None and not data]
    if lost:
        session.execute(delete(table).where(tuple_(table.c.chat, table.c.key).in_(lost)))


@cache
def _of_chat() -> Select[Any]:
    """Made once, as what follows: they are asked with every update."""
    table = table_of(DialogState).c
    return select(table.key, table.state, table.data).where(table.chat == bindparam("chat", type_=String))


@cache
def _keeping(dialect: str) -> Insert:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table_of(DialogState))
    theirs = {name: insert.excluded[name] for name in ("state", "data", "changed_at")}
    return insert.on_conflict_do_update(index_elements=["chat", "key"], set_=theirs)


def forget_dialogs(session: Session, *, before: datetime) -> int:
    """Forget what dialogs knew that nobody has touched since. Returns how many records."""
    table = table_of(DialogState)
    statement = delete(table).where(table.c.changed_at < before).returning(table.c.key)
    return len(session.execute(statement).all())
