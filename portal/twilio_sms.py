"""`/webhooks/twilio/sms`: what people answer to an SMS. Each message counts once; strangers get no answer."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from notifier.spoken import write_back
from portal.sms_replies import InboundSms, take_sms
from portal.twilio import RefusedCall, TwilioDoor, refuse, short_field, signed_form
from store.database import Database

SOURCE = "twilio.sms"
KEPT = 500  # characters of a message
XML = "text/xml"

router = APIRouter(prefix="/webhooks/twilio")


@router.post("/sms")
async def sms(request: Request) -> Response:
    """What a reply does. 200 also for strangers and for what came before; then there is no answer to it."""
    try:
        form = await signed_form(request)
        text = form.get("Body", "").replace("\0", "")[:KEPT]
        inbound = InboundSms(short_field(form, "MessageSid"), short_field(form, "From"), text, SOURCE)
    except RefusedCall as refusal:
        return refuse(request, refusal)
    said = await run_in_threadpool(_take, request.app.state.database, inbound, request.app.state.now())
    door: TwilioDoor = request.app.state.twilio
    return Response(write_back(said if door.may_answer(inbound.number) else ""), media_type=XML)


def _take(database: Database, inbound: InboundSms, now: datetime) -> str:
    """What to answer; empty for nothing."""
    with database.write() as session:
        answer = take_sms(session, inbound, now=now)
    return answer.signature + answer.text if answer is not None else ""
