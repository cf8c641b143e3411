"""Checks of an inspection department: what units say of their lifts is confirmed, or found not to be so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, Actor, Asked
from actions.checks.notices import CONFIRMED, REFUTED, RESULT, RESULT_NOTE, tell_outcome
from actions.checks.outcomes import Becomes, becomes, day_said, require_confirmable
from actions.checks.said import Saying, standing
from actions.checks.sayings import SAYINGS
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.inspections import Deed, act, book, record_inspection
from actions.visits.listing import place_of
from store.doors import StoredFile
from store.events import EventKind
from store.lifts import Lift
from store.locks import lock_lifts
from store.parties import Party
from store.tasks import Task, TaskKind, TaskStatus

Result = Literal["pass", "fail"]
MOST = 100


@dataclass(frozen=True)
class Check:
    """What people of a unit say of the same lifts: `kind` of the task, `said` more closely.

    `on`: the day that they name, or the department. `sayings`: one by one; `who`, `phone` and `note` are of the last.

    `becomes`: what confirming it does, with that day.
    """

    task_id: int
    kind: str
    said: str
    on: date | None
    opened_on: date
    unit: str
    who: str
    phone: str
    note: str
    lifts: Sequence[str]
    becomes: Becomes
    sayings: Sequence[Saying]


def their_check(session: Session, actor: Actor, task_id: int) -> bool:
    """A guard: a saying that the own department is to look into."""
    task = session.get(Task, task_id)
    return task is not None and task.owner_party_id == actor.party_id and task.kind in SAYINGS


@verb(DEPARTMENT, reads=True)
def checks_of_desk(session: Session, asked: Asked) -> list[Check]:
    """What is to be looked into, oldest first."""
    query = select(Task, Party.name).join(Party, col(Party.id) == Task.party_id)
    query = query.where(Task.owner_party_id == asked.actor.party_id, col(Task.kind).in_(SAYINGS))
    query = query.where(Task.status == TaskStatus.OPEN).order_by(col(Task.opened_on), col(Task.id)).limit(MOST)
    return [_read(session, asked, task, unit) for task, unit in session.exec(query)]


@verb(DEPARTMENT, reads=True, task_id=their_check)
def check_of_desk(session: Session, asked: Asked, *, task_id: int, on: date | None = None) -> Check:
    """One of them, open or not; `on`: another day than was said."""
    task = session.get_one(Task, task_id)
    unit = session.get_one(Party, task.party_id).name if task.party_id else ""
    return _read(session, asked, task, unit, on)


@verb(DEPARTMENT, reads=True, task_id=their_check)
def check_photos(session: Session, asked: Asked, *, task_id: int) -> list[tuple[str, bytes]]:
    """The photos of seal and notice that came with it, as (name, content)."""
    numbers = [photo for saying in standing(session.get_one(Task, task_id)) for photo in saying.photos]
    files = [session.get_one(StoredFile, number) for number in dict.fromkeys(numbers)]
    return [(file.name, file.content) for file in files]


@verb(DEPARTMENT, task_id=their_check)
def confirm_saying(
    session: Session,
    asked: Asked,
    *,
    task_id: int,
    on: date | None = None,
    result: Result | None = None,
    note: str = "",
) -> Check:
    """It is so. An inspection elsewhere is recorded as passed `on` its day, a booking elsewhere as one for it.

    Of a booking whose day has passed the `result` is asked for. It is no visit of ours and no report of ours. That a
    lift is another's, or out of use, the register says: this only ends the check.
    """
    task = _begin(session, asked, task_id)
    if task is not None:
        if task.kind == TaskKind.SAID_INSPECTED:
            _record(session, asked, task, on, result)
        _end(session, asked, task, CONFIRMED, note)
    return check_of_desk(session, asked, task_id=task_id)


@verb(DEPARTMENT, task_id=their_check)
def refute_saying(session: Session, asked: Asked, *, task_id: int, note: str = "") -> Check:
    """It is not so: reminders that were held back go on at the right rung."""
    task = _begin(session, asked, task_id)
    if task is not None:
        if task.kind == TaskKind.SAID_INSPECTED and (lift_ids := _lift_ids(session, task)):
            deed = Deed(lift_ids, asked.actor.party_id, asked.now, asked.today, asked.key)
            act(session, deed, EventKind.SAYING_REFUTED, asked.today, {"on": asked.today})
        _end(session, asked, task, REFUTED, note)
    return check_of_desk(session, asked, task_id=task_id)


def _begin(session: Session, asked: Asked, task_id: int) -> Task | None:
    """The open check, kept from others; None where this tap came before."""
    lock_lifts(session, _lift_ids(session, session.get_one(Task, task_id)))  # before the task, as whoever plans does
    task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    if task.status == TaskStatus.OPEN:
        return task
    if (task.detail or {}).get("closed_key") == asked.key:
        return None
    raise Refused("sayings.settled", outcome=task.outcome, day=task.closed_on)


def _record(session: Session, asked: Asked, task: Task, on: date | None, result: Result | None) -> None:
    day = on or day_said(task)
    found = becomes(task, day, asked.today)
    require_confirmable(found, day, result)
    lift_ids, by = _lift_ids(session, task), asked.actor.party_id
    if day is None or not lift_ids:
        return
    if found == Becomes.BOOKING:
        book(
            session,
            lift_ids=lift_ids,
            visit_on=day,
            elsewhere=True,
            by=by,
            now=asked.now,
            today=asked.today,
            key=asked.key,
        )
    else:
        record_inspection(
            session,
            lift_ids=lift_ids,
            on=day,
            conclusion=result or "pass",
            elsewhere=True,
            by=by,
            now=asked.now,
            today=asked.today,
            key=asked.key,
        )


def _end(session: Session, asked: Asked, task: Task, outcome: str, note: str) -> None:
    task.status, task.closed_on = TaskStatus.DONE, asked.today
    task.outcome = f"{outcome}{f': {note.strip()}' if note.strip() else ''} ({asked.actor.name})"
    task.detail = (task.detail or {}) | {"closed_key": asked.key, RESULT: outcome, RESULT_NOTE: note.strip()}
    session.add(task)
    session.flush()
    tell_outcome(session, task, is_so=outcome == CONFIRMED, note=note, office=asked.actor.party_name, today=asked.today)


def _lift_ids(session: Session, task: Task) -> list[int]:
    keys = (task.detail or {}).get("lifts", [])
    query = select(Lift.id).where(Lift.city_id == task.city_id, col(Lift.key).in_(keys))
    return sorted(session.exec(query))


def _read(session: Session, asked: Asked, task: Task, unit: str, on: date | None = None) -> Check:
    detail = task.detail or {}
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(_lift_ids(session, task))).order_by(col(Lift.id)))
    on = on or day_said(task)
    return Check(
        task_id=task.id,
        kind=task.kind,
        said=detail.get("said", ""),
        on=on,
        opened_on=task.opened_on,
        unit=unit,
        who=detail.get("who", ""),
        phone=detail.get("number", ""),
        note=detail.get("note", ""),
        lifts=[place_of(lift) for lift in lifts],
        becomes=becomes(task, on, asked.today),
        sayings=standing(task),
    )
