"""Whose a visit's record is, and whether it can still be written."""

from typing import Any

from sqlmodel import Session

from actions.actors import Actor, Asked, Role
from actions.refusals import Refused
from actions.sight import among_lifts_of
from store.upkeep import UpkeepVisit, VisitState

WORKERS = frozenset({Role.WORKER})
PLANNERS = frozenset({Role.MAINTAINER_ADMIN, Role.DISPATCHER})


def began_visit(session: Session, actor: Actor, visit_id: Any) -> bool:
    """A guard: the record is this worker's own. Their company may have lost the lift since: the upload asks whose it
    was on the day of the work."""
    visit = session.get(UpkeepVisit, visit_id)
    theirs = (actor.contact_id, actor.party_id)
    return visit is not None and (visit.worker_id, visit.maintainer_party_id) == theirs


def writes_visit(session: Session, actor: Actor, visit_id: Any) -> bool:
    """A guard: the record is this worker's own, of a lift that is still their company's."""
    if not began_visit(session, actor, visit_id):
        return False
    visit = session.get_one(UpkeepVisit, visit_id)
    return visit.state != VisitState.UNDER_WAY or among_lifts_of(session, actor, [visit.lift_id])


def takes_part(session: Session, actor: Actor, visit_id: Any) -> bool:
    """A guard: it is their own, or they are named as the second worker."""
    visit = session.get(UpkeepVisit, visit_id)
    is_second = visit is not None and visit.second_id == actor.contact_id
    return is_second or began_visit(session, actor, visit_id)


def held_visit(session: Session, asked: Asked, visit_id: int) -> UpkeepVisit:
    """The record, held until the end of the transaction. Raises Refused where it is written no more."""
    visit = session.get_one(UpkeepVisit, visit_id, with_for_update=True, populate_existing=True)
    if visit.state != VisitState.UNDER_WAY:
        raise Refused(f"upkeep.{visit.state}")
    return visit


def record_key(visit_id: int) -> str:
    """The key of the record that this visit becomes."""
    return f"visit:{visit_id}"
