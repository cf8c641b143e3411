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
    """Messages by kind that went out on `today` and in its month (sms, sms_month, …), open inspections by state."""
    counts = {f"{kind}{span}": 0 for kind in ("sms", "chat", "call") for span in ("", "_month")}
    sent, notice = table_of(Delivery).c, table_of(Notice).c
    query = (
        select(sent.channel, func.count().filter(notice.send_on == today).label("day"), func.count().label("month"))
        .join(table_of(Notice), notice.id == sent.notice_id)
        .where(notice.send_on.between(today.replace(day=1), today))
        .group_by(sent.channel)
    )
    for row in session.execute(query):
        if row.channel in KINDS:
            counts[KINDS[row.channel]] += row.day
            counts[f"{KINDS[row.channel]}_month"] += row.month
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
