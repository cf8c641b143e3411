"""The closing of a day: what has come and gone since the last one is written down, and never changed again.

Once a working day, from the hour of the setting `summary_at` on. What is known only afterwards counts for the next
closing, as a correction of that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlalchemy import and_, func, insert, or_
from sqlmodel import Session, col, select

from actions.summary.standing import Key, Stands, standing
from schedules.calendar import load_calendar
from store.database import in_chunks
from store.duties import Duty
from store.events import Event, EventKind, was_taken_back
from store.lifts import City, Lift, LiftStatus
from store.settings import Setting
from store.summaries import Figure, SummaryDay, SummaryLine, Went
from store.zone import SHANGHAI

CLOSES_AT, AT_FIVE = "summary_at", "17:00"  # setting: the time of day, in China, at which a working day is closed


@dataclass
class Changes:
    """What a closing would write: lines that begin, lines that end, with why, and those counted for another duty."""

    begun: list[SummaryLine] = field(default_factory=list)
    ended: list[tuple[SummaryLine, Went, bool]] = field(default_factory=list)
    kept: list[tuple[SummaryLine, int]] = field(default_factory=list)


def close_days(session: Session, *, today: date, now: datetime) -> list[str]:
    """Close the day for every city where its hour has come; the cities that were closed just now."""
    setting = session.get(Setting, CLOSES_AT)
    hour = time.fromisoformat(setting.value if setting is not None else AT_FIVE)
    if now.astimezone(SHANGHAI).time() < hour or not load_calendar(session).is_working(today):
        return []
    cities = session.exec(select(City.id).order_by(col(City.id))).all()
    return [city_id for city_id in cities if close_day(session, city_id, today=today, now=now)]


def close_day(session: Session, city_id: str, *, today: date, now: datetime) -> bool:
    """Close one city's day; False where it, or a later one, was closed before."""
    last = last_closed(session, city_id)
    if last is not None and last >= today:
        return False
    changes = changes_since(session, city_id, today)
    for line, went, is_late in changes.ended:
        line.until_on, line.went, line.went_late = today, went, is_late
        session.add(line)
    for line, duty_id in changes.kept:
        line.duty_id = duty_id
        session.add(line)
    session.flush()  # a lift that changes departments ends under one before it begins under the other
    if changes.begun:
        session.execute(insert(SummaryLine), [line.model_dump(exclude={"id"}) for line in changes.begun])
    session.add(SummaryDay(city_id=city_id, day=today, closed_at=now))
    session.flush()
    return True


def last_closed(session: Session, city_id: str) -> date | None:
    """The last day that was closed."""
    return session.exec(select(func.max(SummaryDay.day)).where(SummaryDay.city_id == city_id)).one()


def changes_since(session: Session, city_id: str, today: date) -> Changes:
    """What has changed since the last closing, as of now; nothing is written."""
    last, now = last_closed(session, city_id), standing(session, city_id, today)
    query = select(SummaryLine).where(SummaryLine.city_id == city_id, col(SummaryLine.until_on).is_(None))
    lines = {(Figure(line.figure), line.lift_id): line for line in session.exec(query)}
    changes, gone = Changes(), []
    for key, line in lines.items():
        stands = now.get(key)
        if stands is None:
            gone.append(line)
        elif stands.department_id != line.department_id:
            changes.ended.append((line, Went.HANDED_OVER, False))
        elif stands.duty_id != line.duty_id:
            changes.kept.append((line, stands.duty_id))
    changes.ended += _whys(session, gone, last)
    for key, stands in now.items():
        former = lines.get(key)
        if former is None or former.department_id != stands.department_id:
            was_late = last is not None and stands.since <= last and _is_new(key, lines)
            changes.begun.append(_line(city_id, key, stands, today, is_late=was_late, handed_over=former is not None))
    return changes


def _is_new(key: Key, lines: Mapping[Key, SummaryLine]) -> bool:
    """Whether the lift was not counted at all: a booking called off makes it un-booked today, not late."""
    figure, lift_id = key
    return (Figure.DUE if figure is Figure.UNBOOKED else figure, lift_id) not in lines


def _line(city_id: str, key: Key, stands: Stands, today: date, *, is_late: bool, handed_over: bool) -> SummaryLine:
    figure, lift_id = key
    return SummaryLine(
        city_id=city_id,
        department_id=stands.department_id,
        figure=figure,
        lift_id=lift_id,
        duty_id=stands.duty_id,
        from_on=today,
        came_late=is_late,
        handed_over=handed_over,
    )


def _whys(session: Session, lines: Sequence[SummaryLine], last: date | None) -> list[tuple[SummaryLine, Went, bool]]:
    duties: dict[int, Duty] = {}
    lifts: dict[int, Lift] = {}
    for part in in_chunks(sorted({line.duty_id for line in lines})):
        duties |= {duty.id: duty for duty in session.exec(select(Duty).where(col(Duty.id).in_(part)))}
    for part in in_chunks(sorted({line.lift_id for line in lines})):
        lifts |= {lift.id: lift for lift in session.exec(select(Lift).where(col(Lift.id).in_(part)))}
    ends = _ends(session, [line.lift_id for line in lines if line.figure == Figure.ITEMS])
    return [
        (line, *_why(line, duties[line.duty_id], lifts[line.lift_id], ends.get(line.lift_id), last)) for line in lines
    ]


def _ends(session: Session, lift_ids: Sequence[int]) -> dict[int, date]:
    """The day on which the last inspection of each lift ended: with a confirmation, or with a conclusion."""
    ends: dict[int, date] = {}
    concluded = col(Event.payload)["conclusion"].as_string().in_(("pass", "fail"))
    ended = and_(col(Event.kind) == EventKind.INSPECTION_ENDED, concluded)
    is_end = or_(ended, col(Event.kind) == EventKind.RECTIFICATION_CONFIRMED)
    for part in in_chunks(sorted(set(lift_ids))):
        query = select(Event.lift_id, func.max(Event.on_date)).where(col(Event.lift_id).in_(part), is_end)
        query = query.where(~was_taken_back())
        ends |= {lift_id: on for lift_id, on in session.exec(query.group_by(col(Event.lift_id))) if lift_id is not None}
    return ends


def _why(line: SummaryLine, duty: Duty, lift: Lift, ended_on: date | None, last: date | None) -> tuple[Went, bool]:
    if line.figure == Figure.ITEMS and ended_on is not None and duty.event_on is not None and ended_on >= duty.event_on:
        return Went.DONE, last is not None and ended_on <= last
    if duty.withdrawn_at is None and duty.closed_on is not None:
        return Went.DONE, last is not None and duty.closed_on <= last
    if lift.withdrawn_on is not None or lift.status != LiftStatus.IN_USE:
        return Went.NOT_IN_USE, False
    is_booked = line.figure == Figure.UNBOOKED and duty.withdrawn_at is None and duty.booked_on is not None
    return (Went.BOOKED if is_booked else Went.CHANGED), False
