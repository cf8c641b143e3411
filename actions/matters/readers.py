"""Hazards and special reasons as people read them: which are open, for how long, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from actions.actors import DEPARTMENT, REGULATORS, Actor, Asked, Role
from actions.matters.deeds import is_departments, is_offices
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.sight import lifts_at_desk
from actions.visits.listing import place_of
from store.doors import StoredFile
from store.lifts import Lift
from store.matters import Matter, MatterStep
from store.parties import Contact, Party

NEWEST = 100
READERS = DEPARTMENT | REGULATORS


@dataclass(frozen=True)
class MatterLine:
    """One of them in a list; open for `days` days."""

    matter_id: int
    kind: str
    state: str
    reason: str
    place: str
    key: str
    department: str
    office: str
    opened_on: date
    days: int
    closed_on: date | None = None


@dataclass(frozen=True)
class MatterDeedLine:
    """Who did what about it; nobody: the clock. `photos`: how many."""

    deed: str
    at: datetime
    by: str
    note: str
    photos: int


@dataclass(frozen=True)
class MatterStory:
    """One of them with its history. `mine`: the own department's; `answers`: the own office may approve or return."""

    line: MatterLine
    steps: Sequence[MatterDeedLine]
    mine: bool
    answers: bool


def sees_matter(session: Session, actor: Actor, matter_id: Any) -> bool:
    """A guard: the department's own, or reported to the own office; the city's bureau sees those of its districts."""
    if is_departments(session, actor, matter_id) or is_offices(session, actor, matter_id):
        return True
    matter = session.get(Matter, matter_id)
    return matter is not None and matter.city_id == actor.city_id and actor.role is Role.CITY_REGULATOR


@verb(READERS, reads=True)
def matters_listed(session: Session, asked: Asked, *, closed: bool = False) -> list[MatterLine]:
    """The open ones (or those that are closed) of one's department or office, oldest first."""
    actor = asked.actor
    query = select(Matter).where(Matter.city_id == actor.city_id)
    if actor.role in DEPARTMENT:
        query = query.where(or_(Matter.department_id == actor.party_id, col(Matter.lift_id).in_(lifts_at_desk(actor))))
    elif WHOLE_CITY not in actor.districts:
        query = query.where(Matter.office_id == actor.party_id)
    return lines_of(session, query, asked.today, closed=closed)


@verb(READERS, reads=True, matter_id=sees_matter)
def matter_story(session: Session, asked: Asked, *, matter_id: int) -> MatterStory:
    """Everything about one."""
    matter = session.get_one(Matter, matter_id)
    query = select(MatterStep, Contact.name).outerjoin(Contact, col(Contact.id) == MatterStep.contact_id)
    steps = [
        MatterDeedLine(step.deed, step.at, by or "", step.note, len(step.photos))
        for step, by in session.exec(query.where(MatterStep.matter_id == matter_id).order_by(col(MatterStep.id)))
    ]
    line = _line(matter, session.get_one(Lift, matter.lift_id), _names(session, [matter]), asked.today)
    mine, theirs = is_departments(session, asked.actor, matter_id), matter.office_id == asked.actor.party_id
    return MatterStory(line, steps, mine, theirs and asked.actor.role in REGULATORS)


@verb(READERS, reads=True, matter_id=sees_matter)
def matter_photos(session: Session, asked: Asked, *, matter_id: int) -> list[tuple[str, bytes]]:
    """Its photos, oldest first, as (name, content)."""
    steps = session.exec(select(MatterStep).where(MatterStep.matter_id == matter_id).order_by(col(MatterStep.id)))
    files = [session.get_one(StoredFile, photo) for step in steps.all() for photo in step.photos]
    return [(file.name, file.content) for file in files]


def lines_of(session: Session, query: Any, today: date, *, closed: bool = False) -> list[MatterLine]:
    """The matters of a query as lines; also for the command line."""
    done = col(Matter.closed_on).is_not(None)
    order = [col(Matter.closed_on).desc()] if closed else [col(Matter.opened_on)]
    matters = session.exec(query.where(done if closed else ~done).order_by(*order, col(Matter.id)).limit(NEWEST)).all()
    lifts = {
        lift.id: lift
        for lift in session.exec(select(Lift).where(col(Lift.id).in_({matter.lift_id for matter in matters})))
    }
    names = _names(session, matters)
    return [_line(matter, lifts[matter.lift_id], names, today) for matter in matters]


def _names(session: Session, matters: Sequence[Matter]) -> Mapping[int, str]:
    ids = {one for matter in matters for one in (matter.department_id, matter.office_id) if one is not None}
    return dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(ids))).all())


def _line(matter: Matter, lift: Lift, names: Mapping[int, str], today: date) -> MatterLine:
    return MatterLine(
        matter_id=matter.id,
        kind=matter.kind,
        state=matter.state,
        reason=matter.reason or "",
        place=place_of(lift),
        key=lift.key,
        department=names[matter.department_id],
        office=names.get(matter.office_id or 0, ""),
        opened_on=matter.opened_on,
        days=((matter.closed_on or today) - matter.opened_on).days,
        closed_on=matter.closed_on,
    )
