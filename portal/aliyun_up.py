"""`/webhooks/aliyun/<secret>/sms-up`: what people answer to an SMS. Each counts once; strangers get no answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog
from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from portal.aliyun import PATH, AliyunDoor, Item, RefusedPush, accept, full_number, pushed_items, refuse, short_text
from portal.sms_replies import InboundSms, WrittenBack, take_sms
from store.database import Database

SOURCE = "aliyun.sms"
KEPT = 500  # characters of a message

router = APIRouter(prefix=PATH)
log = structlog.get_logger(__name__)

Answers = list[tuple[str, WrittenBack]]


@router.post("/{secret}/sms-up")
async def sms_up(secret: str, request: Request, after: BackgroundTasks) -> Response:
    """SmsUp. Aliyun has no answer in the answer, so one is sent afterwards as an SMS of its own."""
    try:
        items = await pushed_items(request, secret)
    except RefusedPush as refusal:
        return refuse(request, refusal)
    answers = await run_in_threadpool(_take, request.app.state.database, items, request.app.state.now())
    door: AliyunDoor = request.app.state.aliyun
    for number, answer in answers:
        if door.write_back is not None and door.may_answer(number):
            after.add_task(door.write_back, number, answer)
    return accept()


def _take(database: Database, items: Sequence[Item], now: datetime) -> Answers:
    with database.write() as session:
        taken = [(one.number, take_sms(session, one, now=now)) for one in _inbound(items)]
    return [(number, answer) for number, answer in taken if answer is not None]


def _inbound(items: Sequence[Item]) -> Iterator[InboundSms]:
    for item in items:
        number, content = full_number(short_text(item, "phone_number")), item.get("content")
        message_id = short_text(item, "sequence_id")
        if not number or not message_id or not isinstance(content, str):
            log.warning("odd message", source=SOURCE)
            continue
        # half of a pair of surrogates and NUL are no text that a database keeps
        text = content.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        yield InboundSms(message_id, number, text[:KEPT], SOURCE)
