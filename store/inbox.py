"""The inbox of what comes from outside: each message once, before it is acknowledged."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from store.database import insert_new
from store.notices import Inbox

CALLS = "call_task"  # the source under which people say how their calls went


def take_in(
    session: Session,
    source: str,
    external_id: str,
    payload: dict[str, Any],
    *,
    received_at: datetime,
    handled_at: datetime | None = None,
) -> bool:
    """Keep a message; False if (source, external_id) came before."""
    row = {
        "source": source,
        "external_id": external_id,
        "payload": payload,
        "received_at": received_at,
        "handled_at": handled_at,
    }
    return insert_new(session, Inbox, row)
