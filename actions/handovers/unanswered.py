"""Handovers that the other side does not answer: the department asks, and whoever proposed it hears how it stands.

Whoever proposed it learns no more than that nothing is confirmed: the same of codes that are known and of others.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from actions.handovers.answer import lifts_left
from actions.handovers.tell import tell_waiting
from actions.handovers.why import WHY, Why
from schedules.tasks import open_task
from store.handovers import Handover, HandoverClaim, HandoverState
from store.lifts import Lift
from store.notices import Notice
from store.parties import Party
from store.tasks import Task, TaskKind
from store.zone import SHANGHAI

PATIENCE = timedelta(days=7)
LOOKED_BACK = timedelta(days=30)  # claims of before are not gone into any more
WAITING, MATTER = "waiting_handover", "handover"
ANSWERED = (HandoverState.CONFIRMED, HandoverState.WITHDRAWN)


def ask_about_unanswered(session: Session, *, now: datetime, today: date) -> int:
    """Open the department's tasks and plan the notices, each once; how many handovers are asked about."""
    waiting = select(Handover).where(Handover.state == HandoverState.PROPOSED, Handover.proposed_on <= today - PATIENCE)
    asked = sum(_ask(session, handover, today) for handover in session.exec(waiting).all())
    claims = select(HandoverClaim).where(HandoverClaim.at <= now - PATIENCE, HandoverClaim.at > now - LOOKED_BACK)
    for claim in session.exec(claims.order_by(col(HandoverClaim.id))).all():
        _tell(session, claim, today)
    return asked


def _ask(session: Session, handover: Handover, today: date) -> bool:
    """One task, which is not opened again when somebody has settled it."""
    key = f"unanswered:{handover.id}"
    known = select(Task.id).where(Task.kind == TaskKind.HANDOVER, Task.key == key)
    lift_ids = lifts_left(session, handover.id)
    if not lift_ids or session.exec(known).first() is not None:
        return False
    lifts = session.exec(select(Lift).where(col(Lift.id).in_(lift_ids)).order_by(col(Lift.key))).all()
    detail = {"from": handover.from_party_id, "to": handover.to_party_id, "lifts": [lift.key for lift in lifts]}
    open_task(
        session,
        TaskKind.HANDOVER,
        key,
        city_id=handover.city_id,
        today=today,
        party_id=handover.to_party_id if handover.by_new else handover.from_party_id,
        district_code=lifts[0].district_code,
        detail=detail | {WHY: Why.UNANSWERED},
    )
    return True


def _tell(session: Session, claim: HandoverClaim, today: date) -> None:
    tap = claim.key.removeprefix("claim:")
    query = select(Handover).where(col(Handover.key).startswith(f"handover:{tap}:", autoescape=True))
    theirs = session.exec(query).all()
    if theirs and all(one.state in ANSWERED or not lifts_left(session, one.id) for one in theirs):
        return  # answered, or settled by the register
    said = select(Notice.facts).where(Notice.party_id == claim.party_id, Notice.step == WAITING)
    if any((facts or {})[MATTER]["claim"] == claim.id for facts in session.exec(said)):
        return
    party = session.get_one(Party, claim.party_id)
    on = claim.at.astimezone(SHANGHAI).date()
    tell_waiting(session, party, claim.id, on=on, step=WAITING, today=today)
