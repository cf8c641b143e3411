"""What a use unit does beside booking, and its maintainers."""

from typing import Any

from phones.world import NOW, TODAY, World
from sqlmodel import Session

from actions.people.consents import consent_text
from store.alerts import Alert
from store.handovers import Handover, HandoverLift
from store.notices import Notice

CREDIT_CODE = "91440101MA5AKB5C0R"


def a_lift(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A lift of theirs."""
    return {"lift_id": world.lifts[whose][0]}


def some_lifts(session: Session, world: World, whose: str) -> dict[str, Any]:
    """Two lifts of theirs."""
    return {"lift_ids": world.lifts[whose][:2]}


def an_alert(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A fault of a lift of theirs."""
    maintainer = "other_maintainer" if whose == "elsewhere" else "maintainer"
    alert = Alert(
        city_id="guangzhou",
        kind="fault",
        key=f"sample:{whose}",
        lift_id=world.lifts[whose][0],
        unit_party_id=world.parties[whose],
        maintainer_party_id=world.parties[maintainer],
        reported_at=NOW,
    )
    session.add(alert)
    session.flush()
    return {"alert_id": alert.id}


def a_notice(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A notice to them."""
    notice = Notice(
        city_id="guangzhou",
        planned_on=TODAY,
        send_on=TODAY,
        party_id=world.parties[whose],
        duty="fault",
        rule="",
        step="reported",
        audience="unit_head",
        channel_class="sms",
        template="alert.fault",
    )
    session.add(notice)
    session.flush()
    return {"notice_id": notice.id}


def put_to(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A handover that waits for their answer."""
    asking = next(name for name in ("other", "own") if name != whose)
    return {"handover_id": _handover(session, world, giver=whose, taker=asking)}


def proposed_by(session: Session, world: World, whose: str) -> dict[str, Any]:
    """A handover that they have proposed."""
    asked = next(name for name in ("other", "own") if name != whose)
    return {"handover_id": _handover(session, world, giver=asked, taker=whose)}


def _handover(session: Session, world: World, *, giver: str, taker: str) -> int:
    """The new unit proposed it."""
    by = next(iter(world.people.values())).contact_id
    handover = Handover(
        city_id="guangzhou",
        from_party_id=world.parties[giver],
        to_party_id=world.parties[taker],
        by_new=True,
        proposed_by=by,
        proposed_at=NOW,
        proposed_on=TODAY,
        key=f"sample:{giver}:{taker}",
    )
    session.add(handover)
    session.flush()
    session.add(HandoverLift(handover_id=handover.id, lift_id=world.lifts[giver][0]))
    session.flush()
    return handover.id


SAMPLES = {
    "report_fault": lambda *of: {**a_lift(*of), "what": "门关不上"},
    "report_entrapment": a_lift,
    "acknowledge_alert": an_alert,
    "set_out": an_alert,
    "arrive": an_alert,
    "free_people": an_alert,
    "finish_fault": an_alert,
    "withdraw_fault": an_alert,
    "withdraw_entrapment": an_alert,
    "alert_now": an_alert,
    "alert_of_notice": a_notice,
    "alert_photo": an_alert,
    "help_now": an_alert,
    "numbers_to_call": a_lift,
    "note_alert": lambda *of: an_alert(*of) | {"words": "里面有老人"},
    "help_to_come": a_lift,
    "open_alerts": lambda *of: {},
    "emergency_phone": lambda *of: {},
    "set_emergency_phone": lambda *of: {"phone": "020-38000000"},
    "signing_consent": lambda *of: {},
    "give_consent": lambda *of: {"version": consent_text().version, "language": "zh"},
    "withdraw_consent": lambda *of: {},
    "propose_giving": lambda *of: {**some_lifts(*of), "credit_code": CREDIT_CODE},
    "propose_taking": lambda *of: {"codes": ["31109900120172000"]},
    "my_handovers": lambda *of: {},
    "lifts_of_handover": put_to,
    "confirm_handover": put_to,
    "dispute_handover": lambda *of: {**put_to(*of), "why": "名单不对"},
    "withdraw_handover": proposed_by,
    "sent_to_us": lambda *of: {},
    "attempts_of": a_notice,
    "house_text": some_lifts,
    "stop_notice": lambda *of: {**some_lifts(*of), "why": "visit"},
    "reasons_to_stop": some_lifts,
    "due_by_kind": lambda *of: {},
    "due_of_kind": lambda *of: {"kind": "periodic_inspection"},
    "papers_that_end": lambda *of: {},
}
