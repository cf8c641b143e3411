"""The list that the inspection department's duty officer gets on a working day: calls of earlier days that are still to
be made, and units that nobody could reach.

A list like the last one is told again only some working days later, so that nobody stops reading. It is planned by
`tixing.planning`, beside the plan of what the rules ask for: it rests on what callers did, which a rehearsal, where
nobody acts and no call is opened, does not know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from schedules.basis import basis_of
from schedules.calendar import WorkingCalendar, load_calendar
from schedules.regimes import rulebook_of
from store.ledger import cancel_empty, lock_notices
from store.notices import GREETING, Notice, NoticeStatus, PlanRun
from store.parties import AreaRole, Jurisdiction
from store.tasks import Task, TaskKind, TaskStatus
from store.zone import SHANGHAI

STEP, DUTY, TEMPLATE = "unanswered", "calls", "desk.unanswered"
AUDIENCE = AreaRole.INSPECTION_DEPARTMENT.value
UNREACHED = (TaskKind.NO_CONTACT, TaskKind.DELIVERY_FAILED)
AGAIN_AT = "again_at"  # in a call's detail: it is not to be made before
SHOWN = 10
WAITING = (NoticeStatus.PLANNED, NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)


@dataclass(frozen=True)
class Left:
    """What a department was left with by earlier days, oldest first."""

    calls: Sequence[Task]
    unreached: Sequence[Task]

    @property
    def tasks(self) -> list[Task]:
        """All of it."""
        return sorted((*self.calls, *self.unreached), key=lambda task: (task.opened_on, task.id))

    @property
    def mark(self) -> str:
        """The same for the same list."""
        return sha256(",".join(str(task.id) for task in self.tasks).encode()).hexdigest()[:16]


def plan_unanswered(session: Session, city_id: str, *, today: date, now: datetime) -> int:
    """Write the lists of the city's departments for `today`; how many. Planning twice changes nothing."""
    calendar = load_calendar(session)
    if not calendar.is_working(today):
        return 0
    again_after = rulebook_of(session, city_id, today).numbers.same_list_again_days
    found = [(desk, left) for desk in _desks(session, city_id) if (left := _left(session, city_id, desk, today)).tasks]
    wanted = [(desk, left) for desk, left in found if _is_news(session, desk, left, calendar, today, again_after)]
    if not wanted:
        return 0
    run = PlanRun(planned_on=today, finished_at=now, notices=len(wanted), duties=0)
    session.add(run)
    session.flush()
    for desk, left in wanted:
        _take_back_earlier(session, desk, now)
        session.add(_notice(city_id, desk, left, _rule_of(session, left), run.id, today))
    session.flush()
    return len(wanted)


def _desks(session: Session, city_id: str) -> list[int]:
    areas = select(Jurisdiction.party_id).where(Jurisdiction.city_id == city_id, Jurisdiction.role == AUDIENCE)
    return sorted(set(session.exec(areas.where(col(Jurisdiction.to_on).is_(None)))))


def _left(session: Session, city_id: str, desk: int, today: date) -> Left:
    """Of earlier days. A call that was put off to a later day is not waited for; of itself a desk is not told."""
    query = (
        select(Task)
        .where(col(Task.kind).in_((TaskKind.CALL, *UNREACHED)), Task.status == TaskStatus.OPEN)
        .where(Task.city_id == city_id, Task.owner_party_id == desk, Task.opened_on < today)
        .where(col(Task.party_id).is_(None) | (col(Task.party_id) != desk))
        .where(or_(col(Task.kind) == TaskKind.CALL, exists().where(*_waits_for_somebody())))
        .order_by(col(Task.opened_on), col(Task.id))
    )
    tasks = session.exec(query).all()
    calls = [task for task in tasks if task.kind == TaskKind.CALL and not _is_put_off(task, today)]
    return Left(calls, [task for task in tasks if task.kind in UNREACHED])


def _waits_for_somebody() -> tuple[ColumnElement[bool], ...]:
    """The condition that a notice still waits for somebody of the task's party: a later one may have arrived."""
    in_vain = (NoticeStatus.NO_CONTACT, NoticeStatus.FAILED)
    return col(Notice.party_id) == col(Task.party_id), col(Notice.status).in_(in_vain), col(Notice.step) != GREETING


def _is_put_off(task: Task, today: date) -> bool:
    again = (task.detail or {}).get(AGAIN_AT)
    return again is not None and datetime.fromisoformat(again).astimezone(SHANGHAI).date() > today


def _is_news(session: Session, desk: int, left: Left, calendar: WorkingCalendar, today: date, again_after: int) -> bool:
    """Whether today's list is still to be told: not twice a day, and the same one only after some working days."""
    told = select(Notice).where(Notice.party_id == desk, Notice.step == STEP, Notice.duty == DUTY)
    last = session.exec(told.order_by(col(Notice.planned_on).desc(), col(Notice.id).desc()).limit(1)).first()
    if last is None:
        return True
    if last.planned_on >= today:
        return False
    is_same = (last.facts or {})["left"]["mark"] == left.mark and last.status != NoticeStatus.CANCELLED
    return not is_same or calendar.working_between(last.planned_on, today) > again_after


def _take_back_earlier(session: Session, desk: int, now: datetime) -> None:
    """A list that has not gone out goes out no more: today's stands for it."""
    query = select(Notice.id).where(Notice.party_id == desk, Notice.step == STEP, col(Notice.status).in_(WAITING))
    waiting = lock_notices(session, session.exec(query).all(), WAITING)
    if waiting:
        cancel_empty(session, waiting, reason="overtaken", now=now)


def _rule_of(session: Session, left: Left) -> str:
    """The rule for which the oldest of these tasks was opened; empty where no notice stands behind any."""
    ids = [task.notice_id for task in left.tasks if task.notice_id is not None]
    return session.get_one(Notice, ids[0]).rule if ids else ""


def _notice(city_id: str, desk: int, left: Left, rule: str, run_id: int, today: date) -> Notice:
    return Notice(
        city_id=city_id,
        run_id=run_id,
        planned_on=today,
        send_on=today,
        party_id=desk,
        duty=DUTY,
        rule=rule,
        step=STEP,
        audience=AUDIENCE,
        channel_class="chat",
        template=TEMPLATE,
        facts={"left": _facts(left) | basis_of(rule)},
    )


def _facts(left: Left) -> dict[str, Any]:
    return {
        "mark": left.mark,
        "calls": len(left.calls),
        "unreached": len(left.unreached),
        "oldest": left.tasks[0].opened_on.isoformat(),
        "lines": list(_lines(left.tasks[:SHOWN])),
    }


def _lines(tasks: Iterable[Task]) -> Iterable[dict[str, Any]]:
    for task in tasks:
        detail = task.detail or {}
        yield {
            "unit": detail.get("unit", ""),
            "lifts": len(detail.get("lifts", [])),
            "since": task.opened_on.isoformat(),
            "to_call": task.kind == TaskKind.CALL,
        }
