"""Where a register's next inspection is not what the clauses give: both may be right of their own, neither is hidden.

Either a date of the register is wrong (installation, renovation, the next inspection itself), or an inspection that the
clauses ask for would be forgotten.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, extract, select
from sqlmodel import Session

from schedules.dates import same_month
from schedules.regimes import rulebook_of
from schedules.tasks import open_task
from store.database import table_of
from store.duties import Duty
from store.lifts import City, Lift, LiftStatus
from store.task_list import find_open_task
from store.tasks import TaskKind, TaskStatus

INSPECTIONS = ("periodic_inspection", "legacy_inspection")
TEST = "self_test"
SHOWN = 20
LIFT, DUTY = table_of(Lift).c, table_of(Duty).c


@dataclass(frozen=True)
class Doubt:
    """What the clauses give for a lift (`duty`, `due`), and when the register says that its next inspection is due."""

    lift: str
    duty: str
    due: date
    stated: date


def ask_about_doubts(session: Session, *, today: date) -> None:
    """One task for each city with such lifts, closed by itself when none is left."""
    for city_id in session.execute(select(table_of(City).c.id).order_by(table_of(City).c.id)).scalars().all():
        doubts = doubts_of(session, city_id, today)
        if doubts:
            detail = {"lifts": len(doubts), "examples": [_shown(doubt) for doubt in doubts[:SHOWN]]}
            open_task(session, TaskKind.VALIDITY_DISAGREES, city_id, city_id=city_id, today=today, detail=detail)
        elif (task := find_open_task(session, TaskKind.VALIDITY_DISAGREES, city_id)) is not None:
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, "agrees"
            session.add(task)


def doubts_of(session: Session, city_id: str, today: date) -> list[Doubt]:
    """The lifts in use whose register leaves an inspection out, or states one in a year that is one of testing, each
    with the first such date."""
    cycle = rulebook_of(session, city_id, today).cycle
    if cycle is None:
        return []
    found = [Doubt(*row) for row in session.execute(_left_out(city_id)) if not same_month(row.due, row.valid_until)]
    if not cycle.yearly_before:  # a pilot has put the dates of its years of testing off, and says so
        found += [Doubt(*row) for row in session.execute(_of_a_year_of_testing(city_id))]
    first: dict[str, Doubt] = {}
    for doubt in found:
        first.setdefault(doubt.lift, doubt)
    return list(first.values())


def _rows(city_id: str) -> Select[Any]:
    return (
        select(LIFT.key, DUTY.kind, DUTY.due, LIFT.valid_until)
        .join_from(table_of(Lift), table_of(Duty), DUTY.lift_id == LIFT.id)
        .where(LIFT.city_id == city_id, LIFT.status == LiftStatus.IN_USE)
        .where(DUTY.withdrawn_at.is_(None), DUTY.closed_on.is_(None))
        .order_by(LIFT.id, DUTY.due)
    )


def _left_out(city_id: str) -> Select[Any]:
    return _rows(city_id).where(DUTY.kind.in_(INSPECTIONS), DUTY.due < LIFT.valid_until)


def _of_a_year_of_testing(city_id: str) -> Select[Any]:
    other = table_of(Duty).alias()
    year = extract("year", LIFT.valid_until)
    inspected = select(other.c.id).where(
        other.c.lift_id == LIFT.id,
        other.c.kind.in_(INSPECTIONS),
        other.c.withdrawn_at.is_(None),
        extract("year", other.c.due) == year,
    )
    return _rows(city_id).where(DUTY.kind == TEST, extract("year", DUTY.due) == year, ~inspected.exists())


def _shown(doubt: Doubt) -> dict[str, str]:
    return {
        "lift": doubt.lift,
        "duty": doubt.duty,
        "due": doubt.due.isoformat(),
        "stated": doubt.stated.isoformat(),
    }
