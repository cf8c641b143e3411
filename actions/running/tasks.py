"""Open tasks as a person reads them, and the end of one that a person has seen to.

What ends a task is mostly not a word: a call ends with its outcome, a missing number with a number. Only what nothing
else can end is closed by hand, with who did it and why.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from actions.people.parties import is_office
from store.doubted import PREFIX
from store.ledger import settle_by_hand
from store.lifts import Lift
from store.parties import Party
from store.tasks import Task, TaskKind, TaskStatus

BY_HAND = "told by hand: "
CLOSED = "closed"  # in a task's detail: who closed it by hand, when and why
REGISTER = "a person who can be reached ends it, by `tixing import` or `tixing chats`"
IN_OFFICE = {
    TaskKind.NO_CONTACT: "a person who is named there ends it, by `tixing offices`",
    TaskKind.DELIVERY_FAILED: "another officer ends it, by `tixing offices`, or a chat, by `tixing chats`, "
    "or `tixing resend` where a provider was at fault",
}
ENDED_BY = {
    TaskKind.CALL: "`tixing calls {id} OUTCOME --by NAME` ends it: how the call went",
    TaskKind.NO_CONTACT: REGISTER,
    TaskKind.DELIVERY_FAILED: f"{REGISTER}, or `tixing resend` where a provider was at fault",
    TaskKind.PLAN_HELD: "`tixing release --city {city}` ends it, or `tixing import --undo`",
    TaskKind.CALENDAR_MISSING: "`tixing calendar import FILE` ends it",
    TaskKind.CAMPAIGN_OFFICER: "`tixing campaign officer` names one, `tixing offices` a department",
    TaskKind.CAMPAIGN_ROWS: "a register or a list that agrees ends it, by `tixing import` or `tixing campaign import`",
    TaskKind.DATA_ANOMALY: "a register that has it right ends it, by `tixing import`",
    TaskKind.LIST_UNACKNOWLEDGED: "an officer of the bureau who acknowledges the list in the chat ends it",
    TaskKind.VISIT_TO_MOVE: "the visit ends it when it is moved or called off",
    TaskKind.RECTIFICATION_LAPSED: "the inspector's conclusion ends it, in a chat or by tixing inspections conclude",
    TaskKind.OBJECTION_UNANSWERED: "an answer to the objection ends it, in a chat or by tixing inspections answer",
    TaskKind.MAINTAINER_DISPUTED: "the unit's or the bureau's word ends it, in a chat, or a register that agrees",
    TaskKind.VALIDITY_DISAGREES: "a register that agrees with the clauses ends it, by `tixing import`",
}
DOUBTED = "another number in the register ends it, or `tixing contacts --keep {number} --by NAME` where it is right"
OF_TWO = ("from", "to")  # in a detail: ids of the parties between which something went over


class TaskError(Exception):
    """The task cannot be closed so; the sentence says why."""


@dataclass(frozen=True)
class Filter:
    """Which tasks: of a city, of a kind, of an owner (a ref, or a part of the name); empty is all."""

    city_id: str | None = None
    kind: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class OpenTask:
    """A task with the names of what its ids mean; what is not there is empty. `ended_by`: empty, a person closes it."""

    task: Task
    owner: str
    owner_ref: str
    party: str
    lift: str
    before: str
    after: str
    ended_by: str


def open_tasks(session: Session, wanted: Filter, *, limit: int) -> list[OpenTask]:
    """The open tasks, oldest first."""
    owner, party = aliased(Party), aliased(Party)
    query = (
        select(Task, owner, party, Lift)
        .outerjoin(owner, col(owner.id) == Task.owner_party_id)
        .outerjoin(party, col(party.id) == Task.party_id)
        .outerjoin(Lift, col(Lift.id) == Task.lift_id)
        .where(*_conditions(wanted, owner))
        .order_by(col(Task.opened_on), col(Task.id))
        .limit(limit)
    )
    rows = session.exec(query).all()
    names = _names_of_two(session, [task for task, *_ in rows])
    return [
        OpenTask(
            task=task,
            owner=owning.name if owning else "",
            owner_ref=owning.ref if owning else "",
            party=concerned.name if concerned else "",
            lift=lift.key if lift else "",
            before=names.get((task.detail or {}).get("from"), ""),
            after=names.get((task.detail or {}).get("to"), ""),
            ended_by=ended_by(task, concerned),
        )
        for task, owning, concerned, lift in rows
    ]


def count_open(session: Session, wanted: Filter) -> dict[str, int]:
    """How many are open, by kind."""
    owner = aliased(Party)
    query = (
        select(Task.kind, func.count())
        .select_from(Task)
        .outerjoin(owner, col(owner.id) == Task.owner_party_id)
        .where(*_conditions(wanted, owner))
        .group_by(Task.kind)
    )
    return dict(sorted((kind, number) for kind, number in session.exec(query)))


def close_task(session: Session, task_id: int, *, by: str, reason: str, now: datetime, today: date) -> bool:
    """A person has seen to it; False where the same person has said the same of it before."""
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise TaskError(f"there is no task {task_id}; `tixing tasks` lists those that are open")
    said = {"by": by, "reason": reason}
    if task.status != TaskStatus.OPEN:
        closed = (task.detail or {}).get(CLOSED) or {}
        if {name: closed.get(name) for name in said} == said:
            return False
        raise TaskError(f"task {task_id} was closed on {task.closed_on}: {task.outcome}")
    party = session.get(Party, task.party_id) if task.party_id is not None else None
    if instead := ended_by(task, party):
        raise TaskError(f"task {task_id} ({task.kind}) is not closed by hand: {instead}")
    task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, f"{reason} ({by})"
    task.detail = (task.detail or {}) | {CLOSED: said | {"at": now.isoformat()}}
    session.add(task)
    session.flush()
    if task.kind == TaskKind.DELIVERY_FAILED and task.notice_id is not None:
        settle_by_hand(session, task.notice_id, reason=f"{BY_HAND}{task.outcome}", today=today, now=now)
    return True


def ended_by(task: Task, party: Party | None) -> str:
    """What ends this task about a party, where a person's word does not; empty where it does."""
    if task.kind == TaskKind.BAD_PHONE and task.key.startswith(PREFIX):
        return DOUBTED.format(number=(task.detail or {}).get("number", ""))
    if task.kind == TaskKind.DELIVERY_FAILED and task.party_id is None:
        return ""  # its words cannot be written: somebody tells them by hand
    kind = TaskKind(task.kind)
    if kind in IN_OFFICE and party is not None and is_office(party):
        return IN_OFFICE[kind]
    return ENDED_BY.get(kind, "").format(id=task.id, city=task.city_id)


def _conditions(wanted: Filter, owner: Any) -> list[Any]:
    conditions: list[Any] = [Task.status == TaskStatus.OPEN]
    if wanted.city_id is not None:
        conditions.append(Task.city_id == wanted.city_id)
    if wanted.kind is not None:
        conditions.append(Task.kind == wanted.kind)
    if wanted.owner is not None:
        conditions.append(or_(owner.ref == wanted.owner, owner.name.contains(wanted.owner, autoescape=True)))
    return conditions


def _names_of_two(session: Session, tasks: list[Task]) -> dict[int | None, str]:
    ids = {task.detail[side] for task in tasks if task.detail for side in OF_TWO if task.detail.get(side)}
    if not ids:
        return {}
    named = select(Party.id, Party.name).where(col(Party.id).in_(ids))
    return {row[0]: row[1] for row in session.exec(named)}
