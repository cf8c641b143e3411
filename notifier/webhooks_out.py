"""The outbox of messages to other platforms: tried again for three days, then the endpoint is stopped, with a task."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from notifier.dead_addresses import note_dead_endpoint
from notifier.webhook_post import Taken, send, sign
from store.database import Database
from store.interface import MessageState, WebhookEndpoint, WebhookMessage

AT_ONCE = 20
LEASE = timedelta(minutes=2)  # what a process that died had in hand is tried again then
FIRST, LONGEST = timedelta(seconds=15), timedelta(hours=6)
PATIENCE = timedelta(days=3)


@dataclass(frozen=True)
class Waiting:
    """A message in hand."""

    id: int
    url: str
    secret: str
    name: str
    body: str


async def deliver_due(database: Database, clock: Callable[[], datetime], *, private: bool) -> int:
    """Send what is due now; how many were taken."""
    waiting = await asyncio.to_thread(_claim, database, clock())
    if not waiting:
        return 0
    sent = await asyncio.gather(*(_send(one, clock(), private) for one in waiting))
    await asyncio.to_thread(_settle, database, list(zip(waiting, sent, strict=True)), clock())
    return sum(one.is_taken for one in sent)


async def _send(one: Waiting, now: datetime, private: bool) -> Taken:
    return await send(one.url, sign(one.secret, one.name, now, one.body), one.body, private=private)


def _claim(database: Database, now: datetime) -> list[Waiting]:
    """Take what is due; nobody else takes it while the lease lasts. Nothing is written where nothing is due."""
    due = (
        select(WebhookMessage, WebhookEndpoint)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == WebhookMessage.endpoint_id)
        .where(
            WebhookMessage.state == MessageState.WAITING,
            col(WebhookMessage.next_at) <= now,
            col(WebhookEndpoint.stopped_at).is_(None),
        )
        # an endpoint that does not answer takes its time: nobody else is to wait behind it
        .order_by(col(WebhookEndpoint.failing_since).is_not(None), col(WebhookMessage.next_at), col(WebhookMessage.id))
        .limit(AT_ONCE)
    )
    with database.read() as session:
        if session.exec(due).first() is None:
            return []
    with database.write() as session:
        rows = session.exec(due.with_for_update(skip_locked=True, of=WebhookMessage)).all()
        for message, _ in rows:
            message.next_at = now + LEASE
            session.add(message)
        return [Waiting(one.id, place.url, place.secret, one.name, one.body) for one, place in rows]


def _settle(database: Database, sent: list[tuple[Waiting, Taken]], now: datetime) -> None:
    with database.write() as session:
        for one, taken in sent:
            message = session.get_one(WebhookMessage, one.id, with_for_update=True)
            if message.state != MessageState.WAITING:
                continue  # its endpoint was removed meanwhile
            endpoint = session.get_one(WebhookEndpoint, message.endpoint_id, with_for_update=True)
            message.tries, message.tried_at = message.tries + 1, now
            message.outcome = taken.detail or str(taken.status)
            if taken.is_taken:
                message.state, message.next_at = MessageState.DELIVERED, None
                endpoint.failing_since = None
            else:
                endpoint.failing_since = endpoint.failing_since or now
                message.next_at = now + min(LONGEST, FIRST * 4 ** min(message.tries - 1, 10))
            session.add(message)
            session.add(endpoint)
            session.flush()
            if endpoint.failing_since is not None and now - endpoint.failing_since >= PATIENCE:
                note_dead_endpoint(session, endpoint, now)
