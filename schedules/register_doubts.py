"""Where a register's next date is not what the clauses give: both may be right of their own, neither is hidden.

Either a date of the register is wrong (installation, renovation, the next inspection or test itself), or an inspection
that the clauses ask for would be forgotten.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select
from sqlmodel import Session

from schedules.regimes import rulebook_of
from schedules.tasks import open_task
from store.database import table_of
from store.duties import INSPECTIONS, Duty
from store.lifts import City, Lift, LiftStatus
from store.settings import Setting
from store.task_list import find_open_task
from store.tasks import TaskKind, TaskStatus

TEST = "self_test"
SHOWN = 20
ASKED_ON = "doubts_asked_on"
LIFT, DUTY = table_of(Lift).c, table_of(Duty).c


@dataclass(frozen=True)
class Doubt:
    """What the clauses give for a lift (`duty`, `due`), and when the register says that its next inspection is due, or
    its next test where that is doubted."""

    lift: str
    duty: str
    due: date
    stated: date


@dataclass(frozen=True)
class Doubts:
    """How many lifts of a city there are about which the register and the clauses differ, and the first of them."""

    lifts: int
    first: list[Doubt]


def ask_about_doubts(session: Session, *, today: date) -> None:
    """One task for each city with such lifts, closed by itself when none is left. Once a day is enough: every lift is
    looked at."""
    asked = session.get(Setting, ASKED_ON)
    if asked is not None and asked.value == today.isoformat():
        return
    session.merge(Setting(key=ASKED_ON, value=today.isoformat()))
    for city_id in session.execute(select(table_of(City).c.id).order_by(table_of(City).c.id)).scalars().all():
        doubts = doubts_of(session, city_id, today)
        if doubts.lifts:
            detail = {"lifts": doubts.lifts, "examples": [_shown(doubt) for doubt in doubts.first]}
            open_task(session, TaskKind.VALIDITY_DISAGREES, city_id, city_id=city_id, today=today, detail=detail)
        elif (task := find_open_task(session, TaskKind.VALIDITY_DISAGREES, city_id)) is not None:
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, "agrees"
            session.add(task)


def doubts_of(session: Session, city_id: str, today: date) -> Doubts:
    """The lifts in use whose register leaves an inspection out, states one in a year that is one of testing, or a test
    in a year that is one of inspection."""
    cycle = rulebook_of(session, city_id, today).cycle
    if cycle is None:
        return Doubts(0, [])
    # A pilot has put the dates of its years of testing off, and says so itself.
    is_doubted: ColumnElement[bool] = _left_out()
    stated: ColumnElement[date] = LIFT.valid_until
    if not cycle.yearly_before:
        is_doubted = or_(is_doubted, _of_a_year_of_testing(), _of_a_year_of_inspection())
        stated = case((_of_a_year_of_inspection(), LIFT.next_test_on), else_=LIFT.valid_until)
    both = table_of(Lift).join(table_of(Duty), DUTY.lift_id == LIFT.id)
    owed = (LIFT.city_id == city_id, LIFT.status == LiftStatus.IN_USE, DUTY.withdrawn_at.is_(None), is_doubted)
    count = session.execute(select(func.count(LIFT.id.distinct())).select_from(both).where(*owed)).scalar_one()
    shown = select(LIFT.key, DUTY.kind, DUTY.due, stated).select_from(both).where(*owed)
    return Doubts(count, [Doubt(*row) for row in session.execute(shown.order_by(LIFT.id, DUTY.due).limit(SHOWN))])


def _left_out() -> ColumnElement[bool]:
    return and_(
        DUTY.kind.in_(INSPECTIONS),
        DUTY.closed_on.is_(None),
        DUTY.due < LIFT.valid_until,
        or_(
            extract("year", DUTY.due) != extract("year", LIFT.valid_until),
            extract("month", DUTY.due) != extract("month", LIFT.valid_until),
        ),
    )


def _of_a_year_of_testing() -> ColumnElement[bool]:
    other, year = table_of(Duty).alias(), extract("year", LIFT.valid_until)
    inspected = select(other.c.id).where(
        other.c.lift_id == LIFT.id,
        other.c.kind.in_(INSPECTIONS),
        other.c.withdrawn_at.is_(None),
        extract("year", other.c.due) == year,
    )
    return and_(DUTY.kind == TEST, DUTY.closed_on.is_(None), extract("year", DUTY.due) == year, ~inspected.exists())


def _of_a_year_of_inspection() -> ColumnElement[bool]:
    test = table_of(Duty).alias()
    year = extract("year", LIFT.next_test_on)
    tested = select(test.c.id).where(
        test.c.lift_id == LIFT.id,
        test.c.kind == TEST,
        test.c.withdrawn_at.is_(None),
        extract("year", test.c.due) == year,
    )
    inspected = and_(DUTY.kind.in_(INSPECTIONS), DUTY.closed_on.is_(None), extract("year", DUTY.due) == year)
    return and_(inspected, ~tested.exists())


def _shown(doubt: Doubt) -> dict[str, str]:
    return {"lift": doubt.lift, "duty": doubt.duty, "due": doubt.due.isoformat(), "stated": doubt.stated.isoformat()}
