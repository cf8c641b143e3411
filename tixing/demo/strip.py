"""The city on one line: what went out today, and how many lifts are due, booked, late and overdue."""

from datetime import date

from sqlalchemy import and_, func, select
from sqlmodel import Session

from store.database import table_of
from store.duties import Duty, StepDate
from store.notices import Delivery, Notice
from tixing.demo.cycles import month_end

INSPECTION = "periodic_inspection"
KINDS = {"sms": "sms", "webchat": "chat", "telegram": "chat", "call_task": "call"}


def count_city(session: Session, today: date) -> dict[str, int]:
    """Messages that went out on `today` by kind, and open inspections by state."""
    counts = dict.fromkeys(("sms", "chat", "call"), 0)
    sent, notice = table_of(Delivery).c, table_of(Notice).c
    query = (
        select(sent.channel, func.count())
        .join(table_of(Notice), notice.id == sent.notice_id)
        .where(notice.send_on == today)
        .group_by(sent.channel)
    )
    for channel, count in session.execute(query):
        if channel in KINDS:
            counts[KINDS[channel]] += count
    return counts | _count_lifts(session, today)


def _count_lifts(session: Session, today: date) -> dict[str, int]:
    duty, rung = table_of(Duty).c, table_of(StepDate).c
    last = month_end(today.year, today.month)
    target = and_(rung.rule == duty.rule, rung.due == duty.due, rung.step == "target")
    query = (
        select(
            func.count().filter(duty.due.between(today.replace(day=1), last)).label("due"),
            func.count().filter(duty.booked_on >= today).label("booked"),
            func.count().filter(rung.latest_on < today, duty.due >= today).label("late"),
            func.count().filter(duty.due < today).label("overdue"),
        )
        .select_from(table_of(Duty))
        .outerjoin(table_of(StepDate), target)
        .where(duty.kind == INSPECTION, duty.closed_on.is_(None), duty.withdrawn_at.is_(None))
    )
    return dict(session.execute(query).one()._mapping)
