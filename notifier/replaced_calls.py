"""Calls that a later rung's call to the same number stands for: nobody is phoned twice about the same."""

from sqlalchemy import text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from notifier.calls import ASKED_BY
from notifier.facts import ALERT
from store.database import table_of
from store.doubted import IS_OPEN
from store.duties import StepDate, Told, ToldState
from store.notices import AGAIN, Notice
from store.tasks import Task, TaskKind, TaskStatus

AGAIN_AT = "again_at"  # in a task's detail, as actions.desk.calls says it: when it is to be tried next
LEFT = (ToldState.RESERVED, ToldState.TOLD)


def call_key(notice_id: int, number: str) -> str:
    """One call for a notice and a number."""
    return f"notice:{notice_id}:{number}"


def open_call_said_again(session: Session, notice_id: int, number: str) -> Task | None:
    """The open call to this number about the same alert, where this notice only says once more what it says.

    Somebody may be on the telephone with it: it stays as it is, and need not wait for its next try any more.
    """
    notice = session.get_one(Notice, notice_id)
    alert = (notice.facts or {}).get(ALERT)
    if AGAIN not in notice.step or alert is None:
        return None
    calls = select(Task).join(Notice, col(Notice.id) == Task.notice_id)
    calls = calls.where(Task.kind == TaskKind.CALL, text(IS_OPEN), Task.party_id == notice.party_id)
    calls = calls.where(col(Notice.facts)[(ALERT, "id")].as_integer() == alert["id"])
    calls = calls.where(col(Task.detail)["number"].as_string() == number).order_by(col(Task.id))
    known = session.exec(calls.with_for_update(of=table_of(Task))).first()
    if known is not None and AGAIN_AT in (known.detail or {}):
        known.detail = {name: value for name, value in (known.detail or {}).items() if name != AGAIN_AT}
        session.add(known)
        session.flush()
    return known


def replace_earlier(session: Session, task_id: int) -> int:
    """Drop the open calls of earlier rungs about nothing but duties of this call's notice; how many.

    One that somebody asked for stays: they say what it is about.
    """
    task = session.get_one(Task, task_id)
    notice = session.get_one(Notice, task.notice_id)
    calls = _calls_about_the_same(session, task, notice)
    if not calls:
        return 0
    rungs = _rungs(session, notice.rule)
    duties = _duties(session, notice.id)
    dropped = 0
    for call, earlier in calls:
        is_earlier = earlier.step in rungs and rungs[earlier.step] < rungs.get(notice.step, 0)
        if is_earlier and ASKED_BY not in (call.detail or {}) and _duties(session, earlier.id) <= duties:
            call.status, call.closed_on = TaskStatus.DROPPED, task.opened_on
            call.outcome = f"call {task.id} of a later rung stands for it"
            call.detail = (call.detail or {}) | {"reason": call.outcome}
            session.add(call)
            dropped += 1
    session.flush()
    return dropped


def _calls_about_the_same(session: Session, task: Task, notice: Notice) -> list[tuple[Task, Notice]]:
    """The open calls to the same number by other notices of the same rule to the party about any of the duties."""
    ours, theirs = aliased(Told), aliased(Told)
    same = (
        select(theirs.notice_id)
        .join(ours, (col(ours.duty_id) == theirs.duty_id) & (col(ours.due) == theirs.due))
        .where(ours.notice_id == notice.id, theirs.notice_id != notice.id)
    )
    others = select(Notice).where(col(Notice.id).in_(same))
    others = others.where(Notice.party_id == notice.party_id, Notice.rule == notice.rule)
    number = (task.detail or {}).get("number", "")
    by_key = {call_key(other.id, number): other for other in session.exec(others).all()}
    if not by_key:
        return []
    # the condition in words: a server and SQLite find the few by the index of open tasks
    calls = select(Task).where(Task.kind == TaskKind.CALL, text(IS_OPEN), col(Task.key).in_(by_key))
    return [(call, by_key[call.key]) for call in session.exec(calls.order_by(col(Task.id)).with_for_update()).all()]


def _rungs(session: Session, rule: str) -> dict[str, int]:
    """The place of each rung in its ladder."""
    steps = select(StepDate.step, StepDate.seq).where(StepDate.rule == rule).distinct()
    return dict(session.exec(steps).all())


def _duties(session: Session, notice_id: int) -> set[int]:
    told = select(Told.duty_id).where(Told.notice_id == notice_id)
    return set(session.exec(told.where(col(Told.state).in_(LEFT))))
