"""What an import would cause: the notices of the coming days with it and without it. Everything is rolled back."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from schedules.planner import plan_day
from store.database import table_of
from store.duties import Told, ToldState
from store.notices import Notice, NoticeStatus
from store.tasks import Task

DAYS = 7


@dataclass
class Coming:
    """The notices that would leave: of the first day by what they are, and how many on all days together."""

    first: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (step, channel class, audience)
    total: int = 0

    def by(self, index: int) -> dict[str, int]:
        """The first day's notices by one part of their key."""
        counted: Counter[str] = Counter()
        for key, count in self.first.items():
            counted[key[index]] += count
        return dict(sorted(counted.items()))


def play(session: Session, city_id: str, *, first: date, now: datetime) -> Coming:
    """Plan and hand over the days from `first` on, nobody acting; the caller rolls back."""
    coming = Coming()
    for offset in range(DAYS):
        today, moment = first + timedelta(days=offset), now + timedelta(days=offset)
        plan_day(session, today=today, now=moment, city_id=city_id)
        query = (
            select(Notice.step, Notice.channel_class, Notice.audience, func.count())
            .where(Notice.city_id == city_id, Notice.status == NoticeStatus.PLANNED, col(Notice.send_on) <= today)
            .group_by(Notice.step, Notice.channel_class, Notice.audience)
        )
        counted = Counter({(step, channel, audience): count for step, channel, audience, count in session.exec(query)})
        coming.total += counted.total()
        if offset == 0:
            coming.first = counted
        _hand_over(session, city_id, today, moment)
    return coming


def _hand_over(session: Session, city_id: str, today: date, now: datetime) -> None:
    notice, told = table_of(Notice), table_of(Told)
    waiting = and_(notice.c.city_id == city_id, notice.c.status == NoticeStatus.PLANNED, notice.c.send_on <= today)
    ours = sql_select(notice.c.id).where(waiting)
    session.execute(
        update(told).where(told.c.state == ToldState.RESERVED, told.c.notice_id.in_(ours)).values(state=ToldState.TOLD)
    )
    values: dict[str, Any] = {"status": NoticeStatus.SENT, "settled_at": now}
    session.execute(update(notice).where(waiting).values(**values))


def as_json(first: date, with_import: Coming, without: Coming) -> dict[str, Any]:
    """The object `notices` of `tixing import --dry-run --json`."""
    return {
        "on": first.isoformat(),
        "total": with_import.first.total(),
        "without_import": without.first.total(),
        "by_step": with_import.by(0),
        "by_channel": with_import.by(1),
        "by_audience": with_import.by(2),
        "next_7_days": with_import.total,
        "next_7_days_without_import": without.total,
    }


def count_tasks(session: Session, import_id: int) -> dict[str, int]:
    """The tasks that the import opens, by kind."""
    query = select(Task.kind, func.count()).where(Task.import_id == import_id).group_by(Task.kind)
    return dict(sorted(session.exec(query).all()))
