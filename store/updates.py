"""What came through a door of the bot: kept before it is answered, marked when it has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session

from store.database import table_of
from store.notices import Inbox


@dataclass(frozen=True)
class Kept:
    """An update in the inbox: its number there, the id that its door gave it, what came, and when."""

    number: int
    external_id: str
    payload: dict[str, Any]
    came_at: datetime


def keep_updates(
    session: Session, source: str, updates: Sequence[tuple[str, dict[str, Any]]], *, now: datetime
) -> list[Kept]:
    """Keep updates by their external ids; those that did not come before, in their order."""
    assert session.bind is not None
    keeping = _keeping(session.bind.dialect.name)
    kept: list[Kept] = []
    for external_id, payload in updates:
        row = {"source": source, "external_id": external_id, "payload": payload, "received_at": now}
        number = session.execute(keeping, row).scalar()
        if number is not None:
            kept.append(Kept(number, external_id, payload, now))
    return kept


@cache
def _keeping(dialect: str) -> ReturningInsert[tuple[int]]:
    """Made once: it is asked with every update."""
    table = table_of(Inbox)
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    return insert.on_conflict_do_nothing().returning(table.c.id)


def waiting_updates(session: Session, source: str) -> list[Kept]:
    """What was kept and not answered, oldest first."""
    table = table_of(Inbox).c
    query = select(table.id, table.external_id, table.payload, table.received_at)
    query = query.where(table.source == source, table.handled_at.is_(None)).order_by(table.id)
    return [Kept(*row) for row in session.execute(query)]


def is_waiting(session: Session, number: int) -> bool:
    """Whether nobody has answered this one yet."""
    table = table_of(Inbox).c
    return session.execute(select(table.id).where(table.id == number, table.handled_at.is_(None))).first() is not None


def mark_answered(session: Session, numbers: Sequence[int], *, now: datetime) -> None:
    """They have been answered; what they said is forgotten: the register and the events have what counts."""
    table = table_of(Inbox)
    session.execute(update(table).where(table.c.id.in_(numbers)).values(handled_at=now, payload={}))


def came_before(session: Session, source: str, external_id: str) -> bool:
    """Whether an update of this id is in the inbox, answered or not."""
    table = table_of(Inbox).c
    query = select(table.id).where(table.source == source, table.external_id == external_id)
    return session.execute(query).first() is not None


def forget_updates(session: Session, sources: Sequence[str], *, before: datetime) -> int:
    """Forget what was answered before that; nobody sends it again. Returns how many."""
    table = table_of(Inbox)
    old = (table.c.source.in_(sources), table.c.handled_at < before)
    return len(session.execute(delete(table).where(*old).returning(table.c.id)).all())
