"""The other side of a handover is asked: a notice beside all ladders."""

from datetime import date
from typing import Any

from sqlmodel import Session

from store.handovers import Handover
from store.notices import Notice
from store.parties import Party

MATTER, STEP, TEMPLATE = "handover", "asked_handover", "handover.asked"
BASIS = {
    "document": "《中华人民共和国特种设备安全法》",
    "clause": "第十三条",
    "quote": "特种设备生产、经营、使用单位及其主要负责人对其生产、经营、使用的特种设备安全负责",
}


def tell_other_side(session: Session, handover: Handover, lifts: int, *, today: date) -> None:
    """Ask the heads of the unit that has to confirm it."""
    asking, asked = handover.to_party_id, handover.from_party_id
    if not handover.by_new:
        asking, asked = asked, asking
    facts = {"n": lifts, "other": session.get_one(Party, asking).name, "gives": not handover.by_new}
    _plan(session, session.get_one(Party, asked), STEP, TEMPLATE, facts, today)


def tell_waiting(session: Session, party: Party, claim_id: int, *, on: date, step: str, today: date) -> None:
    """Whoever proposed a handover `on` that day hears that nothing is confirmed."""
    facts = {"n": 1, "other": "", "gives": False, "claim": claim_id, "on": on.isoformat()}
    _plan(session, party, step, "handover.waiting", facts, today)


def _plan(session: Session, party: Party, step: str, template: str, facts: dict[str, Any], today: date) -> None:
    session.add(
        Notice(
            city_id=party.city_id,
            planned_on=today,
            send_on=today,
            party_id=party.id,
            duty=MATTER,
            rule="",
            step=step,
            audience="legal_rep_and_manager",
            channel_class="chat",
            template=template,
            facts={MATTER: facts, "basis": BASIS},
        )
    )
    session.flush()
