"""How often one number may be called or written to: what is too much for it waits, and no try is counted.

Unlike a provider's rate (notifier.rates) this holds over all processes and over hours, so it is read from the store.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from notifier.index import load_index
from notifier.phones import goes_through_mainland, is_mainland
from notifier.routing import SMS, VOICE, Where
from notifier.writer import PreparedDelivery
from store.database import in_chunks, table_of
from store.locks import hold
from store.notices import AGAIN, Delivery, DeliveryStatus


@dataclass(frozen=True)
class Limit:
    """So many messages within so much time."""

    times: int
    within: timedelta


# Twilio's terms for calls, and the same numbers in Aliyun's: https://help.aliyun.com/document_detail/114036.html
OF_CALLS = (Limit(1, timedelta(minutes=1)), Limit(5, timedelta(hours=1)), Limit(20, timedelta(days=1)))
# Aliyun takes 50 notices of one template a day for a number; here all templates count together.
# https://help.aliyun.com/document_detail/55496.html (1 a minute, 5 an hour and 10 a day are its limits for login codes)
OF_MAINLAND_SMS = (Limit(50, timedelta(days=1)),)
LIMITED = (VOICE, SMS)
LONGEST = timedelta(days=1)


def limits_of(channel: str, address: str, available: frozenset[str]) -> tuple[Limit, ...]:
    """What the provider of this number asks for; none for most."""
    if channel == VOICE:
        return OF_CALLS
    if channel == SMS and is_mainland(address) and goes_through_mainland(SMS, available):
        return OF_MAINLAND_SMS
    return ()


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
    """When each limited address was and will be reached, by the channels that are `available`."""

    available: frozenset[str] = frozenset()
    taken: dict[Where, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def take(self, messages: Sequence[PreparedDelivery], now: datetime) -> datetime | None:
        """Take the next moment for these messages, which go together; None where that is now."""
        limited = [(one, limits) for one in messages if (limits := self._limits(one))]
        if not limited:
            return None
        at = max(next_free(self.taken[(one.channel, one.address)], now, limits) for one, limits in limited)
        for one, _ in limited:
            self.taken[(one.channel, one.address)].append(at)
        return at if at > now else None

    def limits_any(self, messages: Iterable[PreparedDelivery]) -> list[str]:
        """The addresses among these messages that have a limit."""
        return sorted({one.address for one in messages if self._limits(one)})

    def _limits(self, one: PreparedDelivery) -> tuple[Limit, ...]:
        limits = limits_of(one.channel, one.address, self.available)
        if not load_index().entry(one.template).at_night:
            return limits
        if AGAIN in one.subject.step:  # what was said before leaves one turn to what is said for the first time
            return tuple(replace(limit, times=max(1, limit.times - 1)) for limit in limits)
        return ()  # somebody is shut in, or a lift must stop: it is tried at once, whatever the provider says then


def load_throttle(
    session: Session, messages: Iterable[PreparedDelivery], now: datetime, available: frozenset[str] = frozenset()
) -> Throttle:
    """What was tried lately for the limited addresses among these; no other process takes their turns meanwhile.

    An attempt is saved before it waits for its turn: what still waits may leave at this moment.
    """
    throttle = Throttle(available)
    addresses = throttle.limits_any(messages)
    if not addresses:
        return throttle
    hold(session, "throttle")
    table = table_of(Delivery).c
    columns = (table.channel, table.address, table.status, table.attempted_at, table.sent_at, table.settled_at)
    for part in in_chunks(addresses):
        query = select(*columns).where(
            table.channel.in_(LIMITED), table.address.in_(part), table.attempted_at > now - LONGEST
        )
        for row in session.execute(query):
            at = now if row.status == DeliveryStatus.SENDING else row.sent_at or row.settled_at or row.attempted_at
            throttle.taken[(row.channel, row.address)].append(at)
    return throttle
