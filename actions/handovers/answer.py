"""Answer a handover: confirm, dispute, or take back one's own proposal. One answer wins."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from actions.actors import UNIT_HEADS, Actor, Asked
from actions.handovers.why import OBJECTION, WHY, Why
from actions.people.responsibility import UseUnitChange, change_use_units, take_back
from actions.refusals import Refused
from actions.registry import verb
from schedules.tasks import open_task
from store.database import table_of
from store.handovers import Handover, HandoverLift, HandoverState
from store.lifts import Lift, LiftRole, Responsibility
from store.locks import lock_lifts
from store.tasks import TaskKind

LONGEST_REASON = 200
S = HandoverState


def put_to_them(session: Session, actor: Actor, handover_id: Any) -> bool:
    """A guard: a handover that the other side has put to this unit."""
    handover = session.get(Handover, handover_id)
    if handover is None:
        return False
    return actor.party_id == (handover.from_party_id if handover.by_new else handover.to_party_id)


def proposed_by_them(session: Session, actor: Actor, handover_id: Any) -> bool:
    """A guard: a handover that this unit has proposed."""
    handover = session.get(Handover, handover_id)
    if handover is None:
        return False
    return actor.party_id == (handover.to_party_id if handover.by_new else handover.from_party_id)


@verb(UNIT_HEADS, handover_id=put_to_them)
def confirm_handover(session: Session, asked: Asked, *, handover_id: int) -> int:
    """It is so: from today the new unit answers for the lifts. Returns how many."""
    lift_ids = lifts_left(session, handover_id)
    lock_lifts(session, lift_ids)
    handover = _close(session, asked, handover_id, S.CONFIRMED)
    if handover is None:
        return len(lift_ids)
    still = select(Responsibility.lift_id).where(
        col(Responsibility.lift_id).in_(lifts_left(session, handover_id)),
        Responsibility.role == LiftRole.USE_UNIT,
        Responsibility.party_id == handover.from_party_id,
        col(Responsibility.to_on).is_(None),
    )
    theirs = sorted(session.exec(still))
    changes = [UseUnitChange(lift_id, handover.from_party_id, handover.to_party_id) for lift_id in theirs]
    change_use_units(session, changes, on=asked.today, now=asked.now)
    return len(changes)


@verb(UNIT_HEADS, handover_id=put_to_them)
def dispute_handover(session: Session, asked: Asked, *, handover_id: int, why: str) -> None:
    """It is not so, or not of all these lifts: the inspection department asks both."""
    handover = _close(session, asked, handover_id, S.DISPUTED)
    if handover is None:
        return
    lift_ids = lifts_left(session, handover_id)
    take_back(session, lift_ids, handover.to_party_id, now=asked.now)
    keys = session.exec(select(Lift.key).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.key))).all()
    detail = {"from": handover.from_party_id, "to": handover.to_party_id, "lifts": list(keys)}
    open_task(
        session,
        TaskKind.HANDOVER,
        f"handover:{handover.id}",
        city_id=handover.city_id,
        today=asked.today,
        party_id=asked.actor.party_id,
        district_code=session.get_one(Lift, lift_ids[0]).district_code if lift_ids else None,
        detail=detail | {WHY: Why.DISPUTED, OBJECTION: why.strip()[:LONGEST_REASON]},
    )


@verb(UNIT_HEADS, handover_id=proposed_by_them)
def withdraw_handover(session: Session, asked: Asked, *, handover_id: int) -> None:
    """One's own unit proposes it no more."""
    handover = _close(session, asked, handover_id, S.WITHDRAWN)
    if handover is not None:
        take_back(session, lifts_left(session, handover_id), handover.to_party_id, now=asked.now)


def lifts_left(session: Session, handover_id: int) -> list[int]:
    """Its lifts, without those that the register gave another unit meanwhile."""
    query = select(HandoverLift.lift_id).where(
        HandoverLift.handover_id == handover_id, col(HandoverLift.overtaken).is_(False)
    )
    return list(session.exec(query.order_by(col(HandoverLift.lift_id))))


def _close(session: Session, asked: Asked, handover_id: int, state: HandoverState) -> Handover | None:
    """Close it so; None where this person has done so before. Refused where it is over otherwise."""
    table = table_of(Handover)
    values = {"state": state.value, "closed_by": asked.actor.contact_id, "closed_at": asked.now}
    mine = update(table).where(table.c.id == handover_id, table.c.state == S.PROPOSED).values(**values)
    is_mine = session.execute(mine.returning(table.c.id)).first() is not None
    handover = session.get_one(Handover, handover_id, populate_existing=True)
    if is_mine:
        return handover
    if handover.state == state and handover.closed_by == asked.actor.contact_id:
        return None
    raise Refused("handovers.over", state=handover.state)
