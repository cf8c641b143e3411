"""Why a message came: its clause with the document's words, the dates of the ladder, the lifts, how it was sent."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from notifier.places import PlaceParts, name_place
from schedules.regimes import rulebook_of, rules_in_force
from schedules.rulebook import Rule
from store.database import table_of
from store.duties import Duty, StepDate, Told
from store.lifts import Lift
from store.notices import Delivery, Notice
from store.parties import Contact
from tixing.demo.threads import SAID, SHANGHAI, local_day, named, plain_step

PHONE_CHANNELS = ("sms", "call_task", "voice")


def explain_notice(session: Session, notice_id: int, today: date) -> dict[str, Any] | None:
    """Everything that the panel beside a message says; None if there is no such notice."""
    notice = session.get(Notice, notice_id)
    if notice is None:
        return None
    rule = next(rule for rule in rules_in_force(session, notice.city_id, today) if rule.id == notice.rule)
    step = plain_step(notice.step)
    deliveries = _deliveries(session, notice_id)
    lifts = _lifts(session, notice_id)
    title = rulebook_of(session, notice.city_id, today).title
    return {
        "notice_id": notice_id,
        "step": step,
        "late": notice.late,
        "body": deliveries[0]["body"] if deliveries else "",
        "clause": {**_clause(rule, step), "title": title},
        "ladders": [_ladder(session, rule, due, step) for due in sorted({lift["due"] for lift in lifts})],
        "deliveries": [{name: value for name, value in sent.items() if name != "body"} for sent in deliveries],
        "lifts": lifts,
    }


def _clause(rule: Rule, step: str) -> dict[str, str]:
    """The rung's own clause; an announcement outside the ladder rests on the rule's."""
    found = next((rung for rung in rule.steps if rung.step == step), None)
    source = found or rule
    return {"clause": source.clause, "quote": source.quote}


def _ladder(session: Session, rule: Rule, due: str, step: str) -> dict[str, Any]:
    """The rungs for one due date that the document knows, and the one that this message is."""
    shown = {rung.step for rung in rule.steps if rung.in_dates} | {step}
    dates = table_of(StepDate).c
    query = select(table_of(StepDate)).where(
        dates.rule == rule.id, dates.due == date.fromisoformat(due), dates.step.in_(shown)
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
        select(sent.channel, sent.body, sent.status, sent.attempted_at, contact.name, contact.role, contact.phone)
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
            "on": local_day(row.attempted_at).isoformat(),
            "at": f"{row.attempted_at.astimezone(SHANGHAI):%H:%M}",
            "body": row.body,
        }
        for row in session.execute(query)
    ]


def _lifts(session: Session, notice_id: int) -> list[dict[str, Any]]:
    told, duty, lift = table_of(Told).c, table_of(Duty).c, table_of(Lift).c
    place = (
        lift.compound,
        lift.building,
        lift.internal_number,
        lift.address,
        lift.certificate,
        lift.key,
        lift.district,
    )
    query = (
        select(told.due, duty.booked_on, duty.closed_on, *place)
        .join(table_of(Duty), duty.id == told.duty_id)
        .join(table_of(Lift), lift.id == duty.lift_id)
        .where(told.notice_id == notice_id, told.state.in_(SAID))
        .order_by(told.due, lift.id)
    )
    return [
        {
            "place": name_place(PlaceParts(*row[3:])),
            "certificate": row.certificate,
            "due": row.due.isoformat(),
            "booked_on": row.booked_on.isoformat() if row.booked_on else None,
            "closed": row.closed_on is not None,
        }
        for row in session.execute(query)
    ]
