"""`/webhooks/twilio/sms`: what people answer to an SMS. Each message counts once; strangers get no answer."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from actions.opt_outs import has_stopped, resume_channel, stop_channel
from actions.replies import Answer, Correspondent, Reply, find_correspondent, take_reply
from notifier.direct import own_signature
from notifier.index import language_of
from notifier.masking import mask_phone
from notifier.prepare import filed_signatures
from notifier.replies import START, STOP, read_words, say
from notifier.spoken import write_back
from portal.twilio import RefusedCall, TwilioDoor, refuse, short_field, signed_form
from store.database import Database
from store.inbox import take_in
from store.zone import SHANGHAI

SOURCE, HELPED = "twilio.sms", "twilio.sms.help"
SMS, HELP = "sms", "help"
KEPT = 500  # characters of a message
XML = "text/xml"

router = APIRouter(prefix="/webhooks/twilio")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class InboundSms:
    """A message from a number."""

    message_id: str
    number: str
    text: str


@router.post("/sms")
async def sms(request: Request) -> Response:
    """What a reply does. 200 also for strangers and for what came before; then there is no answer to it."""
    try:
        form = await signed_form(request)
        text = form.get("Body", "").replace("\0", "")[:KEPT]
        inbound = InboundSms(short_field(form, "MessageSid"), short_field(form, "From"), text)
    except RefusedCall as refusal:
        return refuse(request, refusal)
    said = await run_in_threadpool(_take, request.app.state.database, inbound, request.app.state.now())
    door: TwilioDoor = request.app.state.twilio
    return Response(write_back(said if door.may_answer(inbound.number) else ""), media_type=XML)


def _take(database: Database, inbound: InboundSms, now: datetime) -> str:
    """What to answer; empty for nothing."""
    with database.write() as session:
        payload = {"from": inbound.number, "text": inbound.text}
        if not take_in(session, SOURCE, inbound.message_id, payload, received_at=now, handled_at=now):
            return ""
        known = find_correspondent(session, inbound.number, SMS, today=now.astimezone(SHANGHAI).date())
        if known is None:
            log.warning("unknown number", source=SOURCE, number=mask_phone(inbound.number))
            return ""
        said = _act(session, inbound, known, now)
        log.info("reply", message=inbound.message_id, number=mask_phone(inbound.number), said=said)
        language = language_of(known.language)
        return own_signature(language, filed_signatures(session)) + say(SMS, language, said) if said else ""


def _act(session: Session, inbound: InboundSms, known: Correspondent, now: datetime) -> str:
    """Do what the message says, and name the sentence that answers it."""
    said = read_words(inbound.text)
    if said == STOP:
        return STOP if stop_channel(session, SMS, inbound.number, now=now) else ""
    if said == START:
        resume_channel(session, SMS, inbound.number)
        return START
    answered = said if said is not None and _answer(session, inbound, known, said, now) else None
    if has_stopped(session, SMS, inbound.number):
        return ""
    return answered or _help_once(session, inbound.number, now)


def _answer(session: Session, inbound: InboundSms, known: Correspondent, said: str, now: datetime) -> bool:
    """Record what was answered to the last notice; False where there is none."""
    if known.notice_id is None or known.delivery_id is None:
        return False
    reply = Reply(known.notice_id, known.delivery_id, Answer(said), SMS, f"{SOURCE}:{inbound.message_id}")
    take_reply(session, reply, now=now, today=now.astimezone(SHANGHAI).date())
    return True


def _help_once(session: Session, number: str, now: datetime) -> str:
    """Once a day: two machines that answer each other would never end."""
    day = now.astimezone(SHANGHAI).date()
    first = take_in(session, HELPED, f"{number}:{day}", {}, received_at=now, handled_at=now)
    return HELP if first else ""
