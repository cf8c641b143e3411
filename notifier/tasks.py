"""Tasks that the notifier opens for a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, or_, update
from sqlmodel import Session

from store.database import table_of
from store.notices import GREETING, Notice, NoticeStatus
from store.task_list import IDLE, open_once
from store.tasks import Task, TaskKind, TaskStatus

IN_VAIN = (NoticeStatus.FAILED, NoticeStatus.NO_CONTACT)
OVER = (NoticeStatus.SENT, NoticeStatus.DELIVERED, NoticeStatus.CANCELLED)
WRITTEN = "its notice went out after all, or is due no more"
TRIED_AGAIN = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN)


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


def close_what_arrived_after_all(session: Session, *, today: date) -> None:
    """Close the tasks about parties for which no notice is given up any more: it was sent again, or is due no more.

    While the notice of the task is tried again the task stays. One about words that could not be written is about its
    notice alone.
    """
    task, notice = table_of(Task), table_of(Notice).c
    in_vain = and_(notice.party_id == task.c.party_id, notice.status.in_(IN_VAIN), notice.step != GREETING)
    tried_again = and_(notice.id == task.c.notice_id, notice.status.in_(TRIED_AGAIN))
    ours = and_(
        task.c.kind == TaskKind.DELIVERY_FAILED, task.c.status == TaskStatus.OPEN, task.c.notice_id.is_not(None)
    )
    done = {"status": TaskStatus.DONE, "closed_on": today}
    idle = and_(task.c.party_id.is_not(None), ~exists().where(or_(in_vain, tried_again)))
    session.execute(update(task).where(ours, idle).values(outcome=IDLE, **done))
    # one without a party is about words that could not be written: no address helps there
    written = exists().where(notice.id == task.c.notice_id, notice.status.in_(OVER))
    session.execute(update(task).where(ours, task.c.party_id.is_(None), written).values(outcome=WRITTEN, **done))
