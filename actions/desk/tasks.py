"""What else waits at an inspection department: open tasks that no other window shows, and the end of one by hand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor, Asked, Role
from actions.campaign.anomalies import Anomaly
from actions.checks.sayings import SAYINGS
from actions.handovers.why import WHY, Why
from actions.refusals import Refused
from actions.registry import verb
from actions.running.tasks import TaskError, close_task, ended_by
from actions.visits.closed_day import Stuck
from actions.visits.listing import place_of
from store.lifts import Lift
from store.matters import SpecialReason
from store.parties import Party
from store.tasks import Task, TaskKind, TaskStatus

ELSEWHERE = (TaskKind.CALL, *SAYINGS)  # these have windows of their own
MOST, NAMED = 100, 20
COMMAND = re.compile("`([^`]+)`")
# In a detail: what somebody wrote, the first that is there.
SAID = ("note", "reason", "error", "stated", "district", "year")
WHYS: dict[TaskKind, frozenset[str]] = {
    TaskKind.HANDOVER: frozenset(Why),
    TaskKind.DATA_ANOMALY: frozenset(Anomaly),
    TaskKind.VISIT_TO_MOVE: frozenset(Stuck),
    TaskKind.SPECIAL_REASON: frozenset(SpecialReason),
}


@dataclass(frozen=True)
class DeskTask:
    """A task of the department: `kind` of store.tasks, about a `party` and `lifts` (places; `count` in all).

    `said`: what stands in it besides. `why`: of a handover one of `Why`, of odd data one of `Anomaly`, else empty.
    `by_hand`: a person's word ends it; else what it asks for does, and `commands` are what an operator has for that.
    """

    task_id: int
    kind: str
    party: str
    other: str
    opened_on: date
    lifts: Sequence[str]
    count: int
    said: str
    by_hand: bool
    is_open: bool
    why: str = ""
    commands: Sequence[str] = ()


def their_task(session: Session, actor: Actor, task_id: int) -> bool:
    """A guard: a task of the own department that no other window shows."""
    task = session.get(Task, task_id)
    return task is not None and task.owner_party_id == actor.party_id and task.kind not in ELSEWHERE


@verb(DEPARTMENT, reads=True)
def tasks_of_desk(session: Session, asked: Asked) -> list[DeskTask]:
    """What else waits at the own department: first where people are shut in, then oldest first.

    The list ends; what cannot wait must not stand behind its end.
    """
    query = select(Task).where(Task.owner_party_id == asked.actor.party_id, Task.status == TaskStatus.OPEN)
    shut_in_first = case((col(Task.kind) == TaskKind.ENTRAPMENT_UNANSWERED, 0), else_=1)
    query = query.where(col(Task.kind).not_in(ELSEWHERE))
    query = query.order_by(shut_in_first, col(Task.opened_on), col(Task.id)).limit(MOST)
    return [_read(session, task) for task in session.exec(query).all()]


@verb(DEPARTMENT, reads=True, task_id=their_task)
def task_of_desk(session: Session, asked: Asked, *, task_id: int) -> DeskTask:
    """One of them, open or not."""
    return _read(session, session.get_one(Task, task_id))


@verb(frozenset({Role.DUTY_OFFICER}), task_id=their_task)
def settle_task(session: Session, asked: Asked, *, task_id: int, note: str) -> DeskTask:
    """A person has seen to it; `note` says what came of it. Not where something else ends it."""
    if not note.strip():
        raise Refused("desk.say_why")
    reason = " ".join(note.split())
    try:
        close_task(session, task_id, by=asked.actor.name, reason=reason, now=asked.now, today=asked.today)
    except TaskError as error:
        raise Refused("desk.task_stays") from error
    return _read(session, session.get_one(Task, task_id))


def _read(session: Session, task: Task) -> DeskTask:
    detail = task.detail or {}
    keys = detail.get("lifts", detail.get("keys", []))
    keys = keys if isinstance(keys, list) else []
    query = select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_(keys[:NAMED])).order_by(col(Lift.id))
    places = [place_of(lift) for lift in session.exec(query)]
    if task.lift_id is not None:
        places = [place_of(session.get_one(Lift, task.lift_id))]
    party = session.get(Party, task.party_id) if task.party_id is not None else None
    others = {detail.get("from"), detail.get("to")} - {task.party_id, None}
    names = select(Party.name).where(col(Party.id).in_(others)).order_by(col(Party.id))
    why = detail.get(WHY, "")
    counted = detail.get("lifts", detail.get("count", 0))
    is_open, ends = task.status == TaskStatus.OPEN, ended_by(task, party)
    return DeskTask(
        task_id=task.id,
        kind=task.kind,
        party=party.name if party is not None else detail.get("unit", ""),
        other=" / ".join(session.exec(names)) if others else "",
        opened_on=task.opened_on,
        lifts=places,
        count=len(keys) or len(places) or (counted if isinstance(counted, int) else 0),
        said=_said(detail),
        by_hand=is_open and not ends,
        is_open=is_open,
        why=why if why in WHYS.get(TaskKind(task.kind), ()) else "",
        commands=COMMAND.findall(ends),
    )


def _said(detail: dict[str, Any]) -> str:
    """What somebody wrote; of people who are shut in whom to call, which is what is wanted then."""
    if detail.get("phone") and detail.get("who"):
        return " ".join(str(detail[name]) for name in ("unit", "who", "phone") if detail.get(name))
    return next((str(detail[name]) for name in SAID if detail.get(name)), "")
