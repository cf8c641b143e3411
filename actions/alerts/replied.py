"""Key 1 in a call about an alert, or 1 as an SMS: the maintainer has received it; from others it answers nothing."""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session

from actions.alerts.news import after_step
from actions.alerts.tell import MATTER
from notifier.outbox import write_log
from store.alerts import ENDED, Alert, AlertState
from store.database import table_of
from store.notices import Delivery, Notice

# The sentences that answer it: to the maintainer; to anybody else while it is open; to all once it is over.
RECEIVED, CALL_THEM, IS_OVER = "received", "call_them", "is_over"


def is_about_alert(notice: Notice) -> bool:
    """Whether this notice tells of an alert."""
    return MATTER in (notice.facts or {})


def receive_alert(
    session: Session, notice: Notice, delivery: Delivery, *, way: str, now: datetime, today: date
) -> None:
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
    is_first = session.execute(first.values(**values).returning(table.c.id)).first() is not None
    if is_first:
        alert = session.get_one(Alert, number, populate_existing=True)
        after_step(session, alert, by=delivery.contact_id, now=now, today=today)
    write_log(session, [(notice.id, notice.status, f"answered by {way}: {answer_to(session, notice)}")], now)


def answer_to(session: Session, notice: Notice) -> str:
    """The name of the sentence that says what 1 has done, or what is to be done instead."""
    alert = session.get_one(Alert, (notice.facts or {})[MATTER]["id"])
    if alert.state in ENDED:
        return IS_OVER
    return RECEIVED if alert.maintainer_party_id == notice.party_id else CALL_THEM
