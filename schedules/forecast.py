"""Whether a day's plan is what yesterday's ladders promised: a plan that is not is held until somebody has looked.

The measure is duties: those with a rung that may be told, and those of announcements (corrected dates, introductions)
that have not gone out. Nothing is written of a plan that is held, so that nothing grows stale: the next pass measures
anew, and holds on, or lets the plan of that day go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from schedules.dates import add_months
from schedules.regimes import rulebook_of
from schedules.tasks import open_task
from store.brakes import PlanForecast, PlanHold, open_holds
from store.duties import Duty, Told, ToldState
from store.imports import ImportRun
from store.lifts import Lift, LiftStatus
from store.notices import Notice, NoticeStatus
from store.task_list import find_open_task
from store.tasks import TaskKind, TaskStatus

TIMES = 3  # a plan may be so many times its forecast
FLOOR_DUTIES, FLOOR_PERCENT = 20, 2  # and so much more than it, of the lifts in use, whatever the forecast
AHEAD = timedelta(days=31)  # for so long a forecast holds; what opens later was not expected on any day
CHUNK = 500
LEAPT_OVER = 5  # so many duties whose whole ladder lies in a gap between two plans


@dataclass(frozen=True)
class Load:
    """What a pass would tell of, in duties. `ended`: of validities that have ended; `leapt`: see `_count_leapt`."""

    open: int
    announced: int
    ended: int
    leapt: int

    @property
    def duties(self) -> int:
        """All of it."""
        return self.open + self.announced


def hold_if_too_large(session: Session, city_id: str, *, today: date, now: datetime) -> PlanHold | None:
    """The hold under which the city's plan of `today` is, a new one if it must be; one that is over ends."""
    session.flush()
    load = _measure(session, city_id, today)
    forecast = session.get(PlanForecast, city_id)
    expected = expected_on(forecast, today) if forecast else 0
    reason = _what_is_wrong(session, city_id, load, forecast, expected)
    held = next(iter(open_holds(session, [city_id])), None)
    if reason is None:
        if held is not None:
            end_hold(session, held, "the plan is as expected again", today=today, now=now)
        return None
    if held is None:
        held = PlanHold(city_id=city_id, planned_on=today, held_at=now, duties=0, forecast=0, reason=reason)
    held.planned_on, held.duties, held.forecast, held.reason = today, load.duties, expected, reason
    session.add(held)
    detail = {"on": today.isoformat(), "duties": load.duties, "forecast": expected, "reason": reason}
    open_task(session, TaskKind.PLAN_HELD, city_id, city_id=city_id, today=today, detail=detail)
    return held


def end_hold(session: Session, hold: PlanHold, outcome: str, *, today: date, now: datetime) -> None:
    """The plan may go; its task is done."""
    hold.ended_at, hold.outcome = now, outcome
    session.add(hold)
    task = find_open_task(session, TaskKind.PLAN_HELD, hold.city_id)
    if task is not None:
        task.status, task.closed_on, task.outcome = TaskStatus.DONE, today, outcome
        session.add(task)
    session.flush()


def make_forecast(session: Session, city_id: str, *, today: date) -> None:
    """Store what the ladders promise from `today` on, after its plan was made or let go."""
    day = col(Duty.next_on)
    query = sql_select(day, func.count()).where(*_opening_by(city_id, today + AHEAD)).group_by(day)
    opens = {opens_on.isoformat(): count for opens_on, count in session.execute(query)}
    opens[today.isoformat()] = opens.get(today.isoformat(), 0) + _count_announced(session, city_id)
    forecast = session.get(PlanForecast, city_id) or PlanForecast(city_id=city_id, made_on=today, opens={})
    forecast.made_on, forecast.opens = today, opens
    if forecast.believed:
        forecast.believed = min(forecast.believed, _count_ended(session, city_id, today))
    session.add(forecast)
    session.flush()


def believe(session: Session, city_id: str, *, today: date) -> None:
    """Somebody looked at the plan of `today` and finds it right: it is the forecast now."""
    make_forecast(session, city_id, today=today)
    forecast = session.get_one(PlanForecast, city_id)
    forecast.believed = _count_ended(session, city_id, today)
    session.add(forecast)
    session.flush()


def expect_new_lifts(
    session: Session, city_id: str, *, first_id: int, today: date, returned: Sequence[int] = ()
) -> None:
    """Add lifts from `first_id` on, and those `returned`, which a register has just brought, to the forecast.

    Not where most of their validities have ended already: then a column may be wrong, and the plan is to show it.
    """
    forecast = session.get(PlanForecast, city_id)
    if forecast is None:
        return  # the first plan of a city is not measured against anything
    last = max(today, forecast.made_on) + AHEAD
    rows: list[tuple[date, int, int]] = _openings(session, city_id, last, today, col(Duty.lift_id) >= first_id)
    for start in range(0, len(returned), CHUNK):
        part = returned[start : start + CHUNK]
        rows += _openings(session, city_id, last, today, col(Duty.lift_id).in_(part))
    added = session.exec(select(func.count()).select_from(Lift).where(Lift.city_id == city_id, Lift.id >= first_id))
    if sum(ended for _, _, ended in rows) * 2 > added.one() + len(returned):
        return
    opens = dict(forecast.opens)
    for day, count, _ in rows:
        opens[day.isoformat()] = opens.get(day.isoformat(), 0) + count
    forecast.opens = opens
    session.add(forecast)
    session.flush()


def _openings(
    session: Session, city_id: str, last: date, today: date, which: ColumnElement[bool]
) -> list[tuple[date, int, int]]:
    """By day up to `last`: duties that open on it, and how many of their dates have passed."""
    opens_on = col(Duty.next_on)
    query = sql_select(opens_on, func.count(), func.sum(case((col(Duty.due) < today, 1), else_=0)))
    rows = session.execute(query.where(*_opening_by(city_id, last), which).group_by(opens_on))
    return [(day, count, ended) for day, count, ended in rows]


def present_day(session: Session, city_id: str, as_of: date) -> date:
    """The day on which what a register of `as_of` causes goes out: no earlier than the last plan."""
    forecast = session.get(PlanForecast, city_id)
    return max(as_of, forecast.made_on) if forecast else as_of


def expected_on(forecast: PlanForecast, today: date) -> int:
    """How many duties the forecast has by `today`; a later day than it reaches gets no more."""
    last = min(max(today, forecast.made_on), forecast.made_on + AHEAD).isoformat()
    return sum(count for day, count in forecast.opens.items() if day <= last)


def _what_is_wrong(
    session: Session, city_id: str, load: Load, forecast: PlanForecast | None, expected: int
) -> str | None:
    if load.leapt >= LEAPT_OVER:
        return f"{load.leapt} duties would be set aside as too old, which had their time when the last plan was made"
    if load.duties <= FLOOR_DUTIES:
        return None
    floor = floor_of(session, city_id)
    if forecast is not None and load.duties > TIMES * expected and load.duties - expected > floor:
        return f"{load.duties} duties would be told of, where {expected} were expected"
    fresh = load.ended - (forecast.believed if forecast else 0)
    if fresh > floor and fresh * 2 > _duties_on_ladders(session, city_id):
        return f"{load.ended} validities have ended, more than half of all"
    return None


def floor_of(session: Session, city_id: str) -> int:
    """How many messages a day nobody would call a flood, whatever was expected."""
    return max(FLOOR_DUTIES, _lifts_in_use(session, city_id) * FLOOR_PERCENT // 100)


def _measure(session: Session, city_id: str, today: date) -> Load:
    waiting = session.exec(select(func.count()).select_from(Duty).where(*_opening_by(city_id, today))).one()
    return Load(
        open=waiting,
        announced=_count_announced(session, city_id),
        ended=_count_ended(session, city_id, today) if waiting > FLOOR_DUTIES else 0,
        leapt=_count_leapt(session, city_id, today) if waiting >= LEAPT_OVER else 0,
    )


def _count_announced(session: Session, city_id: str) -> int:
    query = (
        select(func.count())
        .select_from(Told)
        .join(Notice, col(Notice.id) == Told.notice_id)
        .where(Notice.status == NoticeStatus.PLANNED, col(Notice.run_id).is_(None), Notice.city_id == city_id)
        .where(Told.state == ToldState.RESERVED, col(Told.is_copy).is_(False))
    )
    return session.exec(query).one()


def _count_ended(session: Session, city_id: str, today: date) -> int:
    query = select(func.count()).select_from(Duty).where(*_opening_by(city_id, today), col(Duty.due) < today)
    return session.exec(query).one()


def _count_leapt(session: Session, city_id: str, today: date) -> int:
    """Duties that the plan would set aside as too old and that were not so when the store last saw a day.

    A calendar that goes on day by day tells them first; only a clock that leaps finds them too old at once.
    """
    seen = _last_day_seen(session, city_id)
    if seen is None or today - seen <= AHEAD:
        return 0
    months = rulebook_of(session, city_id, today).numbers.too_old_months
    leapt = (col(Duty.due) < add_months(today, -months)) & (col(Duty.due) >= add_months(seen, -months))
    query = select(func.count()).select_from(Duty).where(*_opening_by(city_id, today), leapt)
    return session.exec(query).one()


def _last_day_seen(session: Session, city_id: str) -> date | None:
    forecast = session.get(PlanForecast, city_id)
    newest = session.exec(select(func.max(ImportRun.as_of)).where(ImportRun.city_id == city_id)).one()
    return max((day for day in (newest, forecast.made_on if forecast else None) if day), default=None)


def _lifts_in_use(session: Session, city_id: str) -> int:
    query = select(func.count()).select_from(Lift)
    return session.exec(query.where(Lift.city_id == city_id, Lift.status == LiftStatus.IN_USE)).one()


def _duties_on_ladders(session: Session, city_id: str) -> int:
    return session.exec(select(func.count()).select_from(Duty).where(*_opening_by(city_id, date.max))).one()


def _opening_by(city_id: str, last: date) -> tuple[ColumnElement[bool], ...]:
    """The condition that a duty of a lift of the city has a rung that may be told by `last`."""
    ours = select(Lift.id).where(Lift.id == Duty.lift_id, Lift.city_id == city_id).exists()
    return col(Duty.next_on) <= last, ours
