"""What the people of the city go by: the open inspections and calls, read from the store."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Row, and_, select
from sqlmodel import Session

from store.database import table_of
from store.duties import Duty, StepDate, Told, ToldState
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift
from store.parties import Party
from store.tasks import Task, TaskKind, TaskStatus
from tixing.demo.acts import CallState, LiftState
from tixing.demo.city import DemoLift

INSPECTION, RECTIFICATION = "periodic_inspection", "rectification"
SAID = (ToldState.RESERVED, ToldState.TOLD)


def read_lifts(session: Session, today: date, city: Mapping[str, DemoLift]) -> list[LiftState]:
    """Every open inspection of which somebody has been told; `city` gives the demo's lifts by their key."""
    told = _read_told(session)
    ends = _read_ends(session)
    opinions = _read_opinions(session)
    duty, lift = table_of(Duty).c, table_of(Lift).c
    query = (
        select(duty.id, duty.due, duty.booked_on, lift.id.label("lift_id"), lift.key)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(duty.kind == INSPECTION, duty.closed_on.is_(None), duty.withdrawn_at.is_(None), duty.told_seq > 0)
        .order_by(duty.id)
    )
    found = []
    for row in session.execute(query):
        if row.key in city:
            found.append(_state_of(row, today, city[row.key], told, ends, opinions))
    return found


def _state_of(
    row: Row[tuple[int, date, date, int, str]],
    today: date,
    lift: DemoLift,
    told: Mapping[tuple[int, date], dict[str, date]],
    ends: Mapping[int, list[tuple[date, bool]]],
    opinions: Mapping[int, tuple[date, date]],
) -> LiftState:
    since = date(row.due.year - 1, row.due.month, 1)
    all_ends = ends.get(row.lift_id, [])
    mine = [(on, failed) for on, failed in all_ends if on >= since]
    opinion_on, rectify_by = opinions.get(row.lift_id, (None, None))
    if opinion_on is not None and any(on > opinion_on for on, _ in all_ends):
        opinion_on = rectify_by = None  # the deadline lapsed and the inspector concluded
    booked_on = row.booked_on if row.booked_on is not None and row.booked_on >= today else None
    return LiftState(
        lift_id=row.lift_id,
        key=row.key,
        site=lift.site.name,
        profile=lift.site.profile,
        due=row.due,
        told=told.get((row.id, row.due), {}),
        booked_on=booked_on,
        visits=len(mine),
        failed_on=mine[-1][0] if mine and mine[-1][1] else None,
        opinion_on=opinion_on,
        rectify_by=rectify_by,
    )


def read_calls(session: Session) -> list[CallState]:
    """The open call tasks with the lifts of their notices, whose desk they are on, and until when they may wait."""
    task, told, duty = table_of(Task).c, table_of(Told).c, table_of(Duty).c
    party, rung = table_of(Party).c, table_of(StepDate).c
    this_rung = and_(rung.rule == duty.rule, rung.due == told.due, rung.step == told.step)
    query = (
        select(task.id, task.opened_on, party.name, duty.lift_id, rung.practical_on)
        .join(table_of(Told), and_(told.notice_id == task.notice_id, told.state.in_(SAID)))
        .join(table_of(Duty), duty.id == told.duty_id)
        .join(table_of(StepDate), this_rung)
        .join(table_of(Party), party.id == task.owner_party_id)
        .where(task.kind == TaskKind.CALL, task.status == TaskStatus.OPEN)
        .order_by(task.id, duty.lift_id)
    )
    found: dict[int, CallState] = {}
    for task_id, opened_on, desk, lift_id, call_by in session.execute(query):
        known = found.get(task_id) or CallState(task_id, desk, (), opened_on, call_by)
        latest = min(known.call_by, call_by)
        found[task_id] = replace(known, lift_ids=(*known.lift_ids, lift_id), call_by=latest)
    return list(found.values())


def _read_told(session: Session) -> dict[tuple[int, date], dict[str, date]]:
    """(duty, due date) → rung → the day on which it was told."""
    told, duty = table_of(Told).c, table_of(Duty).c
    query = (
        select(told.duty_id, told.due, told.step, told.on_date)
        .join(table_of(Duty), duty.id == told.duty_id)
        .where(told.state.in_(SAID), duty.closed_on.is_(None), ~told.is_copy)
    )
    found: dict[tuple[int, date], dict[str, date]] = defaultdict(dict)
    for duty_id, due, step, on_date in session.execute(query):
        found[duty_id, due][step] = on_date
    return found


def _read_ends(session: Session) -> dict[int, list[tuple[date, bool]]]:
    """Lift → the visits that ended, as (day, whether failed), in order."""
    event = table_of(Event).c
    query = (
        select(event.lift_id, event.on_date, event.payload)
        .where(event.kind.in_((EventKind.INSPECTION_ENDED, EventKind.VISIT_MISSED)), ~was_taken_back())
        .order_by(event.id)
    )
    found: dict[int, list[tuple[date, bool]]] = defaultdict(list)
    for lift_id, on_date, payload in session.execute(query):
        found[lift_id].append((on_date, (payload or {}).get("conclusion") == "fail"))
    return found


def _read_opinions(session: Session) -> dict[int, tuple[date, date]]:
    """Lift → day and deadline of the opinion notice that nobody has confirmed as answered."""
    duty = table_of(Duty).c
    query = select(duty.lift_id, duty.event_on, duty.due).where(
        duty.kind == RECTIFICATION, duty.closed_on.is_(None), duty.withdrawn_at.is_(None)
    )
    return {lift_id: (opened, deadline) for lift_id, opened, deadline in session.execute(query)}
