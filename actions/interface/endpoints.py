"""Where platforms are told: one endpoint for each platform and maintainer, with a secret that signs what is told."""

import base64
import secrets
from datetime import datetime

from sqlmodel import Session, col, func, select

from actions.interface.keys import Caller
from actions.interface.models import EndpointOut
from store.interface import MessageState, WebhookEndpoint, WebhookMessage
from store.locks import hold

SECRET_BYTES = 32
MARK = "whsec_"


def set_endpoint(session: Session, caller: Caller, url: str, now: datetime) -> EndpointOut:
    """Tell this platform there from now on, with a new secret; what waits for the endpoint before goes there too."""
    secret = MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    hold(session, f"endpoint/{caller.party_id}/{caller.source_id}")
    before = current_endpoint(session, caller.party_id, caller.source_id, lock=True)
    if before is not None:
        before.removed_at = now
        session.add(before)
        session.flush()
    made = WebhookEndpoint(party_id=caller.party_id, source_id=caller.source_id, url=url, secret=secret, made_at=now)
    session.add(made)
    session.flush()
    if before is not None:
        for message in _waiting(session, before.id):
            message.endpoint_id, message.next_at = made.id, now
            session.add(message)
    session.flush()
    return EndpointOut(url=url, secret=secret, waiting=len(_waiting(session, made.id)))


def show_endpoint(session: Session, caller: Caller) -> EndpointOut | None:
    """Where this platform is told."""
    found = current_endpoint(session, caller.party_id, caller.source_id)
    if found is None:
        return None
    waiting = select(func.count()).where(
        WebhookMessage.endpoint_id == found.id, WebhookMessage.state == MessageState.WAITING
    )
    return EndpointOut(
        url=found.url,
        failing_since=found.failing_since,
        stopped=found.stopped_at is not None,
        waiting=session.exec(waiting).one(),
    )


def remove_endpoint(session: Session, caller: Caller, now: datetime) -> bool:
    """Tell it nothing any more; whether it was told until now."""
    found = current_endpoint(session, caller.party_id, caller.source_id, lock=True)
    if found is None:
        return False
    found.removed_at = now
    session.add(found)
    for message in _waiting(session, found.id):
        message.state, message.next_at = MessageState.DROPPED, None
        session.add(message)
    session.flush()
    return True


def current_endpoint(session: Session, party_id: int, source_id: int, *, lock: bool = False) -> WebhookEndpoint | None:
    """The endpoint of this platform for this maintainer."""
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.party_id == party_id,
        WebhookEndpoint.source_id == source_id,
        col(WebhookEndpoint.removed_at).is_(None),
    )
    return session.exec(query.with_for_update() if lock else query).first()


def _waiting(session: Session, endpoint_id: int) -> list[WebhookMessage]:
    query = select(WebhookMessage).where(
        WebhookMessage.endpoint_id == endpoint_id, WebhookMessage.state == MessageState.WAITING
    )
    return list(session.exec(query))
