"""`/webhooks/twilio/…`: what Twilio says afterwards. Nothing is believed that Twilio has not signed."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # twilio ships no types

from notifier.status_calls import StatusCall, Taken, take_status
from store.database import Database

LARGEST_BODY = 64 * 1024  # bytes; Twilio's own are below 4 KB
LONGEST_ID = 64
LARGEST_NUMBER = 2**31 - 1
SIGNATURE = "X-Twilio-Signature"

router = APIRouter(prefix="/webhooks/twilio")
log = structlog.get_logger(__name__)

Form = ImmutableMultiDict[str, str]


@dataclass(frozen=True)
class TwilioDoor:
    """Under which address Twilio knows us, and the token with which it signs."""

    auth_token: str
    public_url: str

    def is_signed(self, path_and_query: str, form: Form, signature: str) -> bool:
        """Whether Twilio has signed this request; it may write the address with or without its port."""
        address = self.public_url.rstrip("/") + path_and_query
        return bool(RequestValidator(self.auth_token).validate(address, form, signature))


class RefusedCall(Exception):
    """A request that changes nothing; `status` is the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@router.post("/status")
async def status(request: Request) -> Response:
    """How a message fared. 204 also for what came before or is not ours: Twilio need not send it again."""
    try:
        call = _status_call(await _signed_form(request), request)
    except RefusedCall as refusal:
        log.warning("webhook refused", path=request.url.path, status=refusal.status, why=str(refusal))
        return Response(str(refusal), status_code=refusal.status, media_type="text/plain")
    database: Database = request.app.state.database
    taken = await run_in_threadpool(_take, database, call, request.app.state.now())
    log.info("status", message=call.message_id, status=call.status, taken=taken.value)
    return Response(status_code=204)


def _take(database: Database, call: StatusCall, now: datetime) -> Taken:
    with database.write() as session:
        return take_status(session, call, now=now)


async def _signed_form(request: Request) -> Form:
    door: TwilioDoor | None = request.app.state.twilio
    if door is None:
        raise RefusedCall(404, "Twilio is not configured here")
    form = _parse(await _body(request))
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if not door.is_signed(path, form, request.headers.get(SIGNATURE, "")):
        raise RefusedCall(403, "the signature is not Twilio's")
    return form


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise RefusedCall(413, "the body is too large")
    return body


def _parse(body: bytes) -> Form:
    try:
        return ImmutableMultiDict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise RefusedCall(400, "the body is not a form") from error


def _status_call(form: Form, request: Request) -> StatusCall:
    message_id, said = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not message_id or not said or len(message_id) > LONGEST_ID or len(said) > LONGEST_ID:
        raise RefusedCall(400, "MessageSid and MessageStatus are missing or too long")
    if not (message_id + said).isprintable():
        raise RefusedCall(400, "MessageSid or MessageStatus holds a control character")
    number = request.query_params.get("delivery", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_NUMBER))
    delivery_id = int(number) if is_number and int(number) <= LARGEST_NUMBER else None
    error = form.get("ErrorCode", "")[:LONGEST_ID]
    return StatusCall(message_id, said, form.get("To", ""), error if error.isdigit() else "", delivery_id)
