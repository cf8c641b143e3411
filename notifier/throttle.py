"""How often one number may be called: what is too much for it waits, and no try is counted.

Unlike a provider's rate (notifier.rates) this holds over all processes and over hours, so it is read from the store.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from notifier.prepare import PreparedDelivery
from notifier.routing import VOICE, Where
from store.database import in_chunks, table_of
from store.locks import hold
from store.notices import Delivery


@dataclass(frozen=True)
class Limit:
    """So many messages within so much time."""

    times: int
    within: timedelta


PER_NUMBER: dict[str, tuple[Limit, ...]] = {
    VOICE: (Limit(1, timedelta(minutes=1)), Limit(5, timedelta(hours=1)), Limit(20, timedelta(days=1)))
}
LONGEST = max(limit.within for limits in PER_NUMBER.values() for limit in limits)


def next_free(taken: Iterable[datetime], now: datetime, limits: Sequence[Limit]) -> datetime:
    """The first moment from `now` on that keeps every limit; `taken` are moments before and after."""
    ordered, at = sorted(taken), now
    while True:
        later = at
        for limit in limits:
            counted = [moment for moment in ordered if moment > later - limit.within]
            if len(counted) >= limit.times:
                later = max(later, counted[-limit.times] + limit.within)
        if later == at:
            return at
        at = later


@dataclass
class Throttle:
    """When each limited address was and will be reached."""

    taken: dict[Where, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def take(self, messages: Sequence[PreparedDelivery], now: datetime) -> datetime | None:
        """Take the next moment for these messages, which go together; None where that is now."""
        limited = [one for one in messages if one.channel in PER_NUMBER]
        if not limited:
            return None
        at = max(next_free(self.taken[(one.channel, one.address)], now, PER_NUMBER[one.channel]) for one in limited)
        for one in limited:
            self.taken[(one.channel, one.address)].append(at)
        return at if at > now else None


def load_throttle(session: Session, messages: Iterable[PreparedDelivery], now: datetime) -> Throttle:
    """What was tried lately for the limited addresses among these; no other process takes their turns meanwhile."""
    throttle = Throttle()
    addresses = sorted({one.address for one in messages if one.channel in PER_NUMBER})
    if not addresses:
        return throttle
    hold(session, "throttle")
    table = table_of(Delivery).c
    for part in in_chunks(addresses):
        query = select(table.channel, table.address, table.attempted_at).where(
            table.channel.in_(PER_NUMBER), table.address.in_(part), table.attempted_at > now - LONGEST
        )
        for channel, address, at in session.execute(query):
            throttle.taken[(channel, address)].append(at)
    return throttle
