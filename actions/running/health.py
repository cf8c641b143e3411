"""Whether our own work goes on: was today planned, is the outbox looked at, does anything leave. Holds no names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from store.brakes import EVERYWHERE, Pause, PlanHold, open_holds, pauses
from store.database import table_of
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus, PlanRun
from store.watch import Beat, Heartbeat, last_beat, silent_processes
from store.zone import SHANGHAI

HELD = "held: "  # a notice kept back on purpose says so in its reason
WAITING = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.UNKNOWN)
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


class Reason(StrEnum):
    """What can be wrong with our own work; a brake comes first, for it explains the others."""

    PAUSED = "paused"
    PLAN_HELD = "plan_held"
    NO_PLAN = "no_plan"
    NO_DISPATCH = "no_dispatch"
    PROCESS_SILENT = "process_silent"
    STUCK = "stuck"


@dataclass(frozen=True)
class Limits:
    """From when on silence is a fault.

    `plan_by`: the time of day in China until which today's plan may be missing. `silence`: how long ago the last pass
    over the outbox may be. `stuck`: how long something may have been due while nothing at all could be handed over.
    """

    plan_by: time = time(0, 15)
    silence: timedelta = timedelta(minutes=10)
    stuck: timedelta = timedelta(minutes=60)


LIMITS = Limits()


@dataclass(frozen=True)
class Trouble:
    """What is wrong: the reason, and the dates and numbers that go with it."""

    reason: Reason
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """The last signs of life, and what is wrong, if anything."""

    plan: Heartbeat | None
    dispatch: Heartbeat | None
    trouble: Trouble | None


def check_health(session: Session, *, now: datetime, limits: Limits = LIMITS) -> Health:
    """How our own work stands at `now`."""
    plan, dispatch = last_beat(session, Beat.PLAN, until=now), last_beat(session, Beat.DISPATCH, until=now)
    trouble = (
        _braked(session)
        or _missed_plan(plan, now, limits)
        or _missed_dispatch(dispatch, now, limits)
        or _silent_process(session, now, limits)
        or _stuck(session, now, limits)
    )
    return Health(plan, dispatch, trouble)


def _braked(session: Session) -> Trouble | None:
    """A pause that somebody forgot is as silent as a fault; so it is one until it ends."""
    paused, held = pauses(session), open_holds(session)
    if paused:
        since = min(one.since for one in paused).astimezone(SHANGHAI)
        return Trouble(Reason.PAUSED, {"since": since.isoformat(timespec="minutes"), "cities": _cities(paused)})
    if held:
        day = min(one.planned_on for one in held)
        return Trouble(Reason.PLAN_HELD, {"day": day.isoformat(), "cities": _cities(held)})
    return None


def _cities(stopped: Sequence[Pause] | Sequence[PlanHold]) -> str:
    """The ids of the cities; '*' stands for every one."""
    return ", ".join(sorted({one.city_id or EVERYWHERE for one in stopped}))


def _missed_plan(plan: Heartbeat | None, now: datetime, limits: Limits) -> Trouble | None:
    here = now.astimezone(SHANGHAI)
    if plan is not None and plan.day >= here.date():
        return None
    in_grace = plan is not None and here.time() < limits.plan_by and plan.day >= here.date() - timedelta(days=1)
    if in_grace:
        return None
    return Trouble(Reason.NO_PLAN, {"today": here.date().isoformat(), "last": plan.day.isoformat() if plan else ""})


def _missed_dispatch(dispatch: Heartbeat | None, now: datetime, limits: Limits) -> Trouble | None:
    if dispatch is not None and now - dispatch.last_at <= limits.silence:
        return None
    last = dispatch.last_at.astimezone(SHANGHAI).isoformat(timespec="minutes") if dispatch else ""
    return Trouble(Reason.NO_DISPATCH, {"last": last, "minutes": int(limits.silence.total_seconds() // 60)})


def _silent_process(session: Session, now: datetime, limits: Limits) -> Trouble | None:
    """One of several is missed although the others do its work."""
    silent = silent_processes(session, now=now, silence=limits.silence)
    if not silent:
        return None
    last = max(row.last_at for row in silent).astimezone(SHANGHAI).isoformat(timespec="minutes")
    minutes = int(limits.silence.total_seconds() // 60)
    facts: dict[str, str | int] = {
        "process": silent[0].process,
        "silent": len(silent),
        "last": last,
        "minutes": minutes,
    }
    return Trouble(Reason.PROCESS_SILENT, facts)


def _stuck(session: Session, now: datetime, limits: Limits) -> Trouble | None:
    """Something has been due for so long, and nothing at all was handed over in that time.

    A single number that does not work is no fault of ours: its notice fails over, or becomes a task.
    """
    delivery = table_of(Delivery).c
    since = now - limits.stuck
    handed_over = select(delivery.id).where(delivery.status.in_(ARRIVED), delivery.settled_at >= since).limit(1)
    oldest, count = _oldest_waiting(session, now)
    if oldest is None or oldest > since or session.execute(handed_over).first() is not None:
        return None
    return Trouble(Reason.STUCK, {"notices": count, "minutes": int((now - oldest).total_seconds() // 60)})


def _oldest_waiting(session: Session, now: datetime) -> tuple[datetime | None, int]:
    """Since when the longest waiting notice has been due, and how many are due.

    A notice is due from the plan that wrote it; one tried already, from its first attempt.
    """
    notice, run, delivery = table_of(Notice), table_of(PlanRun), table_of(Delivery)
    due = _is_due(now)
    planned = (select(func.min(run.c.finished_at)).select_from(notice).join(run, run.c.id == notice.c.run_id)).where(
        due, notice.c.tries == 0, notice.c.not_before.is_(None)
    )
    tried = (
        select(func.min(delivery.c.attempted_at))
        .select_from(notice)
        .join(delivery, delivery.c.notice_id == notice.c.id)
        .where(due, notice.c.tries > 0)
    )
    moments = [session.execute(query).scalar() for query in (planned, tried)]
    count = session.execute(select(func.count()).select_from(notice).where(due)).scalar_one()
    return min((moment for moment in moments if moment is not None), default=None), count


def _is_due(now: datetime) -> ColumnElement[bool]:
    notice = table_of(Notice).c
    today = now.astimezone(SHANGHAI).date()
    return notice.status.in_(WAITING) & (notice.send_on <= today) & ~notice.reason.startswith(HELD)
