"""What somebody may read about the lifts that are theirs: groups, lists with the next date, and one with every why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, Subquery, and_, bindparam, case, func, or_, select
from sqlmodel import Session

from actions.actors import EVERYONE, Asked
from actions.lifts.explain import explain_lift, place_of
from actions.register.identifiers import normalise_identifier
from actions.registry import their_lifts, verb
from actions.sight import ASKING, Sight, asking, lifts_of, lifts_seen, sight_of
from store.database import table_of
from store.duties import ONSITE, REPORT, Duty
from store.lifts import Lift, LiftName, LiftStatus

MANY = 40  # groups of lifts: more are found by searching
LONGEST_WORD = 60  # characters of what somebody searches for

LIFT = table_of(Lift).c
DUTY = table_of(Duty).c


@dataclass(frozen=True)
class Group:
    """The lifts of a compound and building; `due` is the earliest date of an open duty, `late` how many have passed."""

    compound: str
    building: str
    lifts: int
    due: date | None
    late: int


@dataclass(frozen=True)
class Places:
    """The first places, those with the earliest date first; how many `more` there are, and all lifts of all places."""

    groups: list[Group]
    more: int
    lifts: int
    late: int


@dataclass(frozen=True)
class Line:
    """A lift in a list, with its next date."""

    lift_id: int
    place: str
    certificate: str
    status: str
    duty: str | None
    due: date | None
    booked_on: date | None


@dataclass(frozen=True)
class Choice:
    """Which lifts: of a place, known by a word, or `among` these; all where nothing is said.

    `by_date`: the next date first; `visit_before`: only those whose next visit on site is due before that day.
    """

    compound: str | None = None
    building: str | None = None
    word: str = ""
    by_date: bool = False
    among: tuple[int, ...] | None = None
    visit_before: date | None = None


@verb(EVERYONE, reads=True)
def lift_groups(session: Session, asked: Asked, *, choice: Choice = Choice()) -> Places:
    """The lifts of this person by compound and building."""
    query = _groups_of(sight_of(asked.actor)).where(*_chosen(choice))
    values = {**asking(asked.actor), "today": asked.today}
    groups = [Group(*row) for row in session.execute(query, values)]
    lifts, late = sum(group.lifts for group in groups), sum(group.late for group in groups)
    return Places(groups[:MANY], max(0, len(groups) - MANY), lifts, late)


@verb(EVERYONE, reads=True)
def my_lifts(session: Session, asked: Asked, *, choice: Choice, offset: int, limit: int) -> tuple[list[Line], int]:
    """A page of these lifts, and how many there are."""
    chosen = (LIFT.id.in_(lifts_of(asked.actor)), LIFT.status != LiftStatus.SCRAPPED, *_chosen(choice))
    total = session.execute(select(func.count()).where(*chosen)).scalar_one()
    query = select(Lift).where(*chosen)
    order: tuple[ColumnElement[Any], ...] = ()
    if choice.by_date:
        following = _next_dates(lifts_of(asked.actor))
        query = query.outerjoin(following, following.c.lift_id == LIFT.id)
        order = (func.coalesce(following.c.due, date.max),)
    query = query.order_by(
        *order, LIFT.compound, *_as_counted(LIFT.building), *_as_counted(LIFT.internal_number), LIFT.id
    )
    lifts = list(session.execute(query.offset(offset).limit(limit)).scalars())
    duties = _next_duties(session, [lift.id for lift in lifts])
    return [_line(lift, duties.get(lift.id)) for lift in lifts], total


@verb(EVERYONE, reads=True, lift_id=their_lifts)
def lift_story(session: Session, asked: Asked, *, lift_id: int) -> dict[str, Any]:
    """Everything about one lift, as `explain_lift` gives it."""
    lift = session.get_one(Lift, lift_id)
    return {**explain_lift(session, lift), "id": lift.id}


def _line(lift: Lift, duty: Row[Any] | None) -> Line:
    kind, due, booked_on = (duty.kind, duty.due, duty.booked_on) if duty is not None else (None, None, None)
    return Line(lift.id, place_of(lift), lift.certificate, lift.status, kind, due, booked_on)


def _is_open() -> ColumnElement[bool]:
    """A report that is late is not something that the lift lacks, or that its unit can do anything about."""
    return and_(DUTY.due.is_not(None), DUTY.kind != REPORT, DUTY.closed_on.is_(None), DUTY.withdrawn_at.is_(None))


@cache
def _groups_of(sight: Sight) -> Select[Any]:
    """Made once for all who see so: making it takes longer than asking it."""
    seen = lifts_seen(sight, ASKING)
    following = _next_dates(seen)
    is_late = following.c.due < bindparam("today", type_=Date)
    return (
        select(
            *(LIFT.compound, LIFT.building, func.count()),
            *(func.min(following.c.due), func.sum(case((is_late, 1), else_=0))),
        )
        .outerjoin(following, following.c.lift_id == LIFT.id)
        .where(LIFT.id.in_(seen), LIFT.status != LiftStatus.SCRAPPED)
        .group_by(LIFT.compound, LIFT.building)
        .order_by(func.coalesce(func.min(following.c.due), date.max), LIFT.compound, LIFT.building)
    )


def _next_dates(seen: Select[tuple[int]]) -> Subquery:
    """Of each of these lifts the earliest date of an open duty."""
    query = select(DUTY.lift_id, func.min(DUTY.due).label("due")).where(DUTY.lift_id.in_(seen), _is_open())
    return query.group_by(DUTY.lift_id).subquery()


def _next_duties(session: Session, lift_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Of each of these lifts the open duty with the earliest date."""
    query = select(DUTY.lift_id, DUTY.kind, DUTY.due, DUTY.booked_on).where(DUTY.lift_id.in_(lift_ids), _is_open())
    found: dict[int, Row[Any]] = {}
    for row in session.execute(query.order_by(DUTY.due, DUTY.id)):
        found.setdefault(row.lift_id, row)
    return found


def _as_counted(name: ColumnElement[str]) -> tuple[ColumnElement[Any], ...]:
    """The order in which people count: 2栋 before 10栋, as the shorter name."""
    return func.length(name), name


def _chosen(choice: Choice) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if choice.compound is not None:
        found.append(LIFT.compound == choice.compound)
    if choice.building is not None:
        found.append(LIFT.building == choice.building)
    if choice.among is not None:
        found.append(LIFT.id.in_(choice.among))
    if choice.visit_before is not None:
        is_next = and_(DUTY.kind == ONSITE, DUTY.due < choice.visit_before, _is_open())
        found.append(LIFT.id.in_(select(DUTY.lift_id).where(is_next)))
    squeezed = re.sub(r"\s+", "", choice.word)
    if squeezed:
        named = table_of(LiftName).c
        called = select(named.lift_id).where(named.value == normalise_identifier(choice.word.strip()))
        spoken = func.replace(LIFT.compound + LIFT.building + LIFT.internal_number, " ", "")
        found.append(or_(LIFT.id.in_(called), spoken.contains(squeezed, autoescape=True)))
    return found
