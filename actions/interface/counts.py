"""What has happened through a key, counted: whoever examines a platform reads it (003 三(二)2(1))."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from store.database import insert_new
from store.interface import ApiCount

SELDOM = timedelta(minutes=10)


class Happened(StrEnum):
    """What is counted."""

    UPLOADED = "uploaded"
    REPEATED = "repeated"
    MIXED_BATCH = "mixed_batch"
    REFUSED_LIFT = "refused_lift"
    DELAY = "delay"
    PHOTO = "photo"
    READ = "read"


def count_one(session: Session, key_id: int, what: Happened, now: datetime, *, times: int = 1) -> None:
    """Once more, or so many times."""
    if insert_new(session, ApiCount, {"key_id": key_id, "what": what.value, "times": times, "last_at": now}):
        return
    query = select(ApiCount).where(ApiCount.key_id == key_id, ApiCount.what == what.value)
    row = session.exec(query.with_for_update()).one()
    row.times, row.last_at = row.times + times, now
    session.add(row)
    session.flush()


def is_worth_counting(session: Session, key_id: int, what: Happened, now: datetime) -> bool:
    """Whether it was counted last long ago: what only reads is not to write each time."""
    row = session.get(ApiCount, (key_id, what.value))
    return row is None or row.last_at < now - SELDOM


def counts_of(session: Session, key_ids: list[int]) -> dict[str, int]:
    """How often each has happened through these keys."""
    counted: dict[str, int] = {}
    for key_id in key_ids:
        for row in session.exec(select(ApiCount).where(ApiCount.key_id == key_id)):
            counted[row.what] = counted.get(row.what, 0) + row.times
    return counted
