"""Validities are shortened where a unit agrees that lifts are inspected together, earlier (000 四2)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from actions.actors import Asked
from actions.visits.inspections import Deed, act
from schedules.inspections import shortened_validity
from schedules.tasks import desk_of_lift
from store.events import Event, EventKind, was_taken_back
from store.lifts import Lift
from store.plans import PlanLiftRow, PlanRound, RoundState, YearPlanMade
from store.slots import Gone, Visit, VisitLift, present_lifts, stands

LOOKED_BACK = timedelta(days=30)  # at visits that came to nothing, where nothing was running
SHORTEN = "shorten"  # in the key of the event that says so
INSPECTED = (EventKind.INSPECTION_ENDED, EventKind.OPINION_NOTICE_ISSUED, EventKind.RECTIFICATION_CONFIRMED)
SAYS = (*INSPECTED, EventKind.VALIDITY_STATED, EventKind.VALIDITY_CORRECTED, EventKind.VALIDITY_RENEWED)


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
        deed = Deed(ids, asked.actor.party_id, asked.now, asked.today, f"{asked.key}:{SHORTEN}")
        act(session, deed, EventKind.VALIDITY_CORRECTED, asked.today, {"from": was, "to": until})


@dataclass(frozen=True)
class Undoing:
    """In whose name validities are given back, when, and under which key."""

    by: int
    now: datetime
    today: date
    key: str


def give_back_validities(session: Session, undoing: Undoing, lift_ids: Sequence[int]) -> None:
    """The visit for which these validities were shortened is called off: they end again when they did before.

    Only where nothing was inspected, and the register has stated no other date, since they were. The round of which no
    lift is left on a visit waits for an answer again, as long as its plan is in force.
    """
    before: dict[tuple[date, date], list[int]] = defaultdict(list)
    for lift_id, last in _last_said(session, lift_ids).items():
        lift, said = session.get_one(Lift, lift_id), last.payload or {}
        if last.idempotency_key is None or not last.idempotency_key.endswith(f":{SHORTEN}:{lift_id}"):
            continue
        until, was = date.fromisoformat(said["to"]), date.fromisoformat(said["from"])
        if lift.valid_until == until:
            before[until, was].append(lift_id)
            lift.valid_until = was
            session.add(lift)
    session.flush()
    for (until, was), ids in sorted(before.items()):
        deed = Deed(ids, undoing.by, undoing.now, undoing.today, f"{undoing.key}:give_back")
        act(session, deed, EventKind.VALIDITY_CORRECTED, undoing.today, {"from": until, "to": was})
    _ask_again(session, lift_ids)


def follow_agreed(session: Session, *, now: datetime, today: date) -> None:
    """The same where nobody called the visit off, and it does not hold any more: the lift is out of use, or another
    unit's, or an import was undone. Whoever calls holds the city."""
    by_desk: dict[tuple[int, int], list[int]] = defaultdict(list)
    for round_id, lift_id in session.exec(_without_visit(today)).all():
        desk = desk_of_lift(session, lift_id)
        if desk is not None:
            by_desk[round_id, desk].append(lift_id)
    for (round_id, desk), lift_ids in sorted(by_desk.items()):
        give_back_validities(session, Undoing(desk, now, today, f"plan:{round_id}:{now.isoformat()}"), lift_ids)


def _without_visit(today: date) -> Select[int, int]:
    """The lifts of rounds that were agreed to which have left a visit and are on none since, nor were inspected or
    missed on one: of rounds to come, or with a validity that is still shortened."""
    of_visit = col(Visit.id) == VisitLift.visit_id
    left = select(VisitLift.lift_id).join(Visit, of_visit).where(Visit.day >= today - LOOKED_BACK)
    left = left.where(col(VisitLift.gone).in_((Gone.VOID, Gone.CANCELLED)))
    since = (
        select(col(VisitLift.lift_id), func.max(Visit.made_at).label("made_at"))
        .join(Visit, of_visit)
        .where(stands(), col(VisitLift.lift_id).in_(left))
        .group_by(col(VisitLift.lift_id))
        .subquery()
    )
    adjusted = col(PlanRound.adjusted)
    to_come = and_(col(YearPlanMade.replaced_at).is_(None), col(PlanRound.day) > today)
    still_shortened = and_(col(Lift.valid_until) == adjusted, col(PlanLiftRow.valid_until) > adjusted)
    return (
        select(PlanRound.id, PlanLiftRow.lift_id)
        .join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .join(Lift, col(Lift.id) == PlanLiftRow.lift_id)
        .outerjoin(since, since.c.lift_id == PlanLiftRow.lift_id)
        .where(PlanRound.state == RoundState.AGREED, col(PlanLiftRow.lift_id).in_(left))
        .where(or_(since.c.made_at.is_(None), since.c.made_at < PlanRound.answered_at), or_(to_come, still_shortened))
        .order_by(col(PlanLiftRow.lift_id))
    )


def _last_said(session: Session, lift_ids: Sequence[int]) -> dict[int, Event]:
    """Of each lift the last event that holds and is about its validity or an inspection of it."""
    query = select(Event).where(col(Event.lift_id).in_(lift_ids), col(Event.kind).in_(SAYS), ~was_taken_back())
    return {one.lift_id: one for one in session.exec(query.order_by(col(Event.id))) if one.lift_id is not None}


def _ask_again(session: Session, lift_ids: Sequence[int]) -> None:
    """Not DECLINED: it need not be the unit who called it off, and nobody has said no to an earlier visit."""
    query = (
        select(PlanRound)
        .join(PlanLiftRow, col(PlanLiftRow.round_id) == PlanRound.id)
        .join(YearPlanMade, col(YearPlanMade.id) == PlanRound.plan_id)
        .where(col(PlanLiftRow.lift_id).in_(lift_ids), col(YearPlanMade.replaced_at).is_(None))
        .where(PlanRound.state == RoundState.AGREED)
    )
    for one in session.exec(query.distinct()).all():
        rows = select(PlanLiftRow.lift_id).where(PlanLiftRow.round_id == one.id)
        ended = select(Event.id).where(col(Event.lift_id).in_(rows), col(Event.kind).in_(INSPECTED), ~was_taken_back())
        since = session.exec(ended.where(col(Event.recorded_at) >= one.answered_at)).first()
        if since is None and not present_lifts(session, session.exec(rows)):
            one.state, one.answered_by, one.answered_at = RoundState.PROPOSED, None, None
            session.add(one)
    session.flush()
