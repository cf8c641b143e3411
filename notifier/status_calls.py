"""Status callbacks of a provider: each (message, status) counts once, whatever it says and however often it comes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from sqlmodel import Session

from notifier import aliyun_codes
from notifier.channels.base import NO_SUCH
from notifier.channels.twilio_account import NO_SUCH_NUMBER
from notifier.masking import mask_address
from notifier.receipts import Receipt, apply_receipt, find_delivery
from store.inbox import take_in
from store.notices import Delivery

SOURCE, ALIYUN = "twilio.status", "aliyun.status"
SMS, VOICE = "sms", "voice"

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
RECEIPTS_OF_MESSAGES = {
    "accepted": Receipt.SENT,
    "scheduled": Receipt.SENT,
    "queued": Receipt.SENT,
    "sending": Receipt.SENT,
    "sent": Receipt.SENT,
    "delivered": Receipt.DELIVERED,
    "read": Receipt.DELIVERED,
    "undelivered": Receipt.FAILED,
    "failed": Receipt.FAILED,
    "canceled": Receipt.FAILED,
}
# https://www.twilio.com/docs/voice/api/call-resource#call-status-values. A completed call was taken by somebody or by a
# mailbox; only a key says that it was heard.
RECEIPTS_OF_CALLS = {
    "queued": Receipt.SENT,
    "initiated": Receipt.SENT,
    "ringing": Receipt.SENT,
    "in-progress": Receipt.SENT,
    "completed": Receipt.SENT,
    "busy": Receipt.MISSED,
    "no-answer": Receipt.MISSED,
    "failed": Receipt.FAILED,
    "canceled": Receipt.FAILED,
}
RECEIPTS = {
    (SOURCE, SMS): RECEIPTS_OF_MESSAGES,
    (SOURCE, VOICE): RECEIPTS_OF_CALLS,
    (ALIYUN, SMS): aliyun_codes.RECEIPTS_OF_SMS,
    (ALIYUN, VOICE): aliyun_codes.RECEIPTS_OF_CALLS,
}
NOBODY_HAS = NO_SUCH_NUMBER | aliyun_codes.NO_SUCH_NUMBER
# How the id begins of a message that was found at a provider whose list does not show its own ids.
BY_OUR_NUMBER = "ours:"

log = structlog.get_logger(__name__)


class Taken(StrEnum):
    """What a callback did."""

    APPLIED = "applied"
    LATE = "late"  # it changes nothing any more
    REPEATED = "repeated"
    UNKNOWN = "unknown"  # no message of ours, or a status that we don't know


@dataclass(frozen=True)
class StatusCall:
    """What a provider says of a message or a call. `delivery_id` is ours, as the callback's address carries it."""

    message_id: str
    status: str
    to: str
    error: str = ""
    delivery_id: int | None = None
    channel: str = SMS
    source: str = SOURCE


def take_status(session: Session, call: StatusCall, *, now: datetime) -> Taken:
    """Write the callback into the inbox and apply it, in one transaction."""
    payload = {"delivery": call.delivery_id, "error": call.error}
    first = take_in(session, call.source, f"{call.message_id}:{call.status}", payload, received_at=now, handled_at=now)
    if not first:
        return Taken.REPEATED
    delivery = find_named(session, call.channel, call.message_id, call.to, call.delivery_id)
    receipt = RECEIPTS[call.source, call.channel].get(call.status)
    if delivery is None or receipt is None:
        log.warning("unknown message", source=call.source, to=mask_address(call.channel, call.to), status=call.status)
        return Taken.UNKNOWN
    error = f"{NO_SUCH}{call.error}" if call.error in NOBODY_HAS else call.error
    changed = apply_receipt(session, delivery, receipt, now=now, provider_id=call.message_id, error=error)
    return Taken.APPLIED if changed else Taken.LATE


def find_named(session: Session, channel: str, provider_id: str, to: str, delivery_id: int | None) -> Delivery | None:
    """By the provider's id, else by ours where that is not known yet: after a crash, or on a fast callback."""
    known = find_delivery(session, channel, provider_id)
    if known is not None or delivery_id is None:
        return known
    named = session.get(Delivery, delivery_id)
    if named is None or (named.channel, named.address) != (channel, to):
        return None
    return named if named.provider_id in (None, f"{BY_OUR_NUMBER}{named.id}") else None
