"""A key that somebody pressed in a call, whichever provider hands it over."""

from datetime import datetime

from sqlmodel import Session

from actions.told.replies import Answer, Reply, take_reply
from store.inbox import take_in
from store.notices import Delivery
from store.zone import SHANGHAI

CALL = "call"


def record_key(
    session: Session, delivery: Delivery, *, source: str, call_id: str, key: str, answer: Answer, now: datetime
) -> None:
    """Once for each key of a call; pressed again it does nothing more."""
    known = f"{call_id}:{key}"
    if not take_in(session, source, known, {"delivery": delivery.id}, received_at=now, handled_at=now):
        return
    reply = Reply(delivery.notice_id, delivery.id, answer, CALL, f"{source}:{known}")
    take_reply(session, reply, now=now, today=now.astimezone(SHANGHAI).date())
