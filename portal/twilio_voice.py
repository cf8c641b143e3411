"""`/webhooks/twilio/voice`: the key that somebody pressed in a call of ours. The answer is what they hear next."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from actions.replies import Answer, Reply, take_reply
from notifier.index import language_of
from notifier.masking import mask_phone
from notifier.receipts import Receipt, apply_receipt
from notifier.replies import AGAIN, read_key, say
from notifier.spoken import ask_for_key, hang_up, key_address, take_leave
from notifier.status_calls import VOICE, find_named
from portal.twilio import RefusedCall, TwilioDoor, named_delivery, refuse, short_field, signed_form
from store.database import Database
from store.inbox import take_in
from store.notices import Delivery
from store.zone import SHANGHAI

SOURCE = "twilio.voice"
XML = "text/xml"

router = APIRouter(prefix="/webhooks/twilio")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PressedKey:
    """A key in a call, of which the address says the attempt."""

    call_id: str
    key: str
    to: str
    delivery_id: int | None


@router.post("/voice")
async def voice(request: Request) -> Response:
    """What a key does. 200 with a hang-up also for a call that is not ours."""
    try:
        form = await signed_form(request)
        pressed = PressedKey(
            short_field(form, "CallSid"), form.get("Digits", "")[:1], form.get("To", ""), named_delivery(request)
        )
    except RefusedCall as refusal:
        return refuse(request, refusal)
    door: TwilioDoor = request.app.state.twilio
    said = await run_in_threadpool(_take, request.app.state.database, door, pressed, request.app.state.now())
    return Response(said, media_type=XML)


def _take(database: Database, door: TwilioDoor, pressed: PressedKey, now: datetime) -> str:
    with database.write() as session:
        delivery = find_named(session, VOICE, pressed.call_id, pressed.to, pressed.delivery_id)
        if delivery is None:
            log.warning("unknown call", source=SOURCE, to=mask_phone(pressed.to))
            return hang_up()
        apply_receipt(session, delivery, Receipt.DELIVERED, now=now, provider_id=pressed.call_id)
        meaning, language = read_key(pressed.key), language_of(delivery.language)
        log.info("key", call=pressed.call_id, delivery_id=delivery.id, meaning=meaning)
        if meaning is None or meaning == AGAIN:
            first = "" if meaning else say("voice", language, "wrong_key")
            return ask_for_key(delivery.body, language, key_address(door.public_url, delivery.id), first=first)
        _record(session, delivery, pressed, Answer(meaning), now)
        return take_leave(say("voice", language, meaning), language)


def _record(session: Session, delivery: Delivery, pressed: PressedKey, answer: Answer, now: datetime) -> None:
    """Once for each key of a call; pressed again it only hears the same."""
    known = f"{pressed.call_id}:{pressed.key}"
    if not take_in(session, SOURCE, known, {"delivery": delivery.id}, received_at=now, handled_at=now):
        return
    today = now.astimezone(SHANGHAI).date()
    key = f"{SOURCE}:{known}"
    take_reply(session, Reply(delivery.notice_id, delivery.id, answer, "call", key), now=now, today=today)
