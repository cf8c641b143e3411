"""Notices like one that is to be planned: those that have reached nobody yet, which it may join, and the last one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.ledger import lock_notices
from store.notices import Delivery, DeliveryStatus, Notice, NoticeStatus

ALIKE = ("city_id", "planned_on", "party_id", "duty", "step", "audience", "district_code", "channel_class", "template")


def not_left(session: Session, notice: Notice) -> Iterator[Notice]:
    """Those like it that have reached nobody yet, kept from being sent until this transaction ends."""
    reached = select(Delivery.id).where(Delivery.notice_id == Notice.id, Delivery.status != DeliveryStatus.FAILED)
    query = _alike(select(Notice.id), notice).where(Notice.status == NoticeStatus.PLANNED, ~reached.exists())
    ids = session.exec(query.order_by(col(Notice.id).desc())).all()
    free = lock_notices(session, ids, (NoticeStatus.PLANNED,))
    for notice_id in ids:
        if notice_id in free:
            yield session.get_one(Notice, notice_id, populate_existing=True)


def last_tried(session: Session, notice: Notice) -> datetime | None:
    """When somebody was last told something like it."""
    query = select(func.max(Delivery.attempted_at)).join(Notice, col(Notice.id) == Delivery.notice_id)
    moment: datetime | None = session.exec(_alike(query, notice)).one()
    return moment


def _alike(query: Any, notice: Notice) -> Any:
    return query.where(*(col(getattr(Notice, name)) == getattr(notice, name) for name in ALIKE))
