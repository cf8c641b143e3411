"""`/webhooks/twilio/voice`: the key that somebody pressed in a call of ours. The answer is what they hear next."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from actions.alerts.replied import hold_alert_about
from actions.told.replies import Answer, sentence_of
from notifier.index import language_of
from notifier.masking import mask_phone
from notifier.receipts import Receipt, apply_receipt
from notifier.replies import AGAIN, read_key, say
from notifier.spoken import ask_for_key, hang_up, key_address, take_leave
from notifier.status_calls import VOICE, find_named
from portal.pressed_keys import record_key
from portal.twilio import RefusedCall, TwilioDoor, named_delivery, refuse, short_field, signed_form
from store.database import Database

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
        hold_alert_about(session, delivery.notice_id)
        apply_receipt(session, delivery, Receipt.DELIVERED, now=now, provider_id=pressed.call_id)
        meaning, language = read_key(pressed.key), language_of(delivery.language)
        log.info("key", call=pressed.call_id, delivery_id=delivery.id, meaning=meaning)
        if meaning is None or meaning == AGAIN:
            first = "" if meaning else say("voice", language, "wrong_key")
            return ask_for_key(delivery.body, language, key_address(door.public_url, delivery.id), first=first)
        record_key(
            session,
            delivery,
            source=SOURCE,
            call_id=pressed.call_id,
            key=pressed.key,
            answer=Answer(meaning),
            now=now,
        )
        said = sentence_of(session, delivery.notice_id, Answer(meaning))
        return take_leave(say("voice", language, said), language)
