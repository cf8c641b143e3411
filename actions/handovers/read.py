"""Handovers as the people of the two units see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, or_, select

from actions.actors import UNIT_HEADS, Asked
from actions.handovers.answer import lifts_left, put_to_them
from actions.lifts.explain import place_of
from actions.registry import verb
from store.handovers import Handover, HandoverLift, HandoverState
from store.lifts import Lift
from store.parties import Party


@dataclass(frozen=True)
class HandoverLine:
    """A handover; `theirs`: it waits for an answer of the reader. Of one that the reader proposed as the new unit no
    name of the other side and no number of lifts is told before it is confirmed."""

    id: int
    state: str
    on: date
    gives: bool
    theirs: bool
    other: str
    lifts: int


@verb(UNIT_HEADS, reads=True)
def my_handovers(session: Session, asked: Asked) -> list[HandoverLine]:
    """What was put to one's own unit and waits, and what it has proposed itself."""
    mine = asked.actor.party_id
    query = select(Handover).where(or_(Handover.from_party_id == mine, Handover.to_party_id == mine))
    rows = session.exec(query.order_by(col(Handover.id).desc()).limit(50)).all()
    parties = {party for row in rows for party in (row.from_party_id, row.to_party_id)}
    names = dict(session.exec(select(Party.id, Party.name).where(col(Party.id).in_(parties))).all())
    counted = select(HandoverLift.handover_id, func.count()).where(col(HandoverLift.overtaken).is_(False))
    ids = [row.id for row in rows]
    counts = dict(
        session.exec(
            counted.where(col(HandoverLift.handover_id).in_(ids)).group_by(col(HandoverLift.handover_id))
        ).all()
    )
    seen = [row for row in rows if _is_known(row, mine)]
    return [_line(row, mine, names, counts.get(row.id, 0)) for row in seen]


@verb(UNIT_HEADS, reads=True, handover_id=put_to_them)
def lifts_of_handover(session: Session, asked: Asked, *, handover_id: int) -> Sequence[str]:
    """The places of the lifts that are put to one's own unit."""
    query = select(Lift).where(col(Lift.id).in_(lifts_left(session, handover_id)))
    lifts = session.exec(query.order_by(col(Lift.compound), col(Lift.building), col(Lift.id)))
    return [place_of(lift) for lift in lifts]


def _is_known(row: Handover, mine: int) -> bool:
    """A claim of the new unit is shown to it only once the other side has said yes: until then it is just recorded."""
    return row.from_party_id == mine or not row.by_new or row.state == HandoverState.CONFIRMED


def _line(row: Handover, mine: int, names: dict[int, str], lifts: int) -> HandoverLine:
    gives = row.from_party_id == mine
    waits = row.state == HandoverState.PROPOSED and gives == row.by_new
    other = row.to_party_id if gives else row.from_party_id
    return HandoverLine(row.id, row.state, row.proposed_on, gives, waits, names.get(other, ""), lifts)
