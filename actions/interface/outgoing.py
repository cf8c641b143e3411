"""What becomes of a record is told to the platform that uploaded it: written here, in the same transaction."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from actions.interface.endpoints import current_endpoint
from actions.interface.reading import shown
from store.interface import WebhookEndpoint, WebhookMessage
from store.records import MaintenanceRecord

What = Literal["signed", "objected", "noted"]  # of an upload its answer tells, and silence signs nothing of theirs
TEST = "test"


def announce(
    session: Session, record: MaintenanceRecord, what: What, *, said_at: datetime | None = None
) -> WebhookMessage | None:
    """Tell the platform that uploaded a record what became of it, if it wants to be told.

    `said_at`: when, where that is not its decision.
    """
    if record.source_id is None:
        return None
    endpoint = current_endpoint(session, record.maintainer_id, record.source_id)
    if endpoint is None:
        return None
    session.flush()
    [said] = shown(session, [record])
    at = said_at or record.decided_at or record.uploaded_at
    content = {"type": f"record.{what}", "timestamp": at.isoformat(), "data": said.model_dump(mode="json")}
    return post(session, endpoint, f"record.{what}", content, at, record_id=record.id)


def post(
    session: Session,
    endpoint: WebhookEndpoint,
    what: str,
    content: Mapping[str, object],
    now: datetime,
    *,
    record_id: int | None = None,
) -> WebhookMessage:
    """Put a message into the outbox of an endpoint."""
    message = WebhookMessage(
        endpoint_id=endpoint.id,
        name=f"msg_{secrets.token_hex(12)}",
        what=what,
        record_id=record_id,
        body=json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        made_at=now,
        next_at=now,
    )
    session.add(message)
    session.flush()
    return message
