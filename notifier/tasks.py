"""Tasks that the notifier opens for a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from store.task_list import open_once
from store.tasks import Task, TaskKind


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
    return open_once(session, task).id


def key_of_party(party_id: int) -> str:
    """One task for a party, however many notices wait for it."""
    return f"party:{party_id}"
