"""What becomes of a notice after its attempts: pure rules, and the stated table of retries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifier.outbox import GIVEN_UP, Settled
from store.notices import NoticeStatus

# After the n-th failed try the next one is so much later; after the last the notice has failed.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
HOLD = timedelta(hours=1)  # a notice held in guests mode is looked at again
HELD = "held: guests mode, the address is not on the guest list"

Later = tuple[str, datetime]  # why a message waits, and until when

MAYBE_REPEAT = "possible repeat"


@dataclass(frozen=True)
class Patience:
    """How long a pass may hold what it claimed, and when after an attempt of unknown outcome the channel is asked.

    After the last look a statutory notice is repeated.
    """

    lease: timedelta = timedelta(minutes=5)
    looks: tuple[timedelta, ...] = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))

    @property
    def repeat_after(self) -> timedelta:
        """Nobody waits longer for an answer."""
        return self.looks[-1]

    def next_look(self, attempted_at: datetime, now: datetime) -> datetime | None:
        """When to ask again about an attempt; None when the last time has come."""
        return next((attempted_at + look for look in self.looks if attempted_at + look > now), None)


PATIENCE = Patience()


class Result(StrEnum):
    """How one attempt went."""

    SENT = "sent"
    HELD = "held"  # it was stopped before the provider was called
    POSTPONED = "postponed"  # the provider was not called: it takes the message later
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Outcome:
    """The result of one attempt; `retry_after` is in seconds, for this message or `for_all` of its channel."""

    delivery_id: int
    notice_id: int
    result: Result
    provider_id: str | None = None
    error: str = ""
    retry_after: float | None = None
    for_all: bool = False


def decide(
    notice_id: int,
    outcomes: Sequence[Outcome],
    *,
    tries: int,
    told: bool,
    now: datetime,
    withheld: Later | None = None,
    patience: Patience = PATIENCE,
) -> Settled:
    """The state of a notice after its `tries`-th round of attempts.

    `told`: somebody had it in an earlier round; `withheld`: somebody else is owed it who is no guest, or is asleep.

    What was stopped before it left is planned as it was, or for when its provider has asked us to come again. An
    unknown outcome waits for an answer; a temporary error is tried again by the table; after a permanent one the notice
    is planned again at once, and routing finds the next address or none: there are only so many, so that such a try
    does not count. So it is too after the last try at an address.
    """
    if all(outcome.result is Result.SENT for outcome in outcomes):
        if withheld:
            reason, until = withheld
            return Settled(notice_id, NoticeStatus.PLANNED, reason, until, told=True)
        return Settled(notice_id, NoticeStatus.SENT, told=True)
    results = {outcome.result for outcome in outcomes}
    told = told or Result.SENT in results
    error = next((outcome.error for outcome in outcomes if outcome.error), "")
    if results <= {Result.SENT, Result.HELD}:
        # with its reason: by that the next pass knows that something was tried
        return Settled(notice_id, NoticeStatus.PLANNED, error, told=told, log=False, counts=Result.SENT in results)
    if Result.PERMANENT in results and not results & {Result.UNKNOWN, Result.TEMPORARY}:
        return Settled(notice_id, NoticeStatus.PLANNED, error, now, told=told, counts=False)
    wished = max((outcome.retry_after or 0 for outcome in outcomes), default=0)
    if Result.POSTPONED in results and not results & {Result.UNKNOWN, Result.TEMPORARY}:
        later = now + timedelta(seconds=wished)
        return Settled(notice_id, NoticeStatus.PLANNED, error, later, told=told, counts=False)
    if Result.UNKNOWN in results:
        return Settled(notice_id, NoticeStatus.UNKNOWN, error, now + patience.looks[0], told=told)
    if tries > len(RETRY_AFTER):
        return Settled(notice_id, NoticeStatus.PLANNED, f"{GIVEN_UP}{tries} tries: {error}", now, told=told, anew=True)
    later = now + max(RETRY_AFTER[tries - 1], timedelta(seconds=wished))
    return Settled(notice_id, NoticeStatus.PLANNED, error, later, told=told)
