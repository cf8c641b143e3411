"""Somebody else does it now: what a person says of their successor is looked into by the inspection department.

Nobody is bound by it: an unknown number becomes a contact only when the department has called there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Actor, Asked
from actions.identity.bindings import read_phone
from actions.identity.people import masked
from actions.identity.record import SOMEBODY_ELSE, done_before, record
from actions.identity.staff import LONGEST_NAME, add_by_hand, end_by_hand
from actions.refusals import Refused
from actions.registry import verb
from actions.sight import lifts_of
from schedules.tasks import desk_of
from store.lifts import Lift
from store.parties import Contact, ContactRole, Party
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

AWAY = timedelta(days=30)  # meanwhile others of the party are told first, if there are any


@dataclass(frozen=True)
class SaidToHaveLeft:
    """What the department is to look into. `number` is whole: it is called there."""

    task_id: int
    party: str
    who: str
    phone: str
    successor: str
    number: str
    since: date


@verb(UNIT | MAINTAINER)
def say_somebody_else(session: Session, asked: Asked, *, name: str, phone: str) -> int:
    """I have left, or somebody else does it now: the task for the department. Until it is settled others come first."""
    before = done_before(session, asked)
    if before is not None:
        return int(before["task"])
    number, named = read_phone(phone), name.strip()
    me = session.get_one(Contact, asked.actor.contact_id)
    if number is None or number == me.phone:
        raise Refused("people.no_phone")
    if not 1 <= len(named) <= LONGEST_NAME or not named.isprintable():
        raise Refused("people.no_name", most=LONGEST_NAME)
    me.off_until = asked.today + AWAY
    session.add(me)
    detail = {
        "said": SOMEBODY_ELSE,
        "contact": me.id,
        "who": me.name,
        "number": me.phone or "",
        "successor": named,
        "successor_number": number,
        "role": me.role,
    }
    task = open_once(session, _task(session, asked, detail), renew=True)
    record(session, asked, SOMEBODY_ELSE, contact=me.id, task=task.id)
    return task.id


def a_check_of_theirs(session: Session, actor: Actor, task_id: Any) -> bool:
    """A guard: such a task, of their own department."""
    task = session.get(Task, task_id)
    return task is not None and (task.kind, task.owner_party_id) == (TaskKind.PEOPLE_CHANGED, actor.party_id)


@verb(DEPARTMENT, reads=True)
def people_to_check(session: Session, asked: Asked) -> list[SaidToHaveLeft]:
    """Who is said to have left, oldest first."""
    query = (
        select(Task, Party)
        .join(Party, col(Party.id) == Task.party_id)
        .where(Task.kind == TaskKind.PEOPLE_CHANGED, Task.status == TaskStatus.OPEN)
        .where(Task.owner_party_id == asked.actor.party_id)
        .order_by(col(Task.id))
    )
    return [
        SaidToHaveLeft(
            task_id=task.id,
            party=party.name,
            who=detail.get("who", ""),
            phone=masked(detail.get("number", "")),
            successor=detail.get("successor", ""),
            number=detail.get("successor_number", ""),
            since=task.opened_on,
        )
        for task, party in session.exec(query)
        if (detail := task.detail or {}).get("said") == SOMEBODY_ELSE
    ]


@verb(DEPARTMENT, task_id=a_check_of_theirs)
def settle_successor(session: Session, asked: Asked, *, task_id: int, is_true: bool) -> None:
    """The department has called: the successor is there now, and who said so is not; or nothing of it is true."""
    if done_before(session, asked) is not None:
        return
    task = session.get_one(Task, task_id, with_for_update=True)
    detail = task.detail or {}
    if task.status != TaskStatus.OPEN or detail.get("said") != SOMEBODY_ELSE or task.party_id is None:
        raise Refused("people.settled_already")
    former = session.get_one(Contact, detail["contact"])
    if is_true:
        _put_in_place(session, task.party_id, former, detail, asked.today)
    else:
        former.off_until = None
        session.add(former)
    task.status, task.closed_on = TaskStatus.DONE, asked.today
    task.outcome = "the successor is there now" if is_true else "not so"
    session.add(task)
    record(session, asked, "settled", task=task_id, contact=former.id, is_true=is_true)


def _put_in_place(session: Session, party_id: int, former: Contact, detail: dict[str, Any], today: date) -> None:
    role, number = ContactRole(detail["role"]), str(detail["successor_number"])
    same = (Contact.party_id == party_id, Contact.role == role, Contact.phone == number)
    if session.exec(select(Contact.id).where(*same, col(Contact.to_on).is_(None))).first() is None:
        add_by_hand(session, party_id, role, str(detail["successor"]), number, today)
    if former.to_on is None:
        end_by_hand(session, former, today)


def _task(session: Session, asked: Asked, detail: dict[str, Any]) -> Task:
    actor = asked.actor
    where = select(Lift.district_code).where(col(Lift.id).in_(lifts_of(actor)), col(Lift.district_code).is_not(None))
    district = session.exec(where.order_by(col(Lift.id)).limit(1)).first()
    return Task(
        kind=TaskKind.PEOPLE_CHANGED,
        key=f"contact:{actor.contact_id}",
        city_id=actor.city_id,
        owner_party_id=desk_of(session, actor.city_id, district),
        party_id=actor.party_id,
        detail=detail,
        opened_on=asked.today,
    )
