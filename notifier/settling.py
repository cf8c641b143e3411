"""What becomes of a notice after its attempts: pure rules, and the stated table of retries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.outbox import Settled
from store.notices import NoticeStatus

# After the n-th failed try the next one is so much later; after the last the notice has failed.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
REPEAT_AFTER = timedelta(minutes=10)  # an unknown outcome is looked at again, and a statutory notice repeated
HOLD = timedelta(hours=1)  # a notice held in guests mode is looked at again

MAYBE_REPEAT = "possible repeat"


class Result(StrEnum):
    """How one attempt went."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attempt; `retry_after` is in seconds."""

    delivery_id: int
    notice_id: int
    result: Result
    provider_id: str | None = None
    error: str = ""
    retry_after: float | None = None


def decide(notice_id: int, outcomes: Sequence[Outcome], *, tries: int, told: bool, now: datetime) -> Settled:
    """The state of a notice after its `tries`-th round of attempts; `told`: somebody had it in an earlier round.

    An unknown outcome waits for an answer; a temporary error is tried again by the table; after a permanent one the
    notice is planned again at once, and routing finds the next address or none.
    """
    results = {outcome.result for outcome in outcomes}
    told = told or Result.SENT in results
    error = next((outcome.error for outcome in outcomes if outcome.error), "")
    if results <= {Result.SENT}:
        return Settled(notice_id, NoticeStatus.SENT, told=True)
    if Result.PERMANENT in results and not results & {Result.UNKNOWN, Result.TEMPORARY}:
        return Settled(notice_id, NoticeStatus.PLANNED, error, now, told=told)
    if tries > len(RETRY_AFTER):
        status = NoticeStatus.SENT if told else NoticeStatus.FAILED
        return Settled(notice_id, status, f"given up after {tries} tries: {error}", told=told)
    if Result.UNKNOWN in results:
        return Settled(notice_id, NoticeStatus.UNKNOWN, error, now + REPEAT_AFTER, told=told)
    wished = max((outcome.retry_after or 0 for outcome in outcomes), default=0)
    later = now + max(RETRY_AFTER[tries - 1], timedelta(seconds=wished))
    return Settled(notice_id, NoticeStatus.PLANNED, error, later, told=told)
