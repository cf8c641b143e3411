"""What was tried for each notice, and what came of it: attempts with their receipts, calls with their outcomes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session

from store.database import table_of
from store.notices import Delivery, DeliveryStatus
from store.parties import Contact
from store.tasks import Task, TaskKind, TaskStatus

CHUNK = 500
CALL_TASK = "call_task"


class Came(StrEnum):
    """What came of an attempt, the best first."""

    DELIVERED = "delivered"  # a receipt says so
    CALLED = "called"  # a person called; the outcome says how it went
    HANDED_OVER = "handed_over"  # the provider took it; no receipt
    TO_CALL = "to_call"  # the call is still on somebody's list
    DROPPED = "dropped"  # the call was taken off the list without being made
    UNKNOWN = "unknown"
    SENDING = "sending"
    FAILED = "failed"


BEST_FIRST = tuple(Came)
OF_STATUS = {
    DeliveryStatus.DELIVERED: Came.DELIVERED,
    DeliveryStatus.SENT: Came.HANDED_OVER,
    DeliveryStatus.UNKNOWN: Came.UNKNOWN,
    DeliveryStatus.SENDING: Came.SENDING,
    DeliveryStatus.FAILED: Came.FAILED,
}
OF_CALL = {TaskStatus.OPEN: Came.TO_CALL, TaskStatus.DONE: Came.CALLED, TaskStatus.DROPPED: Came.DROPPED}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `address` and `name` are whole: whoever shows them masks them.

    `receipt_at`: when a receipt said that it was delivered. Of a call only the day is known: `outcome_on`; one that
    reached nobody (a wrong number, no answer) has failed, with its outcome.
    """

    notice_id: int
    channel: str
    address: str
    role: str
    name: str
    came: Came
    attempted_at: datetime
    receipt_at: datetime | None
    outcome: str
    outcome_on: date | None
    body: str
    template: str
    version: str
    error: str


def load_attempts(session: Session, notice_ids: Iterable[int]) -> dict[int, list[Attempt]]:
    """The attempts of these notices in their order, by notice."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    wanted = sorted(set(notice_ids))
    for start in range(0, len(wanted), CHUNK):
        for attempt in _load_some(session, wanted[start : start + CHUNK]):
            found[attempt.notice_id].append(attempt)
    return found


def best_of(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Those that came furthest; nobody asks about a failed SMS after the call that followed it was made."""
    listed = list(attempts)
    if not listed:
        return []
    best = min((attempt.came for attempt in listed), key=BEST_FIRST.index)
    return [attempt for attempt in listed if attempt.came is best]


def _load_some(session: Session, notice_ids: list[int]) -> Iterable[Attempt]:
    sent, contact = table_of(Delivery).c, table_of(Contact).c
    columns = (sent.id, sent.notice_id, sent.channel, sent.address, sent.status, sent.attempted_at, sent.settled_at)
    query = (
        select(*columns, sent.provider_id, sent.body, sent.template, sent.template_version, sent.error)
        .add_columns(contact.role, contact.name)
        .outerjoin(table_of(Contact), contact.id == sent.contact_id)
        .where(sent.notice_id.in_(notice_ids))
        .order_by(sent.id)
    )
    rows = session.execute(query).all()
    calls = _load_calls(session, [_call_of(row.provider_id) for row in rows if row.channel == CALL_TASK])
    for row in rows:
        came, call = OF_STATUS[DeliveryStatus(row.status)], calls.get(_call_of(row.provider_id))
        if row.channel == CALL_TASK and came in (Came.HANDED_OVER, Came.DELIVERED) and call is not None:
            came = OF_CALL[TaskStatus(call.status)]
        called = row.channel == CALL_TASK and call is not None and call.status == TaskStatus.DONE
        yield Attempt(
            notice_id=row.notice_id,
            channel=row.channel,
            address=row.address,
            role=row.role or "",
            name=row.name or "",
            came=came,
            attempted_at=row.attempted_at,
            receipt_at=row.settled_at if came is Came.DELIVERED else None,
            outcome=call.outcome if called and call else "",
            outcome_on=call.closed_on if called and call else None,
            body=row.body,
            template=row.template,
            version=row.template_version,
            error=row.error,
        )


def _call_of(provider_id: str | None) -> str:
    """The call behind an attempt; one that said it once more while the call was open adds its own notice."""
    return (provider_id or "").partition(":")[0]


def _load_calls(session: Session, numbers: list[str]) -> dict[str, Task]:
    """The call tasks of these attempts."""
    task = table_of(Task).c
    ids = {int(number) for number in numbers if number.isdigit()}
    query = select(Task).where(task.kind == TaskKind.CALL, task.id.in_(ids))
    return {str(one.id): one for one in session.execute(query).scalars()}
