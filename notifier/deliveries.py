"""Deliveries: the record of every attempt, saved before the provider is called."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from notifier.channels.base import EarlierAttempt
from notifier.prepare import PreparedDelivery
from notifier.routing import Where
from notifier.settling import Outcome, Result
from store.database import table_of
from store.notices import Delivery, DeliveryStatus

ID_OF_ANOTHER = "the provider gave it the id of another message"
PERMANENT = "permanent: "  # what an error of a delivery begins with when its address must not be tried again

STATUS_OF = {
    Result.SENT: DeliveryStatus.SENT,
    Result.UNKNOWN: DeliveryStatus.UNKNOWN,
    Result.TEMPORARY: DeliveryStatus.FAILED,
    Result.PERMANENT: DeliveryStatus.FAILED,
}
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


@dataclass
class Tried:
    """What was tried for one notice: addresses that were told, and that failed for good."""

    told: set[Where] = field(default_factory=set)
    failed: set[Where] = field(default_factory=set)


def load_tried(session: Session, notice_ids: Sequence[int]) -> dict[int, Tried]:
    """Earlier attempts of these notices, by notice."""
    table = table_of(Delivery).c
    query = select(table.notice_id, table.channel, table.address, table.status, table.error).where(
        table.notice_id.in_(notice_ids)
    )
    tried: dict[int, Tried] = defaultdict(Tried)
    for row in session.execute(query):
        if row.status in ARRIVED:
            tried[row.notice_id].told.add((row.channel, row.address))
        elif row.error.startswith(PERMANENT):
            tried[row.notice_id].failed.add((row.channel, row.address))
    return tried


def load_open_attempts(session: Session, notice_ids: Sequence[int]) -> list[EarlierAttempt]:
    """The latest attempt to each address of these notices, where nobody knows whether it left."""
    table = table_of(Delivery).c
    columns = (table.id, table.notice_id, table.channel, table.address, table.body, table.attempted_at, table.status)
    query = select(*columns).where(table.notice_id.in_(notice_ids)).order_by(table.id)
    latest = {(row.notice_id, row.channel, row.address): row for row in session.execute(query)}
    return [
        EarlierAttempt(
            row.id,
            row.notice_id,
            row.channel,
            row.address,
            row.body,
            row.attempted_at,
            was_sending=row.status == DeliveryStatus.SENDING,
        )
        for row in latest.values()
        if row.status in OPEN
    ]


def save_attempts(
    session: Session, prepared: Sequence[PreparedDelivery], due: Mapping[int, datetime], now: datetime
) -> list[int]:
    """Record attempts as `sending`; the ids are in the order of `prepared`. Commit before calling a provider.

    `due` says since when each notice could have gone.
    """
    if not prepared:
        return []
    rows = [
        {
            "notice_id": one.notice_id,
            "contact_id": one.contact_id,
            "channel": one.channel,
            "address": one.address,
            "template": one.template,
            "template_version": one.template_version,
            "language": one.language,
            "body": one.body,
            "segments": one.segments,
            "status": DeliveryStatus.SENDING,
            "due_at": due.get(one.notice_id),
            "attempted_at": now,
        }
        for one in prepared
    ]
    table = table_of(Delivery)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.execute(statement, rows).scalars())


def heed_receipts(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same outcomes, but a message that a receipt has meanwhile called failed is no longer a sent one."""
    table = table_of(Delivery).c
    sent = [outcome.delivery_id for outcome in outcomes if outcome.result is Result.SENT]
    query = select(table.id, table.error).where(table.id.in_(sent), table.status == DeliveryStatus.FAILED)
    failed = {row.id: row.error.removeprefix(PERMANENT) for row in session.execute(query)}
    return [
        replace(outcome, result=Result.PERMANENT, error=failed[outcome.delivery_id])
        if outcome.delivery_id in failed
        else outcome
        for outcome in outcomes
    ]


def settle_attempts(session: Session, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Record how attempts went. One that a receipt has settled already stays as the receipt said."""
    table = table_of(Delivery)
    rows = [
        {
            "row_id": outcome.delivery_id,
            "new_status": STATUS_OF[outcome.result],
            "new_provider_id": outcome.provider_id,
            "new_error": (PERMANENT if outcome.result is Result.PERMANENT else "") + outcome.error,
            "new_sent_at": now if outcome.result is Result.SENT else None,
            "new_settled_at": now,
        }
        for outcome in outcomes
    ]
    if not rows:
        return
    still_open = or_(*(table.c.status == status for status in OPEN))
    names = ("status", "provider_id", "error", "sent_at", "settled_at")
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"), still_open)
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    try:
        with session.begin_nested():
            session.connection().execute(statement, rows)
    except IntegrityError:
        session.connection().execute(statement, _without_ids_of_others(session, rows))


def _without_ids_of_others(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, but without what a provider had given to another message: that must not stop the others' settling."""
    table = table_of(Delivery).c
    query = select(table.id, table.channel).where(table.id.in_([row["row_id"] for row in rows]))
    channels = {row.id: row.channel for row in session.execute(query)}
    named = [row["new_provider_id"] for row in rows if row["new_provider_id"] is not None]
    held = select(table.channel, table.provider_id, table.id).where(table.provider_id.in_(named))
    owners = {(row.channel, row.provider_id): row.id for row in session.execute(held)}
    kept = []
    for row in rows:
        name = (channels[row["row_id"]], row["new_provider_id"])
        is_ours = name[1] is None or owners.setdefault(name, row["row_id"]) == row["row_id"]
        kept.append(row if is_ours else {**row, "new_provider_id": None, "new_error": ID_OF_ANOTHER})
    return kept
