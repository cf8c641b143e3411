"""Key 1 in a call about an alert, or 1 as an SMS: the maintainer has received it."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from actions.alerts.tell import MATTER
from notifier.outbox import write_log
from store.alerts import Alert, AlertState
from store.database import table_of
from store.notices import Delivery, Notice

RECEIVED = "received"  # the sentence that answers it


def is_about_alert(notice: Notice) -> bool:
    """Whether this notice tells of an alert."""
    return MATTER in (notice.facts or {})


def receive_alert(session: Session, notice: Notice, delivery: Delivery, *, way: str, now: datetime) -> None:
    """Acknowledge it for whoever was told, if they are the maintainer's and nobody was first.

    Who answers an emergency number is nobody in particular: then no name stands by it.
    """
    table, number = table_of(Alert), (notice.facts or {})[MATTER]["id"]
    first = update(table).where(
        table.c.id == number,
        table.c.state == AlertState.REPORTED,
        table.c.maintainer_party_id == notice.party_id,
    )
    values = {"state": AlertState.ACKNOWLEDGED.value, "acknowledged_at": now, "acknowledged_by": delivery.contact_id}
    session.execute(first.values(**values))
    write_log(session, [(notice.id, notice.status, f"answered by {way}: {RECEIVED}")], now)
