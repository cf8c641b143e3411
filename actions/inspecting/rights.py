"""Whose inspection it is: the department's that made it, and of unit and maintainer those who see the lift."""

from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Actor
from actions.sight import among_lifts_of
from store.inspections import Inspection


def is_their_inspection(session: Session, actor: Actor, inspection_ids: Any) -> bool:
    """A guard: one inspection or several, all of them theirs."""
    wanted = {inspection_ids} if isinstance(inspection_ids, int) else set(inspection_ids)
    found = session.exec(select(Inspection).where(col(Inspection.id).in_(wanted))).all()
    if not wanted or len(found) < len(wanted):
        return False
    if actor.role in DEPARTMENT:
        return all(one.department_id == actor.party_id for one in found)
    return actor.role in UNIT | MAINTAINER and among_lifts_of(session, actor, [one.lift_id for one in found])
