"""Undoing an import: notices that have not left, and how far the ladders have come."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from actions.register.undo_rows import changes_of, chunks
from notifier.outbox import cancel, write_log
from schedules.ladder import refresh_next
from store.database import table_of
from store.duties import Duty, Told, ToldState
from store.imports import ChangeKind, ImportRun
from store.ledger import UNSENT
from store.notices import Notice, NoticeStatus
from store.task_list import IDLE
from store.tasks import Task, TaskKind, TaskStatus

NOT_TOLD = (ToldState.SUPERSEDED, ToldState.TOO_OLD)
# A notice that waits for a person has such a task.
WOKEN_BY = {NoticeStatus.NO_CONTACT: TaskKind.NO_CONTACT, NoticeStatus.FAILED: TaskKind.DELIVERY_FAILED}


def cancel_added(session: Session, import_id: int, *, now: datetime) -> int:
    """Cancel what the import itself announced, as far as it has not left; how many notices that is."""
    ids = [notice_id for notice_id, _ in changes_of(session, import_id, ChangeKind.NOTICE_ADDED)]
    return sum(cancel(session, part, reason=_reason(import_id), now=now) for part in chunks(ids))


def drop_superseded(session: Session, run: ImportRun) -> None:
    """Forget rungs that stood as not to be told, for a date or a unit that never was the lift's."""
    told, duty = table_of(Told), table_of(Duty).c
    moved = [lift for lift, detail in changes_of(session, run.id, ChangeKind.LIFT) if "valid_until" in detail]
    recent = and_(told.c.state.in_(NOT_TOLD), told.c.on_date >= run.as_of)
    for part in chunks(moved):
        present = sql_select(duty.id).where(duty.id == told.c.duty_id, duty.lift_id.in_(part), duty.due == told.c.due)
        session.execute(delete(told).where(recent, present.exists()))
    handed: defaultdict[int, list[int]] = defaultdict(list)
    for lift_id, detail in changes_of(session, run.id, ChangeKind.USE_UNIT):
        handed[detail["party"][1]].append(lift_id)
    for party_id, lift_ids in handed.items():
        for part in chunks(lift_ids):
            theirs = sql_select(duty.id).where(duty.id == told.c.duty_id, duty.lift_id.in_(part))
            session.execute(delete(told).where(recent, told.c.party_id == party_id, theirs.exists()))


def restore_unsent(session: Session, run: ImportRun, *, now: datetime) -> int:
    """Put back into their notices what the import had taken out, where it is still due; how many notices live again."""
    session.flush()
    entries = [
        (duty_id, date.fromisoformat(due), step, party_id, notice_id)
        for duty_id, detail in changes_of(session, run.id, ChangeKind.TOLD)
        for due, step, party_id, notice_id in detail["rows"]
    ]
    before = dict(changes_of(session, run.id, ChangeKind.NOTICE))
    waiting = _waiting(session, {entry[4] for entry in entries}, set(before))
    revived = {entry[4] for entry in entries if entry[4] in waiting and _reserve_again(session, entry)}
    cancelled = sorted(revived & set(before))
    for notice_id in cancelled:
        _revive(session, notice_id, before[notice_id])
    reason = _reason(run.id)
    write_log(session, [(notice_id, NoticeStatus.PLANNED, reason) for notice_id in sorted(revived)], now)
    return len(cancelled)


def restore_ladders(session: Session, run: ImportRun) -> None:
    """How far each duty's ladder has come, read off the ledger; where that is as before, so is the day of the next.

    A visit booked since puts the next rung off beyond the day that it had.
    """
    kept = dict(changes_of(session, run.id, ChangeKind.DUTY))
    refresh_next(session, list(kept))
    session.expire_all()
    table = table_of(Duty)
    names = ("due", "told_seq", "next_step")
    for part in chunks(list(kept)):
        query = sql_select(table.c.id, table.c.next_on, *(table.c[name] for name in names)).where(table.c.id.in_(part))
        for row in session.execute(query).all():
            before = kept[row.id]
            is_same = all(str(getattr(row, name)) == str(before[name]) for name in names)
            if not is_same or row.next_on is None:
                continue
            day = date.fromisoformat(before["next_on"])
            if day > row.next_on:
                session.execute(update(table).where(table.c.id == row.id).values(next_on=day))


def _waiting(session: Session, notice_ids: set[int], cancelled: set[int]) -> set[int]:
    """Notices that can take their duties back: those that the import cancelled, and those that have not left."""
    notice = table_of(Notice).c
    found: set[int] = set()
    for part in chunks(sorted(notice_ids)):
        for row in session.execute(sql_select(notice.id, notice.status).where(notice.id.in_(part))):
            if row.status in UNSENT or (row.status == NoticeStatus.CANCELLED and row.id in cancelled):
                found.add(row.id)
    return found


def _reserve_again(session: Session, entry: tuple[int, date, str, int, int]) -> bool:
    duty_id, due, step, party_id, notice_id = entry
    told, duty = table_of(Told), table_of(Duty).c
    is_open = sql_select(duty.id).where(
        duty.id == duty_id, duty.due == due, duty.closed_on.is_(None), duty.withdrawn_at.is_(None)
    )
    same = and_(told.c.duty_id == duty_id, told.c.due == due, told.c.step == step, told.c.party_id == party_id)
    again = update(told).where(
        same, told.c.notice_id == notice_id, told.c.state == ToldState.RELEASED, is_open.exists()
    )
    result: Any = session.execute(again.values(state=ToldState.RESERVED))
    return bool(result.rowcount)


def _revive(session: Session, notice_id: int, before: dict[str, Any]) -> None:
    """As it was; one that waited for a person is planned again where no task asks for that person any more."""
    notice = session.get_one(Notice, notice_id)
    waits = before["status"] in (NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)
    is_asked = waits and _ask_again(session, notice.party_id, WOKEN_BY[before["status"]])
    notice.status = NoticeStatus.PLANNED if waits and not is_asked else before["status"]
    notice.reason = before["reason"]
    notice.not_before = datetime.fromisoformat(before["not_before"]) if before["not_before"] else None
    notice.settled_at = datetime.fromisoformat(before["settled_at"]) if before["settled_at"] else None
    session.add(notice)
    session.flush()


def _ask_again(session: Session, party_id: int, kind: TaskKind) -> bool:
    """Whether a task asks for a person of the party; one that ended because nothing waited any more goes on."""
    theirs = select(Task).where(Task.party_id == party_id, Task.kind == kind)
    if session.exec(theirs.where(Task.status == TaskStatus.OPEN)).first() is not None:
        return True
    idle = theirs.where(Task.status == TaskStatus.DONE, Task.outcome == IDLE).order_by(col(Task.id).desc())
    task = session.exec(idle).first()
    if task is None:
        return False
    task.status, task.closed_on, task.outcome = TaskStatus.OPEN, None, ""
    session.add(task)
    session.flush()
    return True


def _reason(import_id: int) -> str:
    return f"import {import_id} was undone"
