"""Scripts of call tasks, written anew when only a part of what was to be said is true any more."""

from dataclasses import replace
from datetime import date

from sqlalchemy import String, cast
from sqlmodel import Session, col, select

from notifier.address_book import load_departments
from notifier.facts import NoticeFacts, load_facts
from notifier.index import TextError
from notifier.prepare import Writer
from notifier.routing import CALL_TASK, Address
from store.tasks import Task, TaskKind, TaskStatus

STALE = "stale"  # in a task's detail, by schedules.calls: its lifts are others than its script says


def rewrite_calls(session: Session, *, today: date) -> int:
    """Write the scripts of open calls that are about other lifts by now; how many."""
    marked = cast(Task.detail, String).contains(f'"{STALE}": true')
    query = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, marked)
    tasks = session.exec(query.order_by(col(Task.id))).all()
    if not tasks:
        return 0
    facts = load_facts(session, [task.notice_id for task in tasks if task.notice_id])
    writer = Writer(today, load_departments(session))
    return sum(_rewrite(session, task, writer, facts.get(task.notice_id or 0)) for task in tasks)


def _rewrite(session: Session, task: Task, writer: Writer, facts: NoticeFacts | None) -> bool:
    """Without its lifts, or without words for them, a script stays marked."""
    detail = dict(task.detail or {})
    named = set(detail.get("lifts", []))
    lifts = [lift for lift in facts.lifts if lift.key in named] if facts else []
    if facts is None or not lifts:
        return False
    address = Address(0, CALL_TASK, detail.get("number", ""), detail.get("who", ""))
    try:
        [written] = writer.write(replace(facts, lifts=lifts), [address])
    except TextError:
        return False
    detail.pop(STALE)
    task.detail = detail | {"lifts": written.lift_keys, "script": written.body}
    session.add(task)
    session.flush()
    return True
