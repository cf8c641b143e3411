"""The history of a notice: the lines of its log, and when its attempts were handed over."""

from datetime import datetime

from sqlmodel import Session, col, select

from store.notices import Delivery, NoticeLog, NoticeStatus

Line = tuple[datetime, str, str]  # at, status, detail


def read_history(session: Session, notice_id: int) -> list[Line]:
    """Every change of its status, in order.

    That it was simply sent has no line of its own in the log, for nearly all are: an attempt that was handed over says
    when. Of a moment of which the log tells, it tells everything.
    """
    query = select(NoticeLog).where(NoticeLog.notice_id == notice_id).order_by(col(NoticeLog.id))
    lines = [(line.at, line.status, line.detail) for line in session.exec(query)]
    handed_over = select(Delivery.sent_at).where(Delivery.notice_id == notice_id, col(Delivery.sent_at).is_not(None))
    moments = {moment for moment in session.exec(handed_over) if moment} - {at for at, _, _ in lines}
    return sorted([*lines, *((at, NoticeStatus.SENT.value, "") for at in moments)], key=lambda line: line[0])
