"""The day of an inspection department: its visits, whom it is to call, and the units and lifts of its districts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from actions.actors import DEPARTMENT, Actor, Asked
from actions.desk import calls
from actions.desk.call_list import OpenCall, open_calls
from actions.refusals import Refused
from actions.register.identifiers import normalise_identifier
from actions.registry import verb
from actions.sight import lifts_at_desk, lifts_of
from actions.visits.agreed_days import Shortage, shortage_of_call
from actions.visits.listing import VisitShown, place_of, show_visits
from actions.visits.slots import LONGEST_LIST
from store.lifts import Lift, LiftName, LiftRole, Responsibility
from store.parties import Party
from store.slots import Gone, Visit, VisitLift
from store.tasks import Task, TaskKind

FOUND_MOST = 20
SHORTEST_WORD = 2
OUTCOMES = (
    *("told", "booked", "will_book", "call_again", "refused", "out_of_use", "unit_changed", "not_theirs"),
    *("wrong_number", "no_answer", "special"),
)
WITH_NOTE = {"refused", "unit_changed", "special"}


@dataclass(frozen=True)
class FoundUnit:
    """A unit of the own districts; `lifts`: how many it has there."""

    party_id: int
    name: str
    lifts: int


@dataclass(frozen=True)
class FoundLift:
    """A lift of the own districts, and the unit that answers for it."""

    lift_id: int
    place: str
    unit: str
    unit_id: int | None


@dataclass(frozen=True)
class Found:
    """What is called so; `more`: not all of it is shown."""

    units: Sequence[FoundUnit]
    lifts: Sequence[FoundLift]
    more: bool


def their_call(session: Session, actor: Actor, task_id: int) -> bool:
    """A guard: a call that the own department is to make."""
    task = session.get(Task, task_id)
    return task is not None and task.kind == TaskKind.CALL and task.owner_party_id == actor.party_id


@verb(DEPARTMENT, reads=True)
def visits_of_desk(session: Session, asked: Asked, *, first: date, last: date) -> list[VisitShown]:
    """The visits of the own department in [first, last], also those that took place; called off ones are left out."""
    counts = or_(col(VisitLift.gone).is_(None), col(VisitLift.gone) == Gone.ENDED)
    taken_over = select(VisitLift.visit_id).where(
        col(VisitLift.gone).is_(None), col(VisitLift.lift_id).in_(lifts_at_desk(asked.actor))
    )
    query = select(Visit).where(
        or_(Visit.department_id == asked.actor.party_id, col(Visit.id).in_(taken_over)),
        Visit.day >= first,
        Visit.day <= min(last, first + LONGEST_LIST),
        col(Visit.id).in_(select(VisitLift.visit_id).where(counts)),
    )
    return show_visits(session, session.exec(query).all())


@verb(DEPARTMENT, reads=True)
def calls_of_desk(session: Session, asked: Asked) -> list[OpenCall]:
    """The calls that the own department is to make: first where people are shut in, then oldest first."""
    return open_calls(session, asked.actor.city_id, owner_id=asked.actor.party_id)


@verb(DEPARTMENT, reads=True, task_id=their_call)
def call_day(session: Session, asked: Asked, *, task_id: int, visit_on: date) -> Shortage | None:
    """Whether the department has room for the lifts of a call on this day; None where it has."""
    return shortage_of_call(session, task_id, visit_on)


@verb(DEPARTMENT, task_id=their_call)
def enter_call(
    session: Session,
    asked: Asked,
    *,
    task_id: int,
    outcome: str,
    note: str = "",
    visit_on: date | None = None,
    again_at: datetime | None = None,
    overbook: bool = False,
) -> bool:
    """How a call went: one of OUTCOMES; False where this tap came before. A day that is full is booked deliberately."""
    if outcome == "booked" and visit_on is not None and not overbook:
        short = shortage_of_call(session, task_id, visit_on)
        if short is not None:
            raise Refused("desk.day_is_full", short=short)
    if outcome in WITH_NOTE and not note.strip():
        raise Refused("desk.say_why")
    press = calls.Press(task_id, asked.actor.name, asked.key, asked.now, asked.today, note.strip())
    try:
        return _enter(session, press, outcome, visit_on, again_at)
    except calls.CallError as error:
        if isinstance(error.__cause__, Refused):
            raise error.__cause__ from error
        raise Refused("desk.call_cannot_be_entered") from error


@verb(DEPARTMENT, reads=True)
def find_at_counter(session: Session, asked: Asked, *, word: str) -> Found:
    """Units by a part of their name and lifts by any of theirs, within the own districts."""
    plain = "".join(word.split())
    if len(plain) < SHORTEST_WORD:
        raise Refused("desk.word_too_short")
    units, lifts = _units(session, asked.actor, plain), _lifts(session, asked.actor, plain)
    more = max(len(units), len(lifts)) > FOUND_MOST
    return Found(units[:FOUND_MOST], lifts[:FOUND_MOST], more)


def _enter(
    session: Session, press: calls.Press, outcome: str, visit_on: date | None, again_at: datetime | None
) -> bool:
    if outcome == "booked":
        if visit_on is None:
            raise Refused("desk.say_which_day")
        return calls.booked(session, press, visit_on=visit_on)
    if outcome == "call_again":
        if again_at is None:
            raise Refused("desk.say_when")
        return calls.told(session, press, call_back_at=again_at)
    if outcome == "will_book":
        return calls.told(session, press, will_book=True)
    plain = {
        "told": calls.told,
        "refused": calls.refused,
        "out_of_use": calls.out_of_use,
        "unit_changed": calls.unit_changed,
        "not_theirs": calls.not_theirs,
        "wrong_number": calls.wrong_number,
        "no_answer": calls.no_answer,
        "special": calls.special,
    }
    return plain[outcome](session, press)


def _units(session: Session, actor: Actor, plain: str) -> list[FoundUnit]:
    counted = func.count(col(Responsibility.lift_id))
    query = (
        select(Party.id, Party.name, counted)
        .join(Responsibility, col(Responsibility.party_id) == Party.id)
        .where(Responsibility.role == LiftRole.USE_UNIT, col(Responsibility.to_on).is_(None))
        .where(col(Responsibility.lift_id).in_(lifts_of(actor)), col(Party.name).contains(plain, autoescape=True))
        .group_by(col(Party.id), col(Party.name))
        .order_by(col(Party.name), col(Party.id))
        .limit(FOUND_MOST + 1)
    )
    return [FoundUnit(*row) for row in session.exec(query)]


def _lifts(session: Session, actor: Actor, plain: str) -> list[FoundLift]:
    called = select(LiftName.lift_id).where(LiftName.value == normalise_identifier(plain))
    spoken = func.replace(col(Lift.compound) + col(Lift.building) + col(Lift.internal_number), " ", "")
    answers = (col(Responsibility.lift_id) == Lift.id) & (col(Responsibility.role) == LiftRole.USE_UNIT)
    query = (
        select(Lift, Party)
        .outerjoin(Responsibility, answers & col(Responsibility.to_on).is_(None))
        .outerjoin(Party, col(Party.id) == Responsibility.party_id)
        .where(col(Lift.id).in_(lifts_of(actor)))
        .where(or_(col(Lift.id).in_(called), spoken.contains(plain, autoescape=True), col(Lift.key) == plain))
        .order_by(col(Lift.compound), col(Lift.building), col(Lift.id))
        .limit(FOUND_MOST + 1)
    )
    return [
        FoundLift(lift.id, place_of(lift), unit.name if unit else "", unit.id if unit else None)
        for lift, unit in session.exec(query).all()
    ]
