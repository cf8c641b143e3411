"""Addresses that nobody has, as a provider says: of a number a task to put the register right; a chat is left alone.

An endpoint of another platform that took nothing for days is stopped, with a task.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from notifier.address_book import load_departments
from notifier.channels.base import NO_SUCH
from notifier.routing import BY_PHONE
from notifier.settling import Outcome, Result
from notifier.tasks import open_task
from store.database import table_of
from store.doubted import key_of_failing
from store.interface import WebhookEndpoint
from store.notices import Delivery, Notice
from store.parties import Chat, Contact, Party
from store.tasks import TaskKind
from store.zone import SHANGHAI


def note_dead(session: Session, outcomes: Iterable[Outcome], today: date) -> None:
    """Of these attempts, look after those whose address nobody has."""
    for outcome in outcomes:
        if outcome.result is Result.PERMANENT and outcome.error.startswith(NO_SUCH):
            note_dead_delivery(session, session.get_one(Delivery, outcome.delivery_id), outcome.error, today)


def note_dead_delivery(session: Session, delivery: Delivery, error: str, today: date) -> None:
    """Open the task about the number, once however often it fails; write no more to the chat until it is bound anew."""
    if delivery.channel not in BY_PHONE:
        chat = table_of(Chat)
        bound = (chat.c.channel == delivery.channel, chat.c.address == delivery.address)
        session.execute(update(chat).where(*bound).values(active=False))
        return
    notice = session.get_one(Notice, delivery.notice_id)
    contact = session.get(Contact, delivery.contact_id) if delivery.contact_id else None
    open_task(
        session,
        TaskKind.BAD_PHONE,
        key_of_failing(delivery.address),
        city_id=notice.city_id,
        today=today,
        owner_party_id=load_departments(session).of(notice.city_id, notice.district_code).party_id,
        party_id=notice.party_id,
        notice_id=notice.id,
        detail={
            "unit": session.get_one(Party, notice.party_id).name,
            "who": contact.name if contact else "",
            "number": delivery.address,
            "said_by": delivery.channel,
            "error": error,
        },
    )


def note_failing(session: Session, notice_id: int, today: date) -> None:
    """Of a notice that could not arrive anywhere: the task about the number that was tried last, whatever failed."""
    query = select(Delivery).where(Delivery.notice_id == notice_id).order_by(col(Delivery.id).desc())
    delivery = session.exec(query.limit(1)).first()
    if delivery is not None:
        note_dead_delivery(session, delivery, delivery.error, today)


def note_dead_endpoint(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Send there no more: what waits stays, and goes out when the endpoint is set anew."""
    if endpoint.stopped_at is not None:
        return
    endpoint.stopped_at = now
    session.add(endpoint)
    source = session.get_one(Party, endpoint.source_id)
    open_task(
        session,
        TaskKind.WEBHOOK_STOPPED,
        f"webhook:{endpoint.id}",
        city_id=source.city_id,
        today=now.astimezone(SHANGHAI).date(),
        party_id=source.id,
        detail={"platform": source.name},
    )
