"""`/webhooks/twilio/…`: what Twilio says afterwards. Nothing is believed that Twilio has not signed."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # twilio ships no types

from notifier.status_calls import VOICE, StatusCall, Taken, take_status
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
    """Under which address Twilio knows us, the token with which it signs, and to whom alone we answer (None: all)."""

    auth_token: str
    public_url: str
    guests: frozenset[str] | None = None

    def is_signed(self, path_and_query: str, form: Form, signature: str) -> bool:
        """Whether Twilio has signed this request; it may write the address with or without its port."""
        address = self.public_url.rstrip("/") + path_and_query
        return bool(RequestValidator(self.auth_token).validate(address, form, signature))

    def may_answer(self, number: str) -> bool:
        """Whether an SMS may go back to this number."""
        return self.guests is None or number in self.guests


class RefusedCall(Exception):
    """A request that changes nothing; `status` is the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@router.post("/status")
async def status(request: Request) -> Response:
    """How a message or a call fared. 204 also for what came before or is not ours: Twilio need not send it again."""
    try:
        call = _status_call(await signed_form(request), request)
    except RefusedCall as refusal:
        return refuse(request, refusal)
    database: Database = request.app.state.database
    taken = await run_in_threadpool(_take, database, call, request.app.state.now())
    log.info("status", message=call.message_id, status=call.status, taken=taken.value)
    return Response(status_code=204)


def _take(database: Database, call: StatusCall, now: datetime) -> Taken:
    with database.write() as session:
        return take_status(session, call, now=now)


def refuse(request: Request, refusal: RefusedCall) -> Response:
    """The answer to what we do not take."""
    log.warning("webhook refused", path=request.url.path, status=refusal.status, why=str(refusal))
    return Response(str(refusal), status_code=refusal.status, media_type="text/plain")


async def signed_form(request: Request) -> Form:
    """What Twilio sent. Raises RefusedCall where nobody, or somebody else, has signed it."""
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
    of_call = "CallSid" in form and "MessageSid" not in form
    names = ("CallSid", "CallStatus") if of_call else ("MessageSid", "MessageStatus")
    message_id, said = (short_field(form, name) for name in names)
    error = form.get("ErrorCode", "")[:LONGEST_ID]
    error = error if error.isascii() and error.isdigit() else ""
    if of_call:
        return StatusCall(message_id, said, form.get("To", ""), error or said, named_delivery(request), VOICE)
    return StatusCall(message_id, said, form.get("To", ""), error, named_delivery(request))


def short_field(form: Form, name: str) -> str:
    """A field that must be there, such as an id. Raises RefusedCall for what Twilio never sends."""
    value = form.get(name, "")
    if not value or len(value) > LONGEST_ID:
        raise RefusedCall(400, f"{name} is missing or too long")
    if not value.isprintable():
        raise RefusedCall(400, f"{name} holds a control character")
    return value


def named_delivery(request: Request) -> int | None:
    """Our own number of the attempt, as the address carries it that we gave to Twilio."""
    number = request.query_params.get("delivery", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_NUMBER))
    return int(number) if is_number and int(number) <= LARGEST_NUMBER else None
