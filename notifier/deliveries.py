"""Deliveries: the record of every attempt, saved before the provider is called."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, UTCDateTime

from notifier.channels.base import NO_SUCH, EarlierAttempt
from notifier.outbox import GIVEN_UP
from notifier.routing import BY_PHONE, Where
from notifier.settling import Outcome, Result
from notifier.writer import PreparedDelivery
from store.database import bulk_insert, table_of
from store.ids import IdSource
from store.notices import Delivery, DeliveryStatus
from store.rowsets import among, as_stored, given

# After the n-th call that nobody answers the next one comes so much later; after the last the number counts as failed.
CALL_AGAIN_AFTER = (timedelta(minutes=30), timedelta(hours=2))
ID_OF_ANOTHER = "the provider gave it the id of another message"
NO_RECEIPT = "no receipt within "  # what the error of a delivery begins with that was taken, and then nothing was heard
NOT_ANSWERED = "not answered: "
PERMANENT = "permanent: "  # what an error of a delivery begins with when its address must not be tried again

STATUS_OF = {
    Result.SENT: DeliveryStatus.SENT,
    Result.HELD: DeliveryStatus.FAILED,
    Result.POSTPONED: DeliveryStatus.FAILED,
    Result.UNKNOWN: DeliveryStatus.UNKNOWN,
    Result.TEMPORARY: DeliveryStatus.FAILED,
    Result.PERMANENT: DeliveryStatus.FAILED,
}
COLUMNS = (
    *("id", "notice_id", "contact_id", "channel", "address", "template", "template_version", "language", "body"),
    *("segments", "status", "error", "due_at", "attempted_at"),
)
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN)
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


@dataclass
class Tried:
    """What was tried for one notice: addresses that were told, that failed for good, and that were given up.

    Of a number that nobody has no way is left; one of which no receipt came is `unheard`, and told as far as we know.
    `people` are the contacts who were told, by whatever way. `given_up` says for each address after how many tries.
    """

    told: set[Where] = field(default_factory=set)
    failed: set[Where] = field(default_factory=set)
    unheard: set[Where] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    given_up: dict[Where, str] = field(default_factory=dict)

    @property
    def closed(self) -> frozenset[Where]:
        """Where this notice does not go any more."""
        return frozenset(self.failed | self.unheard | self.given_up.keys())


def load_tried(session: Session, notice_ids: Sequence[int]) -> dict[int, Tried]:
    """Earlier attempts of these notices, by notice."""
    tried: dict[int, Tried] = defaultdict(Tried)
    if not notice_ids:
        return tried
    table = table_of(Delivery).c
    columns = (table.notice_id, table.channel, table.address, table.status, table.error, table.contact_id)
    for row in session.execute(select(*columns).where(among(session, table.notice_id, notice_ids))):
        note_attempt(tried[row.notice_id], row.channel, row.address, row.status, row.error, row.contact_id)
    return tried


def note_attempt(tried: Tried, channel: str, address: str, status: str, error: str, contact_id: int | None) -> None:
    """What one earlier attempt means for the next one."""
    if status in ARRIVED:
        tried.told.add((channel, address))
        if error.startswith(NO_RECEIPT):
            tried.unheard.add((channel, address))
        elif contact_id is not None:
            tried.people.add(contact_id)
    elif error.startswith(GIVEN_UP):
        tried.given_up[(channel, address)] = error
    elif error.startswith(PERMANENT + NO_SUCH):
        tried.failed.update((way, address) for way in {channel, *BY_PHONE})
    elif error.startswith(PERMANENT):
        tried.failed.add((channel, address))


def load_open_attempts(session: Session, notice_ids: Sequence[int]) -> list[EarlierAttempt]:
    """The latest attempt to each address of these notices, where nobody knows whether it left."""
    table = table_of(Delivery).c
    columns = (table.id, table.notice_id, table.channel, table.address, table.body, table.attempted_at, table.status)
    query = select(*columns).where(among(session, table.notice_id, notice_ids)).order_by(table.id)
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
    session: Session, prepared: Sequence[PreparedDelivery], due: Mapping[int, datetime | None], now: datetime
) -> list[int]:
    """Record attempts as `sending`; the ids are in the order of `prepared`. Commit before calling a provider.

    `due` says since when each notice could have gone.
    """
    if not prepared:
        return []
    began = as_stored(session, now)
    moments = {moment: as_stored(session, moment) for moment in {*due.values()}}
    ids = IdSource(session.connection(), Delivery).take(len(prepared))
    rows = [
        (
            delivery_id,
            one.notice_id,
            one.contact_id,
            one.channel,
            one.address,
            one.template,
            one.template_version,
            one.language,
            one.body,
            one.segments,
            DeliveryStatus.SENDING.value,
            "",
            moments[due[one.notice_id]],
            began,
        )
        for delivery_id, one in zip(ids, prepared, strict=True)
    ]
    bulk_insert(session.connection(), Delivery, COLUMNS, rows)
    return list(ids)


def heed_receipts(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same outcomes, but a message that a receipt has called failed meanwhile is no longer a sent one."""
    table = table_of(Delivery).c
    sent = [outcome.delivery_id for outcome in outcomes if outcome.result is Result.SENT]
    query = select(table.id, table.error).where(among(session, table.id, sent), table.status == DeliveryStatus.FAILED)
    failed = {row.id: row.error for row in session.execute(query)}
    return [
        _failed(outcome, failed[outcome.delivery_id]) if outcome.delivery_id in failed else outcome
        for outcome in outcomes
    ]


def _failed(outcome: Outcome, error: str) -> Outcome:
    if error.startswith(NOT_ANSWERED):
        later = CALL_AGAIN_AFTER[0].total_seconds()
        return replace(outcome, result=Result.TEMPORARY, error=error, retry_after=later)
    result = Result.PERMANENT if error.startswith(PERMANENT) else Result.TEMPORARY
    return replace(outcome, result=result, error=error.removeprefix(PERMANENT))


def settle_attempts(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Record how attempts went. One that a receipt has settled already stays as the receipt said."""
    if not outcomes:
        return
    try:
        with session.begin_nested():
            write_outcomes(session, outcomes, now)
    except IntegrityError:
        write_outcomes(session, _without_ids_of_others(session, outcomes), now)


def give_up(session: Session, notice_id: int, places: Collection[Where], why: str) -> None:
    """Try these addresses no more for this notice: after too many tries the next way comes, or a task."""
    table = table_of(Delivery)
    tried = session.execute(
        select(table.c.id, table.c.channel, table.c.address).where(
            table.c.notice_id == notice_id, table.c.status.in_((DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN))
        )
    )
    ids = [row.id for row in tried if (row.channel, row.address) in places]
    session.execute(update(table).where(table.c.id.in_(ids)).values(error=why))


def give_up_attempt(session: Session, delivery_id: int, why: str) -> None:
    """The same for the address of one attempt."""
    table = table_of(Delivery)
    session.execute(update(table).where(table.c.id == delivery_id).values(error=why))


def write_outcomes(session: Session, outcomes: Sequence[Outcome], now: datetime) -> bool:
    """The same where no provider gave an id twice; else IntegrityError. Whether each attempt was still open."""
    columns = given(session, id="BIGINT", status="TEXT", provider_id="TEXT", error="TEXT")
    statement = text(
        f"""UPDATE delivery SET status = given.status, provider_id = given.provider_id, error = given.error,
            sent_at = CASE WHEN given.status = 'sent' THEN :now END, settled_at = :now
        FROM {columns} WHERE delivery.id = given.id AND delivery.status IN ('sending', 'unknown')"""
    ).bindparams(bindparam("now", type_=UTCDateTime()))
    rows = json.dumps([_row(outcome) for outcome in outcomes])
    return session.connection().execute(statement, {"rows": rows, "now": now}).rowcount == len(outcomes)


def _row(outcome: Outcome) -> dict[str, Any]:
    error = (PERMANENT if outcome.result is Result.PERMANENT else "") + outcome.error
    status = STATUS_OF[outcome.result].value
    return {"id": outcome.delivery_id, "status": status, "provider_id": outcome.provider_id, "error": error}


def _without_ids_of_others(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same, but without what a provider had given to another message: that must not stop the others' settling."""
    table = table_of(Delivery).c
    query = select(table.id, table.channel).where(among(session, table.id, [one.delivery_id for one in outcomes]))
    channels = {row.id: row.channel for row in session.execute(query)}
    named = [one.provider_id for one in outcomes if one.provider_id is not None]
    held = select(table.channel, table.provider_id, table.id).where(table.provider_id.in_(named))
    owners = {(row.channel, row.provider_id): row.id for row in session.execute(held)}
    return [
        one
        if one.provider_id is None
        or owners.setdefault((channels[one.delivery_id], one.provider_id), one.delivery_id) == one.delivery_id
        else replace(one, provider_id=None, error=ID_OF_ANOTHER)
        for one in outcomes
    ]
