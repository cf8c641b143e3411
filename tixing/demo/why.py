"""Why a message came, for the panel beside it: what `lifts.explain` says, with names, every ladder, and bookings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from actions.lifts.explain import NotFoundError, explain_notice, find_rule
from store.database import table_of
from store.duties import Duty, StepDate, Told
from store.lifts import Lift
from store.notices import VISIT, ChatMessage, Delivery
from store.parties import Contact
from store.zone import SHANGHAI
from tixing.demo.threads import SAID, named, plain_step
from tixing.demo.translation import translate_why
from tixing.times import business_day

PHONE_CHANNELS = ("sms", "call_task", "voice")


def explain(session: Session, notice_id: int, language: str = "zh") -> dict[str, Any] | None:
    """Everything that the panel says, None if there is no such notice.

    duty, step, late, body · clause: {clause, quote, title}
    ladders: [{due, rungs: [{step, opens, on, practical, provisional}]}] for each due date it speaks of
    deliveries: [{to, role, channel, status, on, at}] · lifts: [{place, certificate, due, booked_on, closed}]
    A notice about a visit has no ladder, and its lifts no due date.
    """
    try:
        found = explain_notice(session, notice_id)
    except NotFoundError:
        return None
    step = plain_step(found["step"])
    why = {
        "notice_id": notice_id,
        "duty": found["duty"],
        "step": step,
        "late": found["late"],
        "body": _body(session, notice_id),
        "clause": {"clause": found["clause"], "quote": found["quote"], "title": found["document"].strip("《》")},
        "deliveries": _deliveries(session, notice_id),
        "lifts": _lifts(session, notice_id, {lift["lift"]: lift["place"] for lift in found["lifts"]})
        or _on_visit(found),
    }
    dues = sorted({lift["due"] for lift in why["lifts"] if lift["due"]})
    why["ladders"] = [_ladder(session, found["rule"], due, step) for due in dues]
    if language != "zh" and why["deliveries"]:
        first = why["deliveries"][0]
        translate_why(session, why, first["channel"], date.fromisoformat(first["on"]), language)
    return why


def _body(session: Session, notice_id: int) -> str:
    """What was said, with its signature where it was an SMS."""
    line, sent = table_of(ChatMessage).c, table_of(Delivery).c
    shown = select(line.text).where(line.notice_id == notice_id).order_by(line.id)
    spoken = select(sent.body).where(sent.notice_id == notice_id).order_by(sent.id)
    return session.execute(shown).scalars().first() or session.execute(spoken).scalars().first() or ""


def _ladder(session: Session, rule_id: str, due: str, step: str) -> dict[str, Any]:
    """The rungs for one due date that the document knows, and the one that this message is."""
    _, rule = find_rule(rule_id)
    shown = {rung.step for rung in rule.steps if rung.in_dates} | {step}
    dates = table_of(StepDate).c
    query = select(table_of(StepDate)).where(
        dates.rule == rule_id, dates.due == date.fromisoformat(due), dates.step.in_(shown)
    )
    return {
        "due": due,
        "rungs": [
            {
                "step": row.step,
                "opens": row.opens_on.isoformat(),
                "on": row.latest_on.isoformat(),
                "practical": row.practical_on.isoformat(),
                "provisional": bool(row.provisional),
            }
            for row in session.execute(query.order_by(dates.seq))
        ],
    }


def _deliveries(session: Session, notice_id: int) -> list[dict[str, Any]]:
    sent, contact = table_of(Delivery).c, table_of(Contact).c
    query = (
        select(sent.channel, sent.status, sent.attempted_at, contact.name, contact.role, contact.phone)
        .outerjoin(table_of(Contact), contact.id == sent.contact_id)
        .where(sent.notice_id == notice_id)
        .order_by(sent.id)
    )
    return [
        {
            "to": named(row.name, row.phone if row.channel in PHONE_CHANNELS else None),
            "role": row.role,
            "channel": row.channel,
            "status": row.status,
            "on": business_day(row.attempted_at).isoformat(),
            "at": _clock_time(row.attempted_at),
        }
        for row in session.execute(query)
    ]


def _lifts(session: Session, notice_id: int, places: dict[str, str]) -> list[dict[str, Any]]:
    told, duty, lift = table_of(Told).c, table_of(Duty).c, table_of(Lift).c
    query = (
        select(told.due, duty.booked_on, duty.closed_on, lift.key, lift.certificate)
        .join(table_of(Duty), duty.id == told.duty_id)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(told.notice_id == notice_id, told.state.in_(SAID))
        .order_by(told.due, lift.id)
    )
    return [
        {
            "place": places[row.key],
            "certificate": row.certificate,
            "due": row.due.isoformat(),
            "booked_on": row.booked_on.isoformat() if row.booked_on else None,
            "closed": row.closed_on is not None,
        }
        for row in session.execute(query)
    ]


def _on_visit(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The lifts of a notice about a visit, which speaks of a day and of no rung."""
    day = found["facts"].get(VISIT, {}).get("day")
    about = {"certificate": "", "due": None, "booked_on": day, "closed": False}
    return [{"place": lift["place"], **about} for lift in found["lifts"]]


def _clock_time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
