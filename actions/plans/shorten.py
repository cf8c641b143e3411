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
from store.plans import PlanLiftRow, PlanRound, RoundState


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


def give_back_validities(session: Session, asked: Asked, lift_ids: Sequence[int]) -> None:
    """The visit for which these validities were shortened is called off: they end again when they did before.

    Only where the register has not stated another one since. The round is one that was declined from now on, and may
    still be agreed to.
    """
    query = (
        select(PlanRound, PlanLiftRow, Lift)
        .join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        .join(Lift, col(Lift.id) == PlanLiftRow.lift_id)
        .where(col(Lift.id).in_(lift_ids), PlanRound.state == RoundState.AGREED, col(PlanRound.adjusted).is_not(None))
    )
    before: dict[tuple[date, date], list[int]] = defaultdict(list)
    for one, row, lift in session.exec(query.order_by(col(Lift.id))).all():
        one.state, one.answered_by, one.answered_at = RoundState.DECLINED, asked.actor.contact_id, asked.now
        session.add(one)
        if one.adjusted is None or row.valid_until is None or lift.valid_until != one.adjusted:
            continue
        if row.valid_until > one.adjusted:
            before[one.adjusted, row.valid_until].append(lift.id)
            lift.valid_until = row.valid_until
            session.add(lift)
    session.flush()
    for (was, until), ids in sorted(before.items()):
        deed = Deed(ids, asked.actor.party_id, asked.now, asked.today, f"{asked.key}:give_back")
        act(session, deed, EventKind.VALIDITY_CORRECTED, asked.today, {"from": was, "to": until})
