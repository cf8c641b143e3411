"""What people who know of an alert hear beside the rungs: whoever reported it each step, everybody that it was none."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from actions.alerts.call_off import MISTAKE, STEP, call_off
from actions.alerts.heard import LEFT, TO_A_CLERK
from actions.alerts.matter import says_the_same, still_said
from actions.alerts.tell import about_alert, facts_of, keep, notice_of, told_of
from store.alerts import Alert, AlertKind, AlertState, AlertTold
from store.notices import Delivery, DeliveryStatus, Notice
from store.parties import Chat, Contact
from store.tasks import Task, TaskStatus

TO_ONE = "unit_contact"  # an audience: of one person it is that one, whatever they are there
MAY_HAVE_LEFT = (*LEFT, DeliveryStatus.SENDING)
Known = tuple[int | None, str, int, str]  # contact, number where it is nobody's in particular, party, audience


def after_step(session: Session, alert: Alert, *, by: int | None, now: datetime, today: date) -> None:
    """Somebody has taken a step: what waits and is no longer so is called off, and those concerned hear of it."""
    call_off(session, alert, now=now, today=today)
    if alert.state == AlertState.WITHDRAWN and still_said(session, alert):
        return  # somebody else said so of the same lift, and that stands: nobody is told that there is nothing
    if alert.state == AlertState.WITHDRAWN:
        _tell_of_mistake(session, alert, by, now, today)
    else:
        _tell_reporter(session, alert, by, now, today)


def _tell_reporter(session: Session, alert: Alert, by: int | None, now: datetime, today: date) -> None:
    """In their chat; without one by SMS, where somebody is shut in. Who took the step knows it."""
    name = f"{STEP}:{alert.state}"
    contact = session.get(Contact, alert.reported_by) if alert.reported_by is not None else None
    if contact is None or contact.id == by or contact.to_on is not None or name in told_of(session, alert.id):
        return
    has_chat = select(Chat.id).where(Chat.contact_id == contact.id, col(Chat.active))
    if session.exec(has_chat).first() is None and not (alert.kind == AlertKind.ENTRAPMENT and contact.phone):
        return
    template = f"alert.{alert.kind}.step"
    _write(session, alert, name, "chat", template, (contact.id, "", contact.party_id, TO_ONE), now, today)


def _tell_of_mistake(session: Session, alert: Alert, by: int | None, now: datetime, today: date) -> None:
    """Each number and person to whom anything may have left, once; and whoever reported it, if another says so."""
    template, seen = f"alert.{alert.kind}.mistake", set(_places(session, by))
    channel = "sms" if alert.kind == AlertKind.ENTRAPMENT else "chat"  # as it was told, at night too
    for known in (*_known_to(session, alert), *_reporter(session, alert)):
        contact_id, number, _, _ = known
        places = {number} if number else set(_places(session, contact_id))
        if places & seen:
            continue
        seen |= places
        _write(session, alert, f"{MISTAKE}:{contact_id or number}", channel, template, known, now, today)


def _known_to(session: Session, alert: Alert) -> Iterator[Known]:
    """To whom something left. A call that a clerk was to make told nobody unless it was made."""
    query = (
        select(Delivery, Notice)
        .join(Notice, col(Notice.id) == Delivery.notice_id)
        .join(AlertTold, col(AlertTold.notice_id) == Notice.id)
        .where(col(AlertTold.alert_id).in_([alert.id, *_silent_before(session, alert)]))
        .where(col(Delivery.status).in_(MAY_HAVE_LEFT))
        .order_by(col(Delivery.id))
    )
    for delivery, notice in session.exec(query).all():
        if delivery.channel == TO_A_CLERK and not _was_made(session, delivery):
            continue
        number = "" if delivery.contact_id is not None else delivery.address
        yield delivery.contact_id, number, notice.party_id, notice.audience


def _silent_before(session: Session, alert: Alert) -> list[int]:
    """Reports of the same that were withdrawn while this one was open: nobody was told so then."""
    same = select(Alert).where(Alert.lift_id == alert.lift_id, Alert.kind == alert.kind, Alert.id != alert.id)
    before = same.where(Alert.state == AlertState.WITHDRAWN, col(Alert.ended_at) >= alert.reported_at)
    return [other.id for other in session.exec(before) if says_the_same(alert, other)]


def _was_made(session: Session, delivery: Delivery) -> bool:
    # an attempt that only said it once more names the call that was open, then its notice
    number = (delivery.provider_id or "").partition(":")[0]
    task = session.get(Task, int(number)) if number else None
    return task is not None and task.status == TaskStatus.DONE


def _reporter(session: Session, alert: Alert) -> Iterator[Known]:
    contact = session.get(Contact, alert.reported_by) if alert.reported_by is not None else None
    if contact is not None and contact.to_on is None:
        yield contact.id, "", contact.party_id, TO_ONE


def _places(session: Session, contact_id: int | None) -> Iterator[str]:
    """By what we know that two contacts are one person: the number, else nothing but themselves."""
    contact = session.get(Contact, contact_id) if contact_id is not None else None
    if contact is not None:
        yield contact.phone or f"contact {contact.id}"


def _write(
    session: Session, alert: Alert, name: str, channel: str, template: str, to: Known, now: datetime, today: date
) -> None:
    contact_id, number, party_id, audience = to
    only: dict[str, Any] = {"number": number, "only": True} if number else {"contact": contact_id}
    about = about_alert(session, alert, []) | {"state": alert.state, "waited": 0} | only
    notice = notice_of(
        session,
        alert,
        today,
        party_id=party_id,
        step=name,
        audience=audience if number else TO_ONE,
        channel_class=channel,
        template=template,
        facts=facts_of(alert, about),
    )
    keep(session, alert, name, notice, now)
    session.flush()
