"""Between which days a lift may be inspected: from its window or its rungs on, until the backstop's practical day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from actions.regulator.glance import has_failed
from schedules.calendar import WorkingCalendar, load_calendar
from store.database import in_chunks
from store.duties import BACKSTOP, INSPECTIONS, Duty, StepDate
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift


def next_inspections(session: Session, lift_ids: Sequence[int]) -> dict[int, Duty]:
    """Of each lift the open inspection that is due first."""
    query = (
        select(Duty)
        .where(col(Duty.lift_id).in_(lift_ids), col(Duty.kind).in_(INSPECTIONS), col(Duty.due).is_not(None))
        .where(col(Duty.closed_on).is_(None), col(Duty.withdrawn_at).is_(None))
        .order_by(col(Duty.due).desc())
    )
    return {duty.lift_id: duty for duty in session.exec(query) if duty.lift_id is not None}


def spans_of(session: Session, duties: Mapping[int, Duty]) -> dict[int, tuple[date, date, date | None]]:
    """Of each lift the first and the last day of its inspection, and the backstop of the clause if it has one.

    A lift that failed may be inspected again from that day on, however early in its window it was (附件1-1 三2).
    """
    rungs = _rungs(session, list(duties.values()))
    calendar = load_calendar(session)
    spans = {lift_id: _span(duty, rungs.get((duty.rule, duty.due), []), calendar) for lift_id, duty in duties.items()}
    for lift_id, failed_on in _failed(session, list(duties)).items():
        first, last, backstop = spans[lift_id]
        spans[lift_id] = min(first, failed_on), last, backstop
    return spans


def _failed(session: Session, lift_ids: Sequence[int]) -> dict[int, date]:
    """Those of these lifts that failed and have not passed since, with the day."""
    query = select(col(Event.lift_id), func.max(Event.on_date)).join(Lift, col(Lift.id) == Event.lift_id)
    query = query.where(Event.kind == EventKind.INSPECTION_ENDED, ~was_taken_back(), has_failed()).group_by(
        col(Event.lift_id)
    )
    return {
        lift_id: day
        for ids in in_chunks(lift_ids)
        for lift_id, day in session.exec(query.where(col(Event.lift_id).in_(ids)))
        if lift_id is not None
    }


def _rungs(session: Session, duties: Sequence[Duty]) -> dict[tuple[str, date | None], list[StepDate]]:
    found: dict[tuple[str, date | None], list[StepDate]] = defaultdict(list)
    for rule, due in {(duty.rule, duty.due) for duty in duties}:
        found[rule, due] = list(session.exec(select(StepDate).where(StepDate.rule == rule, StepDate.due == due)))
    return found


def _span(duty: Duty, rungs: Sequence[StepDate], calendar: WorkingCalendar) -> tuple[date, date, date | None]:
    """(first day, last day, backstop of the clause) of one inspection.

    It may be done from the beginning of its window, else from the day that the first rung opens; until the backstop's
    practical day, else the last working day by which it is due.
    """
    assert duty.due is not None
    first = duty.window_start or min((rung.opens_on for rung in rungs), default=duty.due.replace(day=1))
    backstop = next((rung for rung in rungs if rung.step == BACKSTOP), None)
    last = backstop.practical_on if backstop else calendar.last_working(duty.window_end or duty.due)
    return first, last, backstop.latest_on if backstop else None
