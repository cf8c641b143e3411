"""The history of a notice: the lines of its log, and when its attempts were handed over."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from store.database import in_chunks
from store.notices import Delivery, NoticeLog, NoticeStatus

Line = tuple[datetime, str, str]  # at, status, detail


def read_histories(session: Session, notice_ids: Sequence[int]) -> dict[int, list[Line]]:
    """Of each of these notices every change of its status, in order.

    That it was simply sent has no line of its own in the log, for nearly all are: an attempt that was handed over says
    when. Of a moment of which the log tells, it tells everything.
    """
    lines: dict[int, list[Line]] = {notice_id: [] for notice_id in notice_ids}
    moments: dict[int, set[datetime]] = {notice_id: set() for notice_id in notice_ids}
    for ids in in_chunks(notice_ids):
        query = select(NoticeLog).where(col(NoticeLog.notice_id).in_(ids)).order_by(col(NoticeLog.id))
        for line in session.exec(query):
            lines[line.notice_id].append((line.at, line.status, line.detail))
        sent = select(Delivery.notice_id, Delivery.sent_at).where(col(Delivery.notice_id).in_(ids))
        for notice_id, moment in session.exec(sent.where(col(Delivery.sent_at).is_not(None))):
            moments[notice_id] |= {moment} if moment else set()
    return {notice_id: _in_order(known, moments[notice_id]) for notice_id, known in lines.items()}


def read_attempts(session: Session, notice_ids: Sequence[int]) -> dict[int, list[Delivery]]:
    """Of each of these notices its attempts, in order."""
    found: dict[int, list[Delivery]] = {notice_id: [] for notice_id in notice_ids}
    for ids in in_chunks(notice_ids):
        query = select(Delivery).where(col(Delivery.notice_id).in_(ids)).order_by(col(Delivery.id))
        for delivery in session.exec(query):
            found[delivery.notice_id].append(delivery)
    return found


def _in_order(lines: list[Line], moments: set[datetime]) -> list[Line]:
    handed_over = moments - {at for at, _, _ in lines}
    return sorted([*lines, *((at, NoticeStatus.SENT.value, "") for at in handed_over)], key=lambda line: line[0])
