"""Propose a handover: the old unit names its own lifts, the new one names them by the codes on its papers.

Whoever names what they do not answer for learns nothing but that it was recorded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select
from stdnum.cn import uscc

from actions.actors import UNIT_HEADS, Asked
from actions.handovers.tell import tell_other_side
from actions.handovers.why import WHY, Why
from actions.refusals import Refused
from actions.register.identifiers import normalise_identifier
from actions.registry import their_lifts, verb
from schedules.tasks import open_task
from store.database import insert_new
from store.handovers import Handover, HandoverClaim, HandoverLift, HandoverState
from store.lifts import Lift, LiftName, LiftRole, NameKind, Responsibility
from store.parties import Party
from store.tasks import TaskKind

MOST_CODES = 200
MOST_A_DAY = 20  # proposals of one unit: who asks everybody about everything is not taking over a house
ON_PAPERS = (NameKind.CERTIFICATE, NameKind.EQUIPMENT_CODE, NameKind.REGISTRATION_CODE)


@dataclass(frozen=True)
class Recorded:
    """So many lifts or codes were taken down; the same whatever is known of them."""

    number: int


@verb(UNIT_HEADS, lift_ids=their_lifts)
def propose_giving(session: Session, asked: Asked, *, lift_ids: Sequence[int], credit_code: str) -> Recorded:
    """These lifts of one's own go to the unit with this credit code, once it confirms it. Until then both are told."""
    code = "".join(credit_code.split()).upper()
    if not uscc.is_valid(code):
        raise Refused("handovers.no_code")
    to = _party_with(session, asked.actor.city_id, code)
    if to is not None and to.id == asked.actor.party_id:
        raise Refused("handovers.yourselves")
    if _are_proposed(session, lift_ids, asked.actor.party_id) and not _was_said(session, asked):
        raise Refused("handovers.already")
    _refuse_too_many(session, asked)
    if not _take_down(session, asked, code):
        return Recorded(len(lift_ids))
    if to is not None:
        _put(session, asked, asked.actor.party_id, to.id, lift_ids, by_new=False)
        return Recorded(len(lift_ids))
    about = {
        "from": asked.actor.party_id,
        "to": None,
        "said": code,
        "lifts": _keys(session, lift_ids),
        WHY: Why.UNKNOWN_UNIT,
    }
    _ask_department(session, asked, lift_ids, about)
    return Recorded(len(lift_ids))


@verb(UNIT_HEADS)
def propose_taking(session: Session, asked: Asked, *, codes: Sequence[str]) -> Recorded:
    """One's own unit takes over the lifts with these codes, once those who have them confirm it."""
    wanted = list(dict.fromkeys(filter(None, (normalise_identifier(code) for code in codes))))
    if not wanted:
        raise Refused("handovers.no_codes")
    if len(wanted) > MOST_CODES:
        raise Refused("handovers.too_many", most=MOST_CODES)
    _refuse_too_many(session, asked)
    if not _take_down(session, asked, "\n".join(wanted)):
        return Recorded(len(wanted))
    by_unit: dict[int | None, list[int]] = defaultdict(list)
    for lift_id, party_id in _holders(session, asked.actor.city_id, wanted):
        by_unit[party_id].append(lift_id)
    by_unit.pop(asked.actor.party_id, None)  # theirs already
    free = by_unit.pop(None, [])
    if free:
        about = {"from": None, "to": asked.actor.party_id, "lifts": _keys(session, free), WHY: Why.NOBODYS}
        _ask_department(session, asked, free, about)
    for party_id, lift_ids in sorted((key, value) for key, value in by_unit.items() if key is not None):
        fresh = [one for one in lift_ids if not _are_proposed(session, [one], party_id, asked.actor.party_id)]
        if fresh:
            _put(session, asked, party_id, asked.actor.party_id, fresh, by_new=True)
    return Recorded(len(wanted))


def _put(session: Session, asked: Asked, giver: int, taker: int, lift_ids: Iterable[int], *, by_new: bool) -> None:
    """Write the proposal and tell the other side of it."""
    handover = Handover(
        city_id=asked.actor.city_id,
        from_party_id=giver,
        to_party_id=taker,
        by_new=by_new,
        proposed_by=asked.actor.contact_id,
        proposed_at=asked.now,
        proposed_on=asked.today,
        key=f"handover:{asked.key}:{giver}:{taker}",
    )
    session.add(handover)
    session.flush()
    lifts = sorted(set(lift_ids))
    session.add_all(HandoverLift(handover_id=handover.id, lift_id=lift_id) for lift_id in lifts)
    session.flush()
    tell_other_side(session, handover, len(lifts), today=asked.today)


def _take_down(session: Session, asked: Asked, said: str) -> bool:
    """What was said; False where this tap came before."""
    actor = asked.actor
    row = {
        "party_id": actor.party_id,
        "by": actor.contact_id,
        "at": asked.now,
        "key": f"claim:{asked.key}",
        "said": said,
    }
    return insert_new(session, HandoverClaim, row)


def _refuse_too_many(session: Session, asked: Asked) -> None:
    said = select(func.count()).select_from(HandoverClaim).where(HandoverClaim.party_id == asked.actor.party_id)
    number = session.exec(said.where(HandoverClaim.at > asked.now - timedelta(days=1))).one()
    if number >= MOST_A_DAY and not _was_said(session, asked):
        raise Refused("handovers.too_often")


def _was_said(session: Session, asked: Asked) -> bool:
    query = select(HandoverClaim.id).where(HandoverClaim.key == f"claim:{asked.key}")
    return session.exec(query).first() is not None


def _party_with(session: Session, city_id: str, code: str) -> Party | None:
    return session.exec(select(Party).where(Party.city_id == city_id, Party.credit_code == code)).first()


def _are_proposed(session: Session, lift_ids: Sequence[int], giver: int, taker: int | None = None) -> bool:
    """Whether one of these lifts stands in an open handover from this unit."""
    query = (
        select(HandoverLift.lift_id)
        .join(Handover, col(Handover.id) == HandoverLift.handover_id)
        .where(Handover.state == HandoverState.PROPOSED, Handover.from_party_id == giver)
        .where(col(HandoverLift.lift_id).in_(lift_ids), col(HandoverLift.overtaken).is_(False))
    )
    if taker is not None:
        query = query.where(Handover.to_party_id == taker)
    return session.exec(query).first() is not None


def _holders(session: Session, city_id: str, codes: Sequence[str]) -> list[tuple[int, int | None]]:
    """The lifts of the city with these codes, each with the unit that answers for it now."""
    query = (
        select(Lift.id, Responsibility.party_id)
        .outerjoin(
            Responsibility,
            (col(Responsibility.lift_id) == Lift.id)
            & (col(Responsibility.role) == LiftRole.USE_UNIT)
            & col(Responsibility.to_on).is_(None),
        )
        .where(Lift.city_id == city_id)
        .where(
            col(Lift.id).in_(
                select(LiftName.lift_id).where(col(LiftName.value).in_(codes), col(LiftName.kind).in_(ON_PAPERS))
            )
        )
        .order_by(col(Lift.id))
    )
    return [(row[0], row[1]) for row in session.exec(query)]


def _keys(session: Session, lift_ids: Sequence[int]) -> list[str]:
    return list(session.exec(select(Lift.key).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.key))))


def _ask_department(session: Session, asked: Asked, lift_ids: Sequence[int], about: dict[str, Any]) -> None:
    """What the two sides cannot settle themselves."""
    lift = session.get_one(Lift, min(lift_ids))
    open_task(
        session,
        TaskKind.HANDOVER,
        f"claim:{asked.key}",
        city_id=asked.actor.city_id,
        today=asked.today,
        party_id=asked.actor.party_id,
        district_code=lift.district_code,
        detail=about,
    )
