"""Who may act on which lifts: the unit that answers for them, and the inspection department of their district."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from store.lifts import Lift, LiftRole, Responsibility
from store.parties import AreaRole, Jurisdiction

WHOLE_CITY = "*"


class NotAllowedError(Exception):
    """The party may not act on one of the lifts; the message does not say whether that lift exists."""


def require_may_act(
    session: Session, party_id: int, lift_ids: Sequence[int], roles: Sequence[LiftRole] = (LiftRole.USE_UNIT,)
) -> None:
    """Raise NotAllowedError unless `party_id` answers for every one of these lifts.

    That is in one of `roles`, or as the inspection department of its district.
    """
    rest = set(lift_ids) - _lifts_of_party(session, party_id, lift_ids, roles)
    rest -= _lifts_of_department(session, party_id, rest)
    if rest:
        raise NotAllowedError("this party does not answer for all of these lifts")


def _lifts_of_party(session: Session, party_id: int, lift_ids: Sequence[int], roles: Sequence[LiftRole]) -> set[int]:
    query = select(Responsibility.lift_id).where(
        Responsibility.party_id == party_id,
        col(Responsibility.role).in_(roles),
        col(Responsibility.to_on).is_(None),
        col(Responsibility.lift_id).in_(lift_ids),
    )
    return set(session.exec(query))


def _lifts_of_department(session: Session, party_id: int, lift_ids: set[int]) -> set[int]:
    if not lift_ids:
        return set()
    areas = session.exec(
        select(Jurisdiction).where(
            Jurisdiction.party_id == party_id,
            Jurisdiction.role == AreaRole.INSPECTION_DEPARTMENT,
            col(Jurisdiction.to_on).is_(None),
        )
    ).all()
    covered = {(area.city_id, area.district_code) for area in areas}
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids))).all()
    return {
        lift.id
        for lift in lifts
        if (lift.city_id, lift.district_code) in covered or (lift.city_id, WHOLE_CITY) in covered
    }
