"""Playing the clock over a copy of the store, nobody acting: what would be told, day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.lifts.explain import find_rule
from notifier.prepare import prepare
from notifier.routing import NONE
from notifier.writer import PreparedDelivery
from schedules.planner import plan_day
from store.copies import discarded_copy, refresh_statistics
from store.database import Database
from store.notices import Notice, NoticeStatus
from store.zone import SHANGHAI
from tixing.hindsight import forget_after

CHUNK = 500
DAYS_OF_STATISTICS = 14  # the tables of a rehearsal grow from nothing
MORNING = time(9)
ASSUMED_CHANNELS = frozenset({"sms", "webchat", "telegram", "call_task"})  # what a city that uses us has
HAND_OVER = (
    """UPDATE told SET state = 'told' WHERE state = 'reserved' AND notice_id IN (
        SELECT id FROM notice WHERE status = 'planned' AND send_on <= :today)""",
    "UPDATE notice SET status = 'sent', settled_at = :now WHERE status = 'planned' AND send_on <= :today",
)


@dataclass(frozen=True)
class Line:
    """One notice of the rehearsal."""

    on: date
    duty: str
    step: str
    audience: str
    recipient: str
    channel: str
    template: str
    rule: str
    clause: str
    lifts: list[str]
    segments: int
    body: str
    late: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "on": self.on.isoformat()}


def rehearse(
    database: Database, first: date, last: date, *, channels: frozenset[str] = ASSUMED_CHANNELS
) -> Iterator[Line]:
    """The notices of every day in [first, last] over the store as it was known on `first`; the store is untouched."""
    with discarded_copy(database) as copy:
        with copy.write() as session:
            forget_after(session, first, now=_morning(first))
        for offset in range((last - first).days + 1):
            if offset % DAYS_OF_STATISTICS == 0:
                refresh_statistics(copy)
            yield from _play_day(copy, first + timedelta(days=offset), channels)


def _play_day(database: Database, today: date, channels: frozenset[str]) -> list[Line]:
    with database.write() as session:
        plan_day(session, today=today, now=_morning(today))
        waiting = select(Notice).where(Notice.status == NoticeStatus.PLANNED, col(Notice.send_on) <= today)
        notices = session.exec(waiting.order_by(col(Notice.id))).all()
        lines = []
        for start in range(0, len(notices), CHUNK):
            lines += _tell(session, notices[start : start + CHUNK], today, channels)
        for statement in HAND_OVER:
            binds = {"today": today.isoformat(), "now": _morning(today).isoformat(" ")}
            session.execute(text(statement), {name: binds[name] for name in binds if f":{name}" in statement})
        return lines


def _tell(session: Session, notices: Sequence[Notice], today: date, channels: frozenset[str]) -> list[Line]:
    by_id = {notice.id: notice for notice in notices}
    lines: dict[int, Line] = {}
    for message in prepare(session, list(by_id), channels, today):
        if message.notice_id not in lines:
            lines[message.notice_id] = _line(by_id[message.notice_id], message, today)
    unreachable = [notice_id for notice_id, line in lines.items() if line.channel == NONE]
    for notice_id in unreachable:
        by_id[notice_id].status = NoticeStatus.NO_CONTACT
        session.add(by_id[notice_id])
    session.flush()
    return list(lines.values())


def _line(notice: Notice, message: PreparedDelivery, today: date) -> Line:
    _, rule = find_rule(notice.rule)
    step = next((step for step in rule.steps if step.step == notice.step), None)
    return Line(
        on=today,
        duty=notice.duty,
        step=notice.step,
        audience=notice.audience,
        recipient=message.party_ref,
        channel=message.channel,
        template=message.template,
        rule=notice.rule,
        clause=step.clause if step else rule.clause,
        lifts=list(message.lift_keys),
        segments=message.segments,
        body=message.body,
        late=notice.late,
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, SHANGHAI).astimezone(UTC)
