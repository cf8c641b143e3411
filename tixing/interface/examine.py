"""Examines what a platform has done in the sandbox with its key, and tries its webhook."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlmodel import Session, col, select

from actions.interface.counts import Happened, counts_of
from actions.interface.endpoints import current_endpoint
from notifier.webhook_post import Taken
from store.chain import read_content
from store.interface import ApiKey, MessageState, WebhookEndpoint, WebhookMessage
from store.records import MaintenanceRecord, RecordEntry, RecordPhoto, VisitKind
from tixing.interface.acceptance import RULES, Outcome

SHORT = 30  # characters of a list that is shown


@dataclass(frozen=True)
class Trials:
    """What came of a trial of the webhook that we had signed, and of one that somebody else might have sent."""

    signed: Taken
    unsigned: Taken


def find_endpoint(session: Session, key: ApiKey) -> WebhookEndpoint | None:
    """Where the platform of this key is told."""
    return current_endpoint(session, key.party_id, key.source_id)


def examine(session: Session, key: ApiKey, trials: Trials | None) -> list[Outcome]:
    """What was seen of each rule; `trials`: of its webhook, where it has one."""
    theirs = select(ApiKey.id).where(ApiKey.party_id == key.party_id, ApiKey.platform_id == key.platform_id)
    counted = counts_of(session, list(session.exec(theirs)))
    query = select(MaintenanceRecord).where(
        MaintenanceRecord.source_id == key.source_id, MaintenanceRecord.maintainer_id == key.party_id
    )
    records = list(session.exec(query))
    found = [*_of_records(session, records), *_of_requests(counted), *_of_webhook(session, key, counted, trials)]
    return [Outcome(RULES[code], passed, seen) for code, passed, seen in found]


def _of_records(session: Session, records: list[MaintenanceRecord]) -> Iterator[tuple[str, bool, str]]:
    kinds = {record.kind for record in records}
    missing = [kind.value for kind in VisitKind if kind.value not in kinds]
    yield "kinds", not missing, f"{len(records)} records; missing: {', '.join(missing) or 'none'}"
    said = _said(session, records)
    bare = [name for name, one in said.items() if "began_at" not in one or "place" not in one]
    yield "complete", bool(said) and not bare, f"without beginning or place: {_some(bare)}"
    odd = [name for name, one in said.items() if not _holds(one)]
    alike = len({(one["completed_at"], one["lift"]["key"]) for one in said.values()}) < len(said)
    yield "true_times", bool(said) and not odd and not alike, f"out of order: {_some(odd)}; alike: {alike}"
    late = [record for record in records if record.late_upload]
    yield "same_day", len(records) > len(late), f"{len(records) - len(late)} on their day, {len(late)} later"
    yield "late", bool(late), f"{len(late)} flagged"
    entries = [record.entry_id for record in records]
    photos = session.exec(select(RecordPhoto).where(col(RecordPhoto.entry_id).in_(entries))).all()
    yield "photo", bool(photos), f"{len(photos)} photos"


def _of_requests(counted: dict[str, int]) -> Iterator[tuple[str, bool, str]]:
    for code, what in (
        ("repeat", Happened.REPEATED),
        ("batch", Happened.MIXED_BATCH),
        ("another_lift", Happened.REFUSED_LIFT),
        ("delay", Happened.DELAY),
        ("read_back", Happened.READ),
    ):
        times = counted.get(what.value, 0)
        yield code, times > 0, f"{times} times"


def _of_webhook(
    session: Session, key: ApiKey, counted: dict[str, int], trials: Trials | None
) -> Iterator[tuple[str, bool, str]]:
    endpoint = find_endpoint(session, key)
    if endpoint is None or trials is None:
        yield from ((code, False, "no webhook is set") for code in ("webhook", "objection", "unsigned"))
        return
    signed, unsigned = trials.signed, trials.unsigned
    yield "webhook", signed.is_taken, f"a signed trial: {signed.status or signed.detail}"
    told = select(WebhookMessage).where(
        WebhookMessage.endpoint_id == endpoint.id,
        WebhookMessage.what == "record.objected",
        WebhookMessage.state == MessageState.DELIVERED,
    )
    times, read = len(session.exec(told).all()), counted.get(Happened.READ.value, 0)
    yield "objection", times > 0 and read > 0, f"{times} objections were taken, records looked up {read} times"
    is_refused = unsigned.status is not None and 400 <= unsigned.status < 500
    yield "unsigned", is_refused, f"a trial with a wrong signature: {unsigned.status or unsigned.detail}"


def _said(session: Session, records: list[MaintenanceRecord]) -> dict[str, dict[str, Any]]:
    """What the records say, by the platform's name for each."""
    bodies = select(RecordEntry.id, RecordEntry.body).where(
        col(RecordEntry.id).in_([record.entry_id for record in records])
    )
    by_entry = dict(session.exec(bodies).all())
    return {
        str(record.external_id): read_content(bytes(body))
        for record in records
        if (body := by_entry[record.entry_id]) is not None
    }


def _holds(said: dict[str, Any]) -> bool:
    """Begun, completed, then signed."""
    times = [datetime.fromisoformat(said[name]) for name in ("began_at", "completed_at") if name in said]
    signed = [datetime.fromisoformat(one) for one in said["signed_at"]]
    return all(before < after for before, after in pairwise(times)) and min(signed) >= times[-1]


def _some(names: list[str]) -> str:
    return ", ".join(names)[:SHORT] or "none"
