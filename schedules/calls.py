"""Calls that a person is still to make: what is true no more is left out, and a call of which nothing is left dropped.

A call task says what its notice says, until somebody has phoned; meanwhile an inspection is reported, a date moves, the
lift passes to another unit or to other rules, or an import is undone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from schedules.retractions import ROLES
from store.database import in_chunks
from store.duties import INSPECTIONS, MISTAKEN
from store.lifts import LiftRole
from store.task_list import find_open_task
from store.tasks import Task, TaskKind, TaskStatus

DONE, MOVED, NOT_DUE, NOT_THEIRS = "done", "the date has moved", "no longer due", "the lift is with another party"
UNTRUE = "nothing of this is true any more: "
STALE = "stale"  # in a task's detail: its script is to be written anew
FEW = 5_000  # of more duties every open call is looked at

# Word for word the condition of the index uq_task_open, or SQLite does not use it.
OPEN_CALLS = "k.status = 'open' AND k.kind = 'call'"
ANY = text(f"SELECT 1 FROM task k WHERE {OPEN_CALLS} LIMIT 1")
# The same date may stand in a duty of other rules by now; what says that it was a mistake holds while it was one.
STANDS = """(d.lift_id IS NULL AND d.due = t.due AND d.closed_on IS NULL AND d.withdrawn_at IS NULL
    OR EXISTS (SELECT 1 FROM duty o WHERE o.lift_id = d.lift_id AND o.due = t.due AND o.closed_on IS NULL
            AND o.withdrawn_at IS NULL AND (o.kind = d.kind OR o.kind IN :inspections AND d.kind IN :inspections))
        AND (n.audience NOT IN :answering OR EXISTS (SELECT 1 FROM responsibility r
            WHERE r.lift_id = d.lift_id AND r.party_id = t.party_id AND r.to_on IS NULL)))"""
HOLDS = f"CASE WHEN t.step LIKE :mistaken THEN n.audience = 'maintainer' OR NOT {STANDS} ELSE {STANDS} END"
SAID = """FROM task k JOIN notice n ON n.id = k.notice_id
    JOIN told t ON t.notice_id = k.notice_id AND t.state IN ('reserved', 'told') JOIN duty d ON d.id = t.duty_id"""
ANSWERING = [audience for audience, via in ROLES.items() if via in tuple(LiftRole)]
WORDS: tuple[Any, ...] = (
    bindparam("inspections", INSPECTIONS, expanding=True),
    bindparam("answering", ANSWERING, expanding=True),
)


def _prepared(statement: str, *more: Any) -> Any:
    return text(statement).bindparams(*WORDS, bindparam("mistaken", f"{MISTAKEN}%"), *more)


UNTRUE_CALLS = _prepared(f"SELECT DISTINCT k.id {SAID} WHERE {OPEN_CALLS} AND NOT ({HOLDS})")
UNTRUE_CALLS_OF = _prepared(
    f"SELECT DISTINCT k.id {SAID} WHERE {OPEN_CALLS} AND t.duty_id IN :ids AND NOT ({HOLDS})",
    bindparam("ids", expanding=True),
)
JUDGED = _prepared(
    f"""SELECT k.id, l.key, {HOLDS} AS holds,
    CASE WHEN d.withdrawn_at IS NOT NULL THEN '{NOT_DUE}' WHEN d.closed_on IS NOT NULL THEN '{DONE}'
        WHEN d.due IS NULL OR d.due <> t.due THEN '{MOVED}' ELSE '{NOT_THEIRS}' END AS why
    {SAID} LEFT JOIN lift l ON l.id = d.lift_id WHERE k.id IN :ids ORDER BY k.id, t.due, l.key""",
    bindparam("ids", expanding=True),
)


def review_calls(session: Session, *, today: date, duty_ids: Collection[int] | None = None) -> int:
    """Look at the open calls, those about these duties if given; how many changed."""
    session.flush()
    if (duty_ids is not None and not duty_ids) or session.execute(ANY).first() is None:
        return 0
    if duty_ids is None or len(duty_ids) > FEW:
        concerned = set(session.execute(UNTRUE_CALLS).scalars())
    else:
        parts = (session.execute(UNTRUE_CALLS_OF, {"ids": list(part)}).scalars() for part in in_chunks(list(duty_ids)))
        concerned = {task_id for found in parts for task_id in found}
    return _judge(session, concerned, today)


def review_calls_anew(session: Session, *, since: date, today: date) -> int:
    """The same where facts were taken back: what was left out or dropped since then may be true again."""
    session.flush()
    calls = select(Task.id).where(Task.kind == TaskKind.CALL)
    dropped = calls.where(Task.status == TaskStatus.DROPPED, col(Task.closed_on) >= since)
    dropped = dropped.where(col(Task.outcome).startswith(UNTRUE))
    still_open = calls.where(Task.status == TaskStatus.OPEN)
    return _judge(session, {*session.exec(still_open), *session.exec(dropped)}, today)


def mark_calls(session: Session, *, city_id: str) -> None:
    """Have the scripts of a city's open calls written anew: the department in them is another, or its officer."""
    calls = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, Task.city_id == city_id)
    for task in session.exec(calls.order_by(col(Task.id)).with_for_update()).all():
        task.detail = (task.detail or {}) | {STALE: True}
        session.add(task)
    session.flush()


def _judge(session: Session, task_ids: Iterable[int], today: date) -> int:
    rows: dict[int, list[Any]] = defaultdict(list)
    for part in in_chunks(sorted(task_ids)):
        for row in session.execute(JUDGED, {"ids": list(part)}):
            rows[row.id].append(row)
    tasks = {task_id: session.get_one(Task, task_id, with_for_update=True, populate_existing=True) for task_id in rows}
    return sum(_settle(session, tasks[task_id], found, today) for task_id, found in rows.items())


def _settle(session: Session, task: Task, rows: list[Any], today: date) -> bool:
    """Make the task say what holds of these rows; whether it did not. A call that somebody has made stays made."""
    is_open = task.status == TaskStatus.OPEN
    if not is_open and not task.outcome.startswith(UNTRUE):
        return False
    detail = dict(task.detail or {})
    lifts = list(dict.fromkeys(row.key for row in rows if row.holds and row.key is not None))
    left_out = {row.key: row.why for row in rows if not row.holds and row.key is not None and row.key not in lifts}
    if not any(row.holds for row in rows):
        if not is_open:
            return False
        task.status, task.closed_on = TaskStatus.DROPPED, today
        task.outcome = UNTRUE + "; ".join(sorted({row.why for row in rows}))
        task.detail = detail | {"reason": task.outcome, "left_out": left_out}
    elif set(lifts) != set(detail.get("lifts", [])) or not is_open:
        if not is_open and find_open_task(session, TaskKind(task.kind), task.key) is not None:
            return False
        task.status, task.closed_on, task.outcome = TaskStatus.OPEN, None, ""
        detail.pop("reason", None)
        task.detail = detail | {"lifts": lifts, "left_out": left_out, STALE: True}
    else:
        return False
    session.add(task)
    session.flush()
    return True
