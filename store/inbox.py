"""The inbox of what comes from outside: each message once, before it is acknowledged."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from store.database import table_of
from store.notices import Inbox


def take_in(
    session: Session,
    source: str,
    external_id: str,
    payload: dict[str, Any],
    *,
    received_at: datetime,
    handled_at: datetime | None = None,
) -> bool:
    """Keep a message; False if (source, external_id) came before."""
    assert session.bind is not None
    insert = sqlite.insert if session.bind.dialect.name == "sqlite" else postgresql.insert
    table = table_of(Inbox)
    row = {
        "source": source,
        "external_id": external_id,
        "payload": payload,
        "received_at": received_at,
        "handled_at": handled_at,
    }
    statement = insert(table).values(row).on_conflict_do_nothing().returning(table.c.id)
    return session.execute(statement).first() is not None
