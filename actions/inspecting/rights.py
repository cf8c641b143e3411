"""Whose inspection it is: the department's that made it or has the lift now, and of the sides whoever sees it."""

from typing import Any

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Actor
from actions.sight import among_lifts_of, is_at_desk
from store.inspections import Inspection


def is_their_inspection(session: Session, actor: Actor, inspection_ids: Any) -> bool:
    """A guard: one inspection or several, all of them theirs."""
    wanted = {inspection_ids} if isinstance(inspection_ids, int) else set(inspection_ids)
    found = session.exec(select(Inspection).where(col(Inspection.id).in_(wanted))).all()
    if not wanted or len(found) < len(wanted):
        return False
    if actor.role in DEPARTMENT:
        taken_over = [one.lift_id for one in found if one.department_id != actor.party_id]
        return not taken_over or is_at_desk(session, actor, taken_over)
    return actor.role in UNIT | MAINTAINER and among_lifts_of(session, actor, [one.lift_id for one in found])
