"""A holiday year arrives: stored, and every date that rested on a guess worked out again."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from schedules.calendar import load_calendar, read_holiday_file, store_year
from schedules.duties import rebuild
from schedules.ladder import rewrite_step_dates
from schedules.regimes import rules_in_force
from store.duties import Duty
from store.locks import hold_all_cities
from store.tasks import Task, TaskKind, TaskStatus


@dataclass(frozen=True)
class YearImported:
    """What a new calendar year changed."""

    year: int
    days: int
    rungs_moved: int


def import_year(session: Session, path: Path, *, today: date, now: datetime) -> YearImported:
    """Store a holiday-cn year and recompute what depends on it. Raises CalendarError for a file that is no year."""
    year = read_holiday_file(path)
    cities = hold_all_cities(session)
    store_year(session, year, source=path.name, now=now)
    calendar = load_calendar(session)
    moved = 0
    for city_id in cities:
        moved += rewrite_step_dates(session, rules_in_force(session, city_id, today), calendar)
        lifts = session.exec(select(Duty.lift_id).where(col(Duty.provisional), col(Duty.closed_on).is_(None))).all()
        rebuild(session, city_id=city_id, today=today, now=now, lift_ids={lift for lift in lifts if lift is not None})
    for task in session.exec(
        select(Task).where(
            Task.kind == TaskKind.CALENDAR_MISSING, Task.key == str(year.year), Task.status == TaskStatus.OPEN
        )
    ):
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, "imported"
        session.add(task)
    session.flush()
    return YearImported(year.year, len(year.days), moved)
