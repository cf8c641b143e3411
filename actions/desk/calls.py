"""What comes of the calls that people make: one verb for each outcome that a caller may press.

The outcome closes the task and is kept there with who made the call. What it says of the attempt goes into the inbox
as a provider's receipt does, and the notifier takes it from there with its next pass (`notifier/call_receipts.py`):
who was told, is told; of whom the number failed, the next contact comes.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from actions.alerts.replied import hold_alert_of, reached_by_clerk
from actions.desk.call_times import TRIES, next_morning, next_try
from actions.permissions import NotAllowedError
from actions.told.replies import Answer, PersonSaid, Reply, take_reply
from actions.visits.agreed_days import Agreed, book_agreed, calls_about_booked, is_booked_on
from actions.visits.inspections import RefusedError
from notifier.outbox import write_log
from schedules.calendar import load_calendar
from schedules.retractions import ROLES
from store.doubted import key_of_number
from store.duties import INSPECTIONS
from store.inbox import CALLS, take_in
from store.lifts import Lift, LiftRole
from store.locks import lock_lifts
from store.notices import Delivery, Notice
from store.task_list import open_once
from store.tasks import Task, TaskKind, TaskStatus

PERSON = "person"  # the way of an answer that was given to a caller
CALL_TASK = "call_task"
TOLD, BOOKED, CALL_AGAIN, NO_ANSWER, WRONG_NUMBER = "told", "booked", "call_again", "no_answer", "wrong_number"
TOO_EARLY = "no_answer_too_early"  # before the next call was to be made: the same one told twice, or rung up at once
# in a task's detail: what was tried, when it is to be tried next, the day that was booked, and of how many lifts that
# is after the last day, and which that was; how many more than there were places for
MADE, AGAIN_AT, VISIT_ON, TOO_LATE, OVER = "calls", "again_at", "visit_on", "too_late", "over"


class CallError(Exception):
    """The outcome cannot be recorded; the sentence says why."""


@dataclass(frozen=True)
class Press:
    """Somebody says how a call went: `by` is who made it, `key` one tap, however often it arrives."""

    task_id: int
    by: str
    key: str
    now: datetime
    today: date
    note: str = ""


def told(session: Session, press: Press, *, will_book: bool = False, call_back_at: datetime | None = None) -> bool:
    """The person was reached and told; False where this tap came before, as with all verbs here.

    Who asks to be called again gets a call of its own, from `call_back_at` on; anybody else has received an alert.
    """
    alert_told = hold_alert_of(session, press.task_id)
    if (task := _begin(session, press)) is None:
        return False
    outcome = Answer.WILL_BOOK.value if will_book else CALL_AGAIN if call_back_at else TOLD
    _close(session, task, press, outcome, arrived=True)
    if alert_told is not None and not call_back_at:
        reached_by_clerk(session, alert_told, task.id, now=press.now, today=press.today)
    elif will_book:
        _answered(session, task, press, Answer.WILL_BOOK)
    if call_back_at:
        about = {name: value for name, value in (task.detail or {}).items() if name != MADE}
        _open_again(session, task, about | {AGAIN_AT: call_back_at.isoformat(), "asked_by": PERSON}, press)
    return True


def no_answer(session: Session, press: Press) -> bool:
    """Nobody answered, or the line was busy: later that day, then the next working day; then the next contact.

    What is said before the next call was to be made is kept, and does not count. Who asked for a call, so that no
    attempt waits for it and no contact follows, is called on each working day until an outcome is found.
    """
    if (task := _begin(session, press)) is None:
        return False
    missed = sum(call["outcome"] == NO_ANSWER for call in calls_made(task))
    not_before = (task.detail or {}).get(AGAIN_AT)
    if missed and not_before and press.now < datetime.fromisoformat(not_before):
        _note(session, task, press, TOO_EARLY)
        _save(session, task)
        return True
    calendar = load_calendar(session)
    again = next_try(calendar, missed + 1, press.now)
    if again is None and not _is_waited_for(session, task):
        again = next_morning(calendar, press.now)
    if again is None:
        _close(session, task, press, NO_ANSWER, arrived=False, error=f"not answered {TRIES} times")
        return True
    _note(session, task, press, NO_ANSWER)
    task.detail = (task.detail or {}) | {AGAIN_AT: again.isoformat()}
    _save(session, task)
    return True


def wrong_number(session: Session, press: Press) -> bool:
    """The number is somebody else's: nothing goes there any more until the register has been put right.

    Other calls of that party to the same number are over with it.
    """
    if (task := _begin(session, press)) is None:
        return False
    number = (task.detail or {}).get("number", "")
    for call in (task, *_others(session, task, number)):
        _close(session, call, press, WRONG_NUMBER, arrived=False, error="wrong number")
    if number:
        doubt_number(session, task, number, said_by=press.by, today=press.today)
    return True


def not_theirs(session: Session, press: Press) -> bool:
    """The person was reached and says that these are not their lifts."""
    return _said(session, press, Answer.NOT_OURS)


def out_of_use(session: Session, press: Press) -> bool:
    """The person was reached and says that the lifts are registered as out of use."""
    return _said(session, press, Answer.OUT_OF_USE)


def booked(session: Session, press: Press, *, visit_on: date) -> bool:
    """The person was reached and agreed a day: each department books the inspection of its lifts of this call.

    Other calls to the party about lifts that are all booked now are over; a day that is too late stands in the task.
    Another day for a call that was settled so moves its booking, as long as that stands: a day was entered wrongly.
    """
    known = session.get(Task, press.task_id)
    lifts = _lifts_of(session, known) if known is not None else []
    lock_lifts(session, [lift.id for lift in lifts])  # before the task, as whoever plans does
    moves = known is not None and _can_move(session, known, lifts, visit_on)
    task = _begin(session, press, moves=moves)
    if task is None:
        return False
    notice = session.get(Notice, task.notice_id)
    if notice is None or notice.duty not in INSPECTIONS or not lifts or task.owner_party_id is None:
        raise CallError(f"call {task.id} is about no inspection that a department books; say told or will-book")
    if ROLES.get(notice.audience) != LiftRole.USE_UNIT.value:
        raise CallError(f"call {task.id} is to no use unit: only who uses the lifts agrees on a day; say told")
    if moves:
        _note(session, task, press, BOOKED)
    else:
        _close(session, task, press, BOOKED, arrived=True)
    task.detail = {name: value for name, value in (task.detail or {}).items() if name not in (TOO_LATE, OVER)}
    task.detail |= {VISIT_ON: visit_on.isoformat()}
    _save(session, task)
    key = f"call:{task.id}:{press.key}"
    try:
        done = book_agreed(session, Agreed(lifts, visit_on, task.owner_party_id, press.now, press.today, key))
    except (RefusedError, NotAllowedError) as error:
        raise CallError(str(error)) from error
    late = {"lifts": done.booked_too_late, "by": done.backstop.isoformat()} if done.backstop else None
    task.detail = task.detail | ({TOO_LATE: late} if late else {}) | ({OVER: done.over} if done.over else {})
    _save(session, task)
    _end_others(session, task, press)
    return True


def refused(session: Session, press: Press) -> bool:
    """The person was reached and names no day; `press.note` says why. The reminders go on."""
    return _said(session, press, PersonSaid.REFUSED)


def unit_changed(session: Session, press: Press) -> bool:
    """The person was reached and says that another unit (`press.note`) manages the lifts by now."""
    return _said(session, press, PersonSaid.UNIT_CHANGED)


def special(session: Session, press: Press) -> bool:
    """The person was reached; for a special reason (`press.note`) there can be no inspection in time: to be reported
    to the regulator (000 五4), for which a task is opened. The reminders go on."""
    return _said(session, press, PersonSaid.SPECIAL)


def calls_made(task: Task) -> list[dict[str, str]]:
    """Every call that was made for this task: moment, who made it, outcome, note."""
    return list((task.detail or {}).get(MADE, []))


def doubt_number(session: Session, about: Task, number: str, *, said_by: str, today: date) -> None:
    """The task that keeps messages from a number until somebody has decided; `about` names party and department."""
    detail = about.detail or {}
    open_once(
        session,
        Task(
            kind=TaskKind.BAD_PHONE,
            key=key_of_number(number),
            city_id=about.city_id,
            owner_party_id=about.owner_party_id,
            party_id=about.party_id,
            detail={name: detail.get(name, "") for name in ("unit", "who")} | {"number": number, "said_by": said_by},
            opened_on=today,
        ),
    )


def _begin(session: Session, press: Press, *, moves: bool = False) -> Task | None:
    """The open call, kept from others until the transaction ends; None where this tap came before.

    A settled one is refused, unless its booking `moves`.
    """
    task = session.get(Task, press.task_id, with_for_update=True, populate_existing=True)
    if task is None or task.kind != TaskKind.CALL:
        raise CallError(f"there is no call {press.task_id}; `tixing calls` lists those that are open")
    if any(call["key"] == press.key for call in calls_made(task)):
        return None
    if task.status != TaskStatus.OPEN and not moves:
        day = (task.detail or {}).get(VISIT_ON)
        raise CallError(f"call {task.id} was settled on {task.closed_on}: {task.outcome}{f' for {day}' if day else ''}")
    return task


def _can_move(session: Session, task: Task, lifts: list[Lift], visit_on: date) -> bool:
    """Whether this call booked another day, which stands still for one of its lifts at least."""
    day = (task.detail or {}).get(VISIT_ON)
    if task.outcome != BOOKED or day is None or day == visit_on.isoformat():
        return False
    return is_booked_on(session, lifts, date.fromisoformat(day))


def _is_waited_for(session: Session, task: Task) -> bool:
    """Whether an attempt hangs on this call; none does on one that somebody asked for."""
    if "asked_by" not in (task.detail or {}):
        return True
    ours = select(Delivery.id).where(Delivery.channel == CALL_TASK, Delivery.provider_id == str(task.id))
    return session.exec(ours).first() is not None


def _lifts_of(session: Session, task: Task) -> list[Lift]:
    keys = (task.detail or {}).get("lifts", [])
    query = select(Lift).where(Lift.city_id == task.city_id, col(Lift.key).in_(keys))
    return list(session.exec(query.order_by(col(Lift.id))))


def _said(session: Session, press: Press, answer: Answer | PersonSaid) -> bool:
    task = _begin(session, press)
    if task is None:
        return False
    _close(session, task, press, answer.value, arrived=True)
    _answered(session, task, press, answer)
    return True


def _answered(session: Session, task: Task, press: Press, answer: Answer | PersonSaid) -> None:
    if task.notice_id is not None:
        reply = Reply(task.notice_id, 0, answer, PERSON, f"call:{task.id}:{press.key}", press.note)
        take_reply(session, reply, now=press.now, today=press.today)


def _close(session: Session, task: Task, press: Press, outcome: str, *, arrived: bool, error: str = "") -> None:
    _note(session, task, press, outcome)
    task.detail = {name: value for name, value in (task.detail or {}).items() if name != AGAIN_AT}
    task.status, task.closed_on, task.outcome = TaskStatus.DONE, press.today, outcome
    _save(session, task)
    if task.notice_id is not None:
        payload = {"task": task.id, "notice": task.notice_id, "arrived": arrived, "error": error}
        take_in(session, CALLS, f"{task.id}:{press.key}", payload, received_at=press.now)


def _note(session: Session, task: Task, press: Press, outcome: str) -> None:
    call = {"at": press.now.isoformat(), "by": press.by, "outcome": outcome, "note": press.note, "key": press.key}
    task.detail = (task.detail or {}) | {MADE: [*calls_made(task), call]}
    if task.notice_id is not None:
        notice = session.get_one(Notice, task.notice_id)
        write_log(session, [(notice.id, notice.status, f"called: {outcome}")], press.now)


def _open_again(session: Session, task: Task, detail: dict[str, object], press: Press) -> None:
    names = ("kind", "key", "city_id", "owner_party_id", "party_id", "notice_id")
    same = {name: getattr(task, name) for name in names}
    open_once(session, Task(**same, detail=detail, opened_on=press.today))


def _others(session: Session, task: Task, number: str) -> list[Task]:
    calls = select(Task).where(Task.kind == TaskKind.CALL, Task.status == TaskStatus.OPEN, Task.id != task.id)
    theirs = session.exec(calls.where(Task.party_id == task.party_id).order_by(col(Task.id)).with_for_update())
    return [call for call in theirs if (call.detail or {}).get("number") == number]


def _end_others(session: Session, task: Task, press: Press) -> None:
    """Who was reached need not be asked again; of others at the party nobody is asked for a day any more."""
    for call in calls_about_booked(session, task):
        if (call.detail or {}).get("number") == (task.detail or {}).get("number"):
            _close(session, call, press, BOOKED, arrived=True)
            continue
        call.status, call.closed_on, call.outcome = TaskStatus.DROPPED, press.today, f"booked in call {task.id}"
        call.detail = (call.detail or {}) | {"reason": call.outcome}
        _save(session, call)


def _save(session: Session, task: Task) -> None:
    session.add(task)
    session.flush()
