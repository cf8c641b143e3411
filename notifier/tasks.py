"""Tasks that the notifier opens for a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.tasks import Task, TaskKind, TaskStatus


def open_task(
    session: Session,
    kind: TaskKind,
    key: str,
    *,
    city_id: str,
    today: date,
    owner_party_id: int | None = None,
    party_id: int | None = None,
    notice_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """The id of the open task about (kind, key), opened if there is none yet."""
    known = find_open_task(session, kind, key)
    if known is not None:
        return known.id
    task = Task(
        kind=kind,
        key=key,
        city_id=city_id,
        owner_party_id=owner_party_id,
        party_id=party_id,
        notice_id=notice_id,
        detail=dict(detail or {}),
        opened_on=today,
    )
    session.add(task)
    session.flush()
    return task.id


def find_open_task(session: Session, kind: TaskKind, key: str) -> Task | None:
    """The open task about (kind, key), if any."""
    query = select(Task).where(Task.kind == kind, Task.key == key, col(Task.status) == TaskStatus.OPEN)
    return session.exec(query).first()


def key_of_party(party_id: int) -> str:
    """One task for a party, however many notices wait for it."""
    return f"party:{party_id}"
