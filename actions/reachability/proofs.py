"""What the latest attempts to reach people say: who had something delivered, and to whom the last one failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from store.database import table_of
from store.notices import Delivery, DeliveryStatus

CALL_TASK = "call_task"  # a task for a person proves nothing about an address
SETTLED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


@dataclass(frozen=True)
class Proofs:
    """Contacts by id. `delivered`: a receipt says that something arrived. `failed`: the last attempt did not."""

    delivered: frozenset[int]
    tried: frozenset[int]
    failed: frozenset[int]

    def in_doubt(self, contact_ids: tuple[int, ...]) -> bool:
        """Whether of these people each that was tried was not reached the last time."""
        tried = self.tried.intersection(contact_ids)
        return bool(tried) and tried <= self.failed

    def proved(self, contact_ids: tuple[int, ...]) -> bool:
        """Whether something was delivered to one of these people."""
        return not self.delivered.isdisjoint(contact_ids)


def load_proofs(session: Session, since: datetime) -> Proofs:
    """From the attempts made since then."""
    sent = table_of(Delivery).c
    recent = (sent.attempted_at >= since) & (sent.channel != CALL_TASK) & sent.contact_id.is_not(None)
    arrived = select(sent.contact_id).where(recent, sent.status == DeliveryStatus.DELIVERED).distinct()
    newest = select(func.max(sent.id)).where(recent, sent.status.in_(SETTLED)).group_by(sent.contact_id)
    last = session.execute(select(sent.contact_id, sent.status).where(sent.id.in_(newest))).all()
    return Proofs(
        delivered=frozenset(session.execute(arrived).scalars()),
        tried=frozenset(row.contact_id for row in last),
        failed=frozenset(row.contact_id for row in last if row.status == DeliveryStatus.FAILED),
    )
