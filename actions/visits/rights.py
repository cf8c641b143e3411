"""Whose visit it is: who may read it, who may move it or call it off, and which of its lifts somebody sees."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from actions.actors import DEPARTMENT, MAINTAINER, UNIT, Actor
from actions.sight import is_at_desk, seen_among
from store.slots import Visit, VisitLift


def may_read_visit(session: Session, actor: Actor, visit_id: int) -> bool:
    """A guard: of the own department, or to lifts for which it answers now; to the own unit or to lifts that one
    maintains, one of them one's own."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        return False
    if actor.role in DEPARTMENT:
        return visit.department_id == actor.party_id or is_at_desk(session, actor, _on_it(session, visit_id))
    if actor.role in UNIT and visit.party_id != actor.party_id:
        return False
    return actor.role in UNIT | MAINTAINER and bool(lifts_seen(session, actor, _on_it(session, visit_id)))


def may_change_visit(session: Session, actor: Actor, visit_id: int) -> bool:
    """A guard: of the own department; or to the own unit, where every lift that is on it is one's own.

    A visit that is off is nobody's to change; whoever read it hears so.
    """
    if actor.role in MAINTAINER or not may_read_visit(session, actor, visit_id):
        return False
    if actor.role in DEPARTMENT:
        return True
    present = _on_it(session, visit_id, present=True)
    return lifts_seen(session, actor, present) == present


def lifts_seen(session: Session, actor: Actor, lift_ids: Collection[int]) -> set[int]:
    """Those of these lifts that are theirs; a department sees every lift of its visits."""
    if actor.role in DEPARTMENT:
        return set(lift_ids)
    return seen_among(session, actor, lift_ids)


def _on_it(session: Session, visit_id: int, *, present: bool = False) -> set[int]:
    """The lifts that are on a visit; of one that is off those that were, unless `present` ones alone are asked for."""
    rows = session.exec(select(VisitLift).where(VisitLift.visit_id == visit_id).order_by(col(VisitLift.id))).all()
    here = {row.lift_id for row in rows if row.gone is None}
    return here if here or present else {row.lift_id for row in rows}
