"""What the register says wins: a lift that it gives another unit is proposed no more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from store.database import in_chunks
from store.handovers import Handover, HandoverLift, HandoverState


def overtake(session: Session, lift_ids: Iterable[int], *, now: datetime) -> dict[int, list[int]]:
    """Take these lifts out of open handovers, and close those of which none is left.

    Returns the lifts by the unit that was to get them: what it was sent meanwhile is to be taken back.
    """
    found: dict[int, list[int]] = defaultdict(list)
    touched: dict[int, Handover] = {}
    for part in in_chunks(sorted(set(lift_ids))):
        query = (
            select(Handover, HandoverLift)
            .join(HandoverLift, col(HandoverLift.handover_id) == Handover.id)
            .where(Handover.state == HandoverState.PROPOSED, col(HandoverLift.lift_id).in_(part))
            .where(col(HandoverLift.overtaken).is_(False))
        )
        for handover, lift in session.exec(query).all():
            lift.overtaken = True
            found[handover.to_party_id].append(lift.lift_id)
            touched[handover.id] = handover
    session.flush()
    for handover in touched.values():
        left = select(HandoverLift).where(
            HandoverLift.handover_id == handover.id, col(HandoverLift.overtaken).is_(False)
        )
        if session.exec(left).first() is None:
            handover.state, handover.closed_at = HandoverState.OVERTAKEN, now
    session.flush()
    return found
