"""`/webhooks/aliyun/<secret>/sms-report` and `…/voice-report`: how messages and calls fared, and pressed keys."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel import Session

from actions.alerts.replied import hold_alert_about
from actions.told.replies import Answer
from notifier.aliyun_codes import ARRIVED, LOST
from notifier.receipts import Receipt, apply_receipt
from notifier.replies import AGAIN, read_key
from notifier.status_calls import ALIYUN, SMS, VOICE, StatusCall, find_named, take_status
from portal.aliyun import PATH, Item, RefusedPush, accept, full_number, our_number, pushed_items, refuse, short_text
from portal.pressed_keys import record_key
from store.database import Database
from store.notices import Delivery

KEYS = "aliyun.voice"
LOOKS_ARRIVED = (True, "true")
PRESSED = "300000"  # the state of a call in which its key is told at once; all others are told at its end

router = APIRouter(prefix=PATH)
log = structlog.get_logger(__name__)

Take = Callable[[Session, Item, datetime], None]


@router.post("/{secret}/sms-report")
async def sms_report(secret: str, request: Request) -> Response:
    """SmsReport: whether messages arrived."""
    return await _take_all(secret, request, _take_sms)


@router.post("/{secret}/voice-report")
async def voice_report(secret: str, request: Request) -> Response:
    """VoiceReport, at the end of a call, and VoiceCallReport, while it goes on."""
    return await _take_all(secret, request, _take_call)


async def _take_all(secret: str, request: Request, take: Take) -> Response:
    try:
        items = await pushed_items(request, secret)
    except RefusedPush as refusal:
        return refuse(request, refusal)
    await run_in_threadpool(_write, request.app.state.database, items, take, request.app.state.now())
    return accept()


def _write(database: Database, items: Sequence[Item], take: Take, now: datetime) -> None:
    with database.write() as session:
        for item in items:
            take(session, item, now)


def _take_sms(session: Session, item: Item, now: datetime) -> None:
    message_id, number = short_text(item, "biz_id"), full_number(short_text(item, "phone_number"))
    if not message_id or not number:
        log.warning("odd report", source=ALIYUN)
        return
    status = ARRIVED if item.get("success") in LOOKS_ARRIVED else LOST
    error = short_text(item, "err_code") if status == LOST else ""
    call = StatusCall(message_id, status, number, error, our_number(item), SMS, ALIYUN)
    taken = take_status(session, call, now=now)
    log.info("status", message=message_id, status=status, taken=taken.value)


def _take_call(session: Session, item: Item, now: datetime) -> None:
    call_id, code = short_text(item, "call_id"), short_text(item, "status_code")
    if not call_id or not code:
        log.warning("odd report", source=ALIYUN)
        return
    delivery = _called(session, item, call_id)
    keys = short_text(item, "dtmf")
    if delivery is not None and keys:
        _take_keys(session, delivery, call_id, keys, now)
    if code == PRESSED:
        return
    number = full_number(short_text(item, "callee")) or (delivery.address if delivery is not None else "")
    call = StatusCall(call_id, code, number, code, our_number(item), VOICE, ALIYUN)
    taken = take_status(session, call, now=now)
    log.info("status", message=call_id, status=code, taken=taken.value)


def _called(session: Session, item: Item, call_id: str) -> Delivery | None:
    """The attempt that was this call. A state on its way names no number, so our own one must do there."""
    number, ours = full_number(short_text(item, "callee")), our_number(item)
    if not number and ours is not None:
        named = session.get(Delivery, ours)
        number = named.address if named is not None else ""
    return find_named(session, VOICE, call_id, number, ours)


def _take_keys(session: Session, delivery: Delivery, call_id: str, keys: str, now: datetime) -> None:
    """A pressed key says that somebody heard it; the last one that is offered is the answer."""
    hold_alert_about(session, delivery.notice_id)
    apply_receipt(session, delivery, Receipt.DELIVERED, now=now, provider_id=call_id)
    meanings = [(key, meaning) for key in keys if (meaning := read_key(key)) is not None and meaning != AGAIN]
    log.info("key", call=call_id, delivery_id=delivery.id, meaning=meanings[-1][1] if meanings else None)
    if meanings:
        key, meaning = meanings[-1]
        record_key(session, delivery, source=KEYS, call_id=call_id, key=key, answer=Answer(meaning), now=now)
