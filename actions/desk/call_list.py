"""The calls that people are still to make, as their callers read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case
from sqlmodel import Session, col, select

from actions.desk.calls import AGAIN_AT, NO_ANSWER, calls_made
from store.notices import NEVER_STOPPED, Notice
from store.tasks import Task, TaskKind, TaskStatus


@dataclass(frozen=True)
class OpenCall:
    """A call to make: whom, at which unit, about which lifts, and what to say.

    `missed`: how often nobody answered; `again_at`: not before that moment.
    """

    task_id: int
    city_id: str
    opened_on: date
    number: str
    who: str
    unit: str
    lifts: Sequence[str]
    script: str
    missed: int
    again_at: datetime | None
    notice_id: int | None


def open_calls(session: Session, city_id: str | None = None, *, owner_id: int | None = None) -> list[OpenCall]:
    """Those of a city, or of all; `owner_id`: of one department. First where people are shut in, then oldest first."""
    query = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN)
    if city_id is not None:
        query = query.where(Task.city_id == city_id)
    if owner_id is not None:
        query = query.where(Task.owner_party_id == owner_id)
    query = query.outerjoin(Notice, col(Notice.id) == Task.notice_id)
    shut_in_first = case((col(Notice.duty).in_(NEVER_STOPPED), 0), else_=1)
    return [_read(task) for task in session.exec(query.order_by(shut_in_first, col(Task.opened_on), col(Task.id)))]


def _read(task: Task) -> OpenCall:
    detail = task.detail or {}
    again = detail.get(AGAIN_AT)
    return OpenCall(
        task_id=task.id,
        city_id=task.city_id,
        opened_on=task.opened_on,
        number=detail.get("number", ""),
        who=detail.get("who", ""),
        unit=detail.get("unit", ""),
        lifts=detail.get("lifts", []),
        script=detail.get("script", ""),
        missed=sum(call["outcome"] == NO_ANSWER for call in calls_made(task)),
        again_at=datetime.fromisoformat(again) if again else None,
        notice_id=task.notice_id,
    )
