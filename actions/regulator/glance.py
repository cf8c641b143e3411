"""A district, or the districts of a city, at a glance: how many lifts are due, inspected, overdue, failed, un-booked.

The same statements count both; only what they are grouped by differs.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, exists, func, or_, select
from sqlmodel import Session

from actions.actors import REGULATORS, Actor, Asked
from actions.permissions import WHOLE_CITY
from actions.registry import verb
from actions.regulator.scope import district_names, districts_seen, sees_district
from actions.regulator.streets import COLUMN, street_of
from actions.sight import lifts_of
from schedules.dates import add_months
from schedules.rulebook import load_rulebook, rulebook_ids
from store.database import table_of
from store.duties import INSPECTIONS, RECTIFICATION, Duty, booked_too_late
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift, LiftStatus

FAIL = "fail"
AFTER_A_FAIL = (EventKind.INSPECTION_ENDED, EventKind.RECTIFICATION_CONFIRMED, EventKind.VALIDITY_RENEWED)


@dataclass(frozen=True, slots=True)
class Counts:
    """Lifts. `due`: whose inspection is due in the month; `inspected` and `unbooked` are of these.

    The others are as of today, whatever month they fell in: `overdue` has no result and the date has passed, `failed`
    no pass after a fail, `rectifying` has items that no inspector has confirmed.
    """

    lifts: int = 0
    due: int = 0
    inspected: int = 0
    unbooked: int = 0
    overdue: int = 0
    failed: int = 0
    rectifying: int = 0

    @property
    def rate(self) -> float | None:
        """Inspected ÷ due (定检率), from 0 to 1; None where nothing is due."""
        return self.inspected / self.due if self.due else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in FIGURES))


FIGURES = ("lifts", "due", "inspected", "unbooked", "overdue", "failed", "rectifying")


@dataclass(frozen=True)
class Part:
    """A district (with its code) or a street; an empty name: the register does not say which."""

    name: str
    counts: Counts
    code: str = ""


@dataclass(frozen=True)
class Glance:
    """`name`: the district, or empty for the whole city; `by_street`: what the parts are."""

    name: str
    month: date
    today: date
    total: Counts
    parts: Sequence[Part] = field(default_factory=tuple)
    by_street: bool = False


@verb(REGULATORS, reads=True, district_code=sees_district)
def district_glance(
    session: Session, asked: Asked, *, month: date | None = None, district_code: str | None = None
) -> Glance:
    """One's district by street; the city's by district, or by street the one that is named. `month`: else this one."""
    actor, first = asked.actor, (month or asked.today).replace(day=1)
    seen, names = districts_seen(session, actor), district_names(actor.city_id)
    one = district_code or (seen[0] if len(seen) == 1 and WHOLE_CITY not in actor.districts else None)
    lifts = _lifts(actor, one)
    if one is None:
        by_code = _count(session, lifts, lambda lift: (func.coalesce(lift.district_code, ""),), first, asked.today)
        found = {(code, names.get(code, "")): counts for (code,), counts in by_code.items()}
    else:
        keys = _count(session, lifts, lambda lift: (_stated_street(), lift.address), first, asked.today)
        found = _fold({key: ("", street_of(*key)) for key in keys}, keys)
    parts = [Part(name, counts, code) for (code, name), counts in found.items()]
    parts.sort(key=lambda part: (not part.name, -part.counts.overdue, -part.counts.due, part.code, part.name))
    total = sum((part.counts for part in parts), Counts())
    return Glance(names.get(one or "", ""), first, asked.today, total, tuple(parts), by_street=one is not None)


def _lifts(actor: Actor, code: str | None) -> Any:
    query = lifts_of(actor)
    return query if code is None else query.where(table_of(Lift).c.district_code == code)


def _stated_street() -> ColumnElement[Any]:
    return func.coalesce(table_of(Lift).c.extra[COLUMN].as_string(), "")


def _fold(
    places: Mapping[tuple[Any, ...], tuple[str, str]], counted: Mapping[tuple[Any, ...], Counts]
) -> dict[tuple[str, str], Counts]:
    folded: dict[tuple[str, str], Counts] = {}
    for key, counts in counted.items():
        folded[places[key]] = folded.get(places[key], Counts()) + counts
    return folded


def _count(
    session: Session, lifts: Any, by: Callable[[Any], tuple[Any, ...]], first: date, today: date
) -> dict[tuple[Any, ...], Counts]:
    """The figures of the lifts of the query `lifts`, grouped."""
    lift = table_of(Lift)
    keys = by(lift.c)
    figures: dict[str, Counter[tuple[Any, ...]]] = {name: Counter() for name in FIGURES}
    here = lift.c.id.in_(lifts)
    in_use = lift.c.status == LiftStatus.IN_USE

    def add(query: Any, *names: str) -> None:
        for row in session.execute(query.group_by(*keys)):
            for name, number in zip(names, row[len(keys) :], strict=True):
                figures[name][tuple(row[: len(keys)])] += int(number or 0)

    add(select(*keys, func.count()).where(here, in_use), "lifts")
    add(_of_month(keys, here, in_use, first, today), "due", "inspected", "unbooked")
    duty = table_of(Duty).c
    is_overdue = and_(duty.rule.in_(rules_of_kinds(*INSPECTIONS)), duty.due < today)
    add(_owed(keys, here, in_use, is_overdue), "overdue")
    add(_owed(keys, here, in_use, has_items()), "rectifying")
    add(select(*keys, func.count()).where(here, in_use, has_failed()), "failed")
    groups = {key for counter in figures.values() for key in counter}
    return {key: Counts(**{name: figures[name][key] for name in FIGURES}) for key in groups}


def _of_month(keys: tuple[Any, ...], here: Any, in_use: Any, first: date, today: date) -> Any:
    """A lift counts once in a month, however many of its duties fall into it: as inspected when all are done."""
    duty, lift = table_of(Duty), table_of(Lift)
    last = add_months(first, 1) - timedelta(days=1)
    is_open, is_unbooked = duty.c.closed_on.is_(None), or_(duty.c.booked_on.is_(None), booked_too_late(after=today))
    by_lift = (
        select(
            duty.c.lift_id,
            func.max(case((is_open, 1), else_=0)).label("open"),
            func.max(case((and_(is_open, is_unbooked), 1), else_=0)).label("unbooked"),
        )
        .where(duty.c.rule.in_(rules_of_kinds(*INSPECTIONS)), duty.c.due.between(first, last))
        .where(duty.c.withdrawn_at.is_(None))
        .group_by(duty.c.lift_id)
        .subquery()
    )
    return (
        select(*keys, func.count(), func.sum(1 - by_lift.c.open, type_=Integer), func.sum(by_lift.c.unbooked))
        .select_from(by_lift)
        .join(lift, lift.c.id == by_lift.c.lift_id)
        .where(here, or_(in_use, by_lift.c.open == 0))
    )


def _owed(keys: tuple[Any, ...], here: Any, in_use: Any, condition: ColumnElement[bool]) -> Any:
    """Lifts with an open duty of which that is true."""
    duty, lift = table_of(Duty), table_of(Lift)
    return (
        select(*keys, func.count(duty.c.lift_id.distinct()))
        .select_from(duty)
        .join(lift, lift.c.id == duty.c.lift_id)
        .where(condition, duty.c.closed_on.is_(None), duty.c.withdrawn_at.is_(None), here, in_use)
    )


def has_items() -> ColumnElement[bool]:
    """Whether an open duty is that of a lift with items: to be rectified, or handed in and not confirmed."""
    duty = table_of(Duty).c
    return or_(
        duty.rule.in_(rules_of_kinds(RECTIFICATION)), and_(duty.rule.in_(rules_after_items()), duty.due.is_(None))
    )


def has_failed() -> ColumnElement[bool]:
    """Whether the last word on the lift's inspection is a fail."""
    event, later, lift = table_of(Event).c, table_of(Event).alias("later").c, table_of(Lift).c
    follows = or_(later.on_date > event.on_date, and_(later.on_date == event.on_date, later.id > event.id))
    overtaken = exists().where(
        later.lift_id == event.lift_id, later.kind.in_(AFTER_A_FAIL), follows, ~was_taken_back(later)
    )
    failed = select(event.lift_id).where(
        event.kind == EventKind.INSPECTION_ENDED,
        event.payload["conclusion"].as_string() == FAIL,
        ~overtaken,
        ~was_taken_back(event),
    )
    return lift.id.in_(failed)


@cache
def rules_of_kinds(*kinds: str) -> tuple[str, ...]:
    """The ids of the rules for duties of these kinds, of all rulebooks: duties are found by rule and due date."""
    rules = (rule for rulebook_id in rulebook_ids() for rule in load_rulebook(rulebook_id).rules)
    return tuple(sorted({rule.id for rule in rules if rule.duty in kinds}))


@cache
def rules_after_items() -> tuple[str, ...]:
    """The rules of the report that waits for a confirmation: until it comes their duties have no date."""
    books = [load_rulebook(rulebook_id) for rulebook_id in rulebook_ids()]
    return tuple(sorted({rule.id for book in books for rule in book.rules if rule.trigger == "items_rectified"}))
