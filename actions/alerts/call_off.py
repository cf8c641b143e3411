"""What waits to be told of an alert and is no longer so is not told, and calls about it are not made."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.alerts.rungs import LAST, ROUNDS, RUNGS, Rung, Side, base_of
from notifier.outbox import cancel
from store.alerts import ENDED, Alert, AlertKind, AlertState, AlertTold
from store.notices import AGAIN
from store.task_list import find_open_task
from store.tasks import Task, TaskKind, TaskStatus

REPEATED, ON_IT = "the same is said once more", "the maintainer's people say that they are on it"
ASKED = (TaskKind.ENTRAPMENT_UNANSWERED, TaskKind.ENTRAPMENT_NOT_ENDED)
STEP, MISTAKE = "step", "mistake"  # the names of what is told beside the rungs begin so
CALL = "call"


def call_off(session: Session, alert: Alert, *, now: datetime, today: date) -> None:
    """After a step: nobody is told any more that nobody has taken it, nor of a step before it."""
    told = select(AlertTold).where(AlertTold.alert_id == alert.id, col(AlertTold.notice_id).is_not(None))
    idle = [row.notice_id for row in session.exec(told) if row.notice_id is not None and _is_idle(alert, row.rung)]
    reason = f"alert {alert.id} is {alert.state}"
    stand_down(session, idle, reason=reason, now=now, today=today)
    for kind in ASKED:
        task = find_open_task(session, kind, f"alert:{alert.id}")
        if task is not None:
            _close(session, task, reason, today)


def call_off_repeats(session: Session, alert: Alert, *, now: datetime, today: date) -> None:
    """They are on it: what waits and says that they are not, or says it once more, is not told."""
    rungs = _rungs(AlertKind(alert.kind))
    told = select(AlertTold).where(AlertTold.alert_id == alert.id, col(AlertTold.notice_id).is_not(None))
    idle = [
        row.notice_id
        for row in session.exec(told)
        if row.notice_id is not None
        and (rung := rungs.get(base_of(row.rung))) is not None
        and (AGAIN in row.rung or rung.minutes)
    ]
    stand_down(session, idle, reason=ON_IT, now=now, today=today)


def stand_down(session: Session, notice_ids: Sequence[int], *, reason: str, now: datetime, today: date) -> None:
    """Of these notices nothing more leaves: what waits is cancelled, and the calls that people have on their lists."""
    if not notice_ids:
        return
    cancel(session, notice_ids, reason=reason, now=now)
    calls = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN)
    calls = calls.where(col(Task.notice_id).in_(notice_ids)).order_by(col(Task.id)).with_for_update()
    for task in session.exec(calls).all():
        _close(session, task, reason, today)
    session.flush()


def _is_idle(alert: Alert, name: str) -> bool:
    """Whether what is told by this name is no longer so, or nobody's concern any more."""
    state, base = AlertState(alert.state), base_of(name)
    if state in ENDED or base in (STEP, MISTAKE):
        return base != MISTAKE
    rung = _rungs(AlertKind(alert.kind)).get(base)
    if rung is None or rung.state == state:
        return False
    asks_for_an_answer = rung.side is Side.MAINTAINER and rung.channel == CALL
    return bool(rung.minutes) or AGAIN in name or asks_for_an_answer


def _rungs(kind: AlertKind) -> dict[str, Rung]:
    again = [rung for rounds in ROUNDS.get(kind, ()) for turn in rounds.turns for rung in turn]
    return {rung.name: rung for rung in (*again, *RUNGS[kind], *LAST.get(kind, ()))}


def _close(session: Session, task: Task, reason: str, today: date) -> None:
    task.status, task.closed_on, task.outcome = TaskStatus.DROPPED, today, reason
    task.detail = (task.detail or {}) | {"reason": reason}
    session.add(task)
