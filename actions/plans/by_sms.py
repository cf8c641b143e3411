"""A unit without a chat agrees to the one visit that an SMS names by answering 1 to it.

Only where the SMS says all there is to agree to: one visit with its day, and no validity that is shortened. Whether it
does is said with the notice (`by_one`): what leaves may say less by then, and never more.
"""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from actions.actors import UNIT, Actor, Asked, Role
from actions.plans.answers import agree, may_answer_round
from actions.plans.holding import lifts_of_round
from actions.visits.inspections import RefusedError
from store.locks import lock_lifts
from store.notices import PLAN, Delivery, Notice
from store.parties import Contact, Party
from store.plans import PlanRound, RoundState, YearPlanMade

AGREED, NOT_AGREED = "plan_agreed", "plan_not_agreed"  # sentences to whoever answers by SMS


def asks_to_agree(notice: Notice) -> bool:
    """Whether a "1" to this notice agrees to a visit."""
    return _visit(notice) is not None


def offer_stands(session: Session, notice: Notice, today: date) -> bool:
    """Whether its visit can still be agreed to as the SMS says."""
    said = _visit(notice)
    one = session.get(PlanRound, said["id"]) if said is not None else None
    if said is None or one is None or one.day <= today or one.state != RoundState.PROPOSED:
        return False
    return _is_as_said(one, said) and session.get_one(YearPlanMade, one.plan_id).replaced_at is None


def hold_round_about(session: Session, notice_id: int) -> None:
    """Be the only one who acts on the lifts of that visit, before anything else is changed."""
    said = _visit(session.get_one(Notice, notice_id))
    if said is not None:
        lock_lifts(session, lifts_of_round(session, said["id"]))


def agree_by_sms(session: Session, notice: Notice, delivery: Delivery, key: str, *, now: datetime, today: date) -> None:
    """Agree to it for whoever answers, as far as they may; not where it is not as the SMS says any more."""
    said, actor = _visit(notice), _actor(session, notice, delivery)
    one = session.get(PlanRound, said["id"]) if said is not None else None
    if said is None or one is None or actor is None or not _is_as_said(one, said):
        return
    if not may_answer_round(session, actor, one.id):
        return
    try:
        with session.begin_nested():
            agree(session, Asked(actor, now, today, key), one.id, date.fromisoformat(said["day"]))
    except RefusedError:
        session.refresh(one)  # it reads that nothing is booked


def agreed_by_sms(session: Session, notice: Notice) -> str:
    """The name of the sentence for such an answer."""
    said = _visit(notice)
    one = session.get(PlanRound, said["id"]) if said is not None else None
    return AGREED if one is not None and one.state == RoundState.AGREED else NOT_AGREED


def _visit(notice: Notice) -> dict[str, Any] | None:
    plan = (notice.facts or {}).get(PLAN, {})
    return plan["rounds"][0] if plan.get("by_one") else None


def _is_as_said(one: PlanRound, said: dict[str, Any]) -> bool:
    return (one.day.isoformat(), one.half or "") == (said["day"], said["half"]) and one.adjusted is None


def _actor(session: Session, notice: Notice, delivery: Delivery) -> Actor | None:
    """Who was written to, if they still are of the unit, with that number."""
    person = session.get(Contact, delivery.contact_id) if delivery.contact_id else None
    if person is None or person.to_on is not None or person.phone != delivery.address:
        return None
    if person.party_id != notice.party_id or person.role not in UNIT:
        return None
    party = session.get_one(Party, person.party_id)
    return Actor(
        contact_id=person.id,
        party_id=party.id,
        party_name=party.name,
        city_id=party.city_id,
        role=Role(person.role),
        name=person.name,
        channel=delivery.channel,
        address=delivery.address,
        language=party.language,
    )
