"""Validities are shortened where a unit agrees that lifts are inspected together, earlier (000 四2)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from actions.actors import Asked
from actions.visits.inspections import Deed, act
from schedules.inspections import shortened_validity
from store.events import EventKind
from store.lifts import Lift


def shorten_validities(session: Session, asked: Asked, lift_ids: Sequence[int], until: date) -> None:
    """From now on the validity of each of these lifts ends on `until`, where it ended later; ValueError where earlier.

    The duty keeps its identity: what was told of the later date is corrected, not told anew.
    """
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.id))).all()
    before: dict[date, list[int]] = defaultdict(list)
    for lift in lifts:
        if lift.valid_until is not None and shortened_validity(lift.valid_until, until) < lift.valid_until:
            before[lift.valid_until].append(lift.id)
            lift.valid_until = until
            session.add(lift)
    session.flush()
    for was, ids in sorted(before.items()):
        deed = Deed(ids, asked.actor.party_id, asked.now, asked.today, f"{asked.key}:shorten")
        act(session, deed, EventKind.VALIDITY_CORRECTED, asked.today, {"from": was, "to": until})
