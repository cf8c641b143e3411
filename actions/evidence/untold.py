"""Rungs that fell in a span and of which nobody was told, each with the reason."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlmodel import Session

from actions.evidence.clauses import Clauses
from actions.evidence.lifts import LiftFacts, Lifts
from store.database import table_of
from store.duties import Duty, StepDate, Told, ToldState
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift

CHUNK = 500
ENDED = (EventKind.INSPECTION_ENDED, EventKind.TEST_DONE)
STATED = EventKind.VALIDITY_STATED


class Why(StrEnum):
    """Why nobody was told, in the order in which the question is asked."""

    SUPERSEDED = "superseded"
    TOO_OLD = "too_old"
    DONE_BEFORE = "done_before"
    BOOKED = "booked"
    REGISTERED_LATER = "registered_later"
    TAKEN_BACK = "taken_back"
    NOBODY_ANSWERS = "nobody_answers"
    STILL_DUE = "still_due"
    UNEXPLAINED = "unexplained"


IN_ORDER = (Why.SUPERSEDED, Why.DONE_BEFORE, Why.BOOKED, Why.REGISTERED_LATER)  # nothing was missed


@dataclass(frozen=True, slots=True)
class Untold:
    """A lift whose rung fell on `by` at the latest."""

    lift: LiftFacts
    duty_id: int
    duty: str
    rule: str
    step: str
    clause: str
    due: date
    by: date
    why: Why


@dataclass(frozen=True)
class _Known:
    """What the reasons are found from, by lift or by (duty, due, step)."""

    ended: dict[int, list[date]]
    booked: dict[int, list[date]]
    stated: dict[int, date]
    ledger: dict[tuple[int, date, str], set[str]]


def load_untold(
    session: Session, clauses: Clauses, first: date, last: date, today: date, *conditions: ColumnElement[bool]
) -> list[Untold]:
    """Rungs whose last day to tell lies in [first, last] and has come, without anybody told or about to be."""
    duty, rung, told, lift = (table_of(model).c for model in (Duty, StepDate, Told, Lift))
    spoken = exists().where(
        and_(told.duty_id == duty.id, told.due == rung.due, told.step == rung.step),
        told.state.in_((ToldState.TOLD, ToldState.RESERVED)),
        ~told.is_copy,
    )
    query = (
        select(
            *(duty.id, duty.lift_id, duty.kind, duty.rule, duty.closed_on, duty.next_step, duty.next_on),
            *(rung.due, rung.step, rung.tell_by),
        )
        .select_from(table_of(Duty))
        .join(table_of(StepDate), and_(rung.rule == duty.rule, rung.due == duty.due))
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(rung.tell_by.between(first, min(last, today)), duty.withdrawn_at.is_(None), ~spoken, *conditions)
        .order_by(rung.tell_by, rung.seq, lift.id)
    )
    rows = [row for row in session.execute(query) if row.step in clauses.rungs(row.rule)]
    known = _load_known(session, [row.lift_id for row in rows], [row.id for row in rows])
    lifts = Lifts.load(session, (row.lift_id for row in rows))
    return [_untold(row, lifts, known, clauses, today) for row in rows]


def _untold(row: Any, lifts: Lifts, known: _Known, clauses: Clauses, today: date) -> Untold:
    facts = lifts.on(row.lift_id, row.tell_by)
    return Untold(
        lift=facts,
        duty_id=row.id,
        duty=row.kind,
        rule=row.rule,
        step=row.step,
        clause=clauses.of(row.rule, row.step)[0],
        due=row.due,
        by=row.tell_by,
        why=_why(row, facts, known, today),
    )


def _why(row: Any, facts: LiftFacts, known: _Known, today: date) -> Why:
    states = known.ledger.get((row.id, row.due, row.step), set())
    asked = (
        (Why.SUPERSEDED, ToldState.SUPERSEDED in states),
        (Why.TOO_OLD, ToldState.TOO_OLD in states),
        (Why.DONE_BEFORE, _by(known.ended.get(row.lift_id, []), row) or _closed(row)),
        (Why.BOOKED, _by(known.booked.get(row.lift_id, []), row)),
        (Why.REGISTERED_LATER, known.stated.get(row.lift_id, date.min) > row.tell_by),
        (Why.TAKEN_BACK, ToldState.RELEASED in states),
        (Why.NOBODY_ANSWERS, not facts.use_unit),
        (Why.STILL_DUE, row.next_step == row.step and row.next_on is not None and row.next_on <= today),
    )
    return next((why for why, holds in asked if holds), Why.UNEXPLAINED)


def _by(days: Collection[date], row: Any) -> bool:
    """Whether it was known by the rung's last day, and not of the cycle before."""
    return any(day <= row.tell_by and (row.due - day).days < 365 for day in days)


def _closed(row: Any) -> bool:
    return row.closed_on is not None and row.closed_on <= row.tell_by


def _load_known(session: Session, lift_ids: list[int], duty_ids: list[int]) -> _Known:
    known = _Known(defaultdict(list), defaultdict(list), {}, defaultdict(set))
    event, told = table_of(Event).c, table_of(Told).c
    for chunk in _chunks(lift_ids):
        query = select(event.lift_id, event.kind, event.known_on).where(
            event.lift_id.in_(chunk), event.kind.in_((*ENDED, STATED, EventKind.BOOKED)), ~was_taken_back()
        )
        for lift_id, kind, known_on in session.execute(query.order_by(event.id.desc())):
            if kind == STATED:
                known.stated[lift_id] = known_on  # the first one stays
            else:
                (known.booked if kind == EventKind.BOOKED else known.ended)[lift_id].append(known_on)
    for chunk in _chunks(duty_ids):
        rows = select(told.duty_id, told.due, told.step, told.state).where(told.duty_id.in_(chunk))
        for duty_id, due, step, state in session.execute(rows):
            known.ledger[duty_id, due, step].add(state)
    return known


def _chunks(ids: list[int]) -> list[list[int]]:
    wanted = sorted(set(ids))
    return [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
