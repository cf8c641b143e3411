"""Where no bureau is named for a district, nobody hears of its results and matters: the task of whoever runs the city,
one for each district, until somebody is named. What waited is told then, however long it was."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from actions.regulator.scope import bureau_of, district_names
from store.lifts import Lift
from store.matters import Matter
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

NAMED, IDLE = "named", "nothing waits"


def kept_events(session: Session, city_id: str) -> set[int]:
    """The results that wait for a bureau to be named: they do not grow too old meanwhile."""
    return {event for task in _open(session, city_id) for event in (task.detail or {}).get("events", ())}


def ask_for_bureaus(session: Session, city_id: str, waiting: Iterable[tuple[int, str | None]], today: date) -> int:
    """Ask once for each district for which nobody is named; `waiting` are results with the district of their lift.
    What is asked for no more ends. How many are asked for."""
    events: dict[str, set[int]] = defaultdict(set)
    for event_id, code in waiting:
        events[code or ""].add(event_id)
    matters = _matters(session, city_id)
    codes = {code for code in events.keys() | matters.keys() if bureau_of(session, city_id, code) is None}
    names = district_names(city_id)
    for code in sorted(codes):
        about = {"district": names.get(code, code), "events": sorted(events[code]), "matters": matters.get(code, 0)}
        task = Task(kind=TaskKind.NO_BUREAU, key=_key(city_id, code), city_id=city_id, detail=about, opened_on=today)
        open_once(session, task, renew=True)
    for task in _open(session, city_id):
        code = task.key.rpartition(":")[2]
        if code not in codes:
            is_named = bureau_of(session, city_id, code) is not None
            task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, NAMED if is_named else IDLE
            session.add(task)
    session.flush()
    return len(codes)


def _open(session: Session, city_id: str) -> list[Task]:
    query = select(Task).where(Task.kind == TaskKind.NO_BUREAU, Task.city_id == city_id)
    return list(session.exec(query.where(Task.status == TaskStatus.OPEN).order_by(col(Task.id))))


def _matters(session: Session, city_id: str) -> dict[str, int]:
    """How many hazards and special reasons nobody has heard of, by district."""
    query = select(Lift.district_code).join(Matter, col(Matter.lift_id) == Lift.id)
    query = query.where(Matter.city_id == city_id, col(Matter.closed_on).is_(None), col(Matter.office_id).is_(None))
    counted: dict[str, int] = defaultdict(int)
    for code in session.exec(query):
        counted[code or ""] += 1
    return counted


def _key(city_id: str, code: str) -> str:
    return f"bureau:{city_id}:{code}"
