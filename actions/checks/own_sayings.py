"""What the people of a unit have said of its lifts, what became of it, and how it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from actions.actors import UNIT, UNIT_HEADS, Actor, Asked
from actions.checks.notices import CONFIRMED, REFUTED, RESULT, RESULT_NOTE, TAKEN_BACK
from actions.checks.said import Saying, sayings_of, standing, take_back, was_taken_back_by
from actions.checks.sayings import SAYINGS, keys_said
from actions.refusals import Refused
from actions.registry import verb
from actions.visits.inspections import Deed, act
from actions.visits.listing import place_of
from schedules.announcements import parties_of
from store.events import EventKind
from store.lifts import Lift, LiftRole
from store.locks import lock_lifts
from store.parties import Party
from store.tasks import Task, TaskKind, TaskStatus

KEPT = timedelta(days=366)  # what was settled longer ago is not listed
MOST = 60
OPEN = "open"


@dataclass(frozen=True)
class OwnSaying:
    """What was said of the same lifts: `kind` of the task, `said` more closely, `on` the day that was named last.

    `sayings`: one by one, as far as the reader sees them. `result`: open, confirmed, not so, or taken back, with the
    department's `note`. `days`: for how long it has waited for an answer, or did. `mine`: the reader may take it back.
    """

    task_id: int
    kind: str
    said: str
    on: date | None
    opened_on: date
    closed_on: date | None
    who: str
    office: str
    lifts: Sequence[str]
    result: str
    note: str
    days: int
    mine: bool
    sayings: Sequence[Saying]


def said_here(session: Session, actor: Actor, task_id: int) -> bool:
    """A guard: what oneself has said of lifts of the unit; its heads see what everybody has."""
    task = session.get(Task, task_id)
    if task is None or task.kind not in SAYINGS or task.party_id != actor.party_id:
        return False
    return actor.role in UNIT_HEADS or _is_mine(task, actor)


def said_by(session: Session, actor: Actor, task_id: int) -> bool:
    """A guard: what oneself has said; a head where it came without a name, as by SMS."""
    task = session.get(Task, task_id)
    return task is not None and said_here(session, actor, task_id) and bool(_theirs(sayings_of(task), actor))


@verb(UNIT, reads=True)
def sayings_of_unit(session: Session, asked: Asked) -> list[OwnSaying]:
    """What oneself has said and, for heads, what all have; what waits for an answer first, the oldest of it first."""
    query = select(Task).where(Task.party_id == asked.actor.party_id, col(Task.kind).in_(SAYINGS))
    query = query.where(Task.opened_on >= asked.today - KEPT)
    tasks = [task for task in session.exec(query).all() if said_here(session, asked.actor, task.id)]
    found = [_read(session, asked, task) for task in tasks]
    open_first = sorted((one for one in found if one.result == OPEN), key=lambda one: one.task_id)
    settled = sorted((one for one in found if one.result != OPEN), key=lambda one: -one.task_id)
    return [*open_first, *settled][:MOST]


@verb(UNIT, reads=True, task_id=said_here)
def saying_of_unit(session: Session, asked: Asked, *, task_id: int) -> OwnSaying:
    """One of them."""
    return _read(session, asked, session.get_one(Task, task_id))


@verb(UNIT, task_id=said_by)
def take_back_saying(session: Session, asked: Asked, *, task_id: int) -> OwnSaying:
    """It was said by mistake. Where nobody else says so nobody looks into it any more, and reminders that waited for it
    go on; what a colleague has said stands."""
    about = session.get_one(Task, task_id)
    units = parties_of(session, [lift.id for lift in _lifts(session, about)], [LiftRole.USE_UNIT])
    lift_ids = sorted(lift_id for (lift_id, _), party_id in units.items() if party_id == about.party_id)
    lock_lifts(session, lift_ids)  # before the task, as whoever plans does
    task = session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    if task.status != TaskStatus.OPEN:
        if (task.detail or {}).get("closed_key") != asked.key:
            raise Refused("sayings.settled", outcome=task.outcome, day=task.closed_on)
        return _read(session, asked, task)
    is_repeated = was_taken_back_by(task, asked.key)  # what is left by then is somebody else's
    theirs = _theirs(standing(task), asked.actor)
    if theirs and not is_repeated:
        take_back(session, task, theirs[0].contact_id, asked.today, asked.key)
    elif not is_repeated:
        raise Refused(
            "sayings.settled", outcome=TAKEN_BACK, day=_theirs(sayings_of(task), asked.actor)[-1].taken_back_on
        )
    if standing(task):
        return _read(session, asked, task)
    if freed := _said_no_more(session, task, lift_ids):
        deed = Deed(freed, asked.actor.party_id, asked.now, asked.today, asked.key)
        act(session, deed, EventKind.SAYING_REFUTED, asked.today, {"on": asked.today})
    task.status, task.closed_on = TaskStatus.DROPPED, asked.today
    task.outcome = f"{TAKEN_BACK} ({asked.actor.name})"
    task.detail = (task.detail or {}) | {"closed_key": asked.key, RESULT: TAKEN_BACK}
    session.add(task)
    session.flush()
    return _read(session, asked, task)


def _said_no_more(session: Session, task: Task, lift_ids: Sequence[int]) -> list[int]:
    """Those of these lifts of which nobody says any more that they were inspected elsewhere."""
    if task.kind != TaskKind.SAID_INSPECTED or task.party_id is None:
        return []
    said = keys_said(session, task.party_id, but=task.id)
    return [lift_id for lift_id in lift_ids if session.get_one(Lift, lift_id).key not in said]


def _is_mine(task: Task, actor: Actor) -> bool:
    return any(one.contact_id == actor.contact_id for one in sayings_of(task))


def _theirs(sayings: Sequence[Saying], actor: Actor) -> list[Saying]:
    """What somebody may take back: what they said themselves; a head what came without a name."""
    mine = [one for one in sayings if one.contact_id == actor.contact_id]
    nobodys = [one for one in sayings if one.contact_id is None and actor.role in UNIT_HEADS]
    return mine or nobodys


def _lifts(session: Session, task: Task) -> Sequence[Lift]:
    keys = (task.detail or {}).get("lifts", [])
    return session.exec(select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_(keys))).all()


def _read(session: Session, asked: Asked, task: Task) -> OwnSaying:
    detail = task.detail or {}
    owner = session.get(Party, task.owner_party_id) if task.owner_party_id else None
    seen = [
        one for one in sayings_of(task) if asked.actor.role in UNIT_HEADS or one.contact_id == asked.actor.contact_id
    ]
    stands = [one for one in seen if one.taken_back_on is None]
    is_open = task.status == TaskStatus.OPEN and bool(stands)
    last, opened_on = (stands or seen)[-1], seen[0].day
    closed_on = task.closed_on if stands else last.taken_back_on or task.closed_on
    return OwnSaying(
        task_id=task.id,
        kind=task.kind,
        said=last.said,
        on=last.on,
        opened_on=opened_on,
        closed_on=closed_on,
        who=last.who,
        office=owner.name if owner is not None else "",
        lifts=sorted(place_of(lift) for lift in _lifts(session, task)),
        result=OPEN if is_open else TAKEN_BACK if not stands else detail.get(RESULT) or _result_of(task),
        note=detail.get(RESULT_NOTE, ""),
        days=((closed_on or asked.today) - opened_on).days,
        mine=is_open and bool(_theirs(stands, asked.actor)),
        sayings=seen,
    )


def _result_of(task: Task) -> str:
    """Of one that was settled before results were kept apart: as its outcome begins."""
    return next((one for one in (CONFIRMED, REFUTED) if task.outcome.startswith(one)), CONFIRMED)
