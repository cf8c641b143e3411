"""`/webhooks/aliyun/<secret>/…`: what Aliyun says afterwards. It signs nothing, so a secret stands in the address.

https://help.aliyun.com/zh/sms/developer-reference/smsreport-2: a batch is a JSON array, answered by a code and a msg;
what is not answered 200 comes again, after 1, 5 and 10 minutes.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from notifier.phones import MAINLAND
from portal.sms_replies import WrittenBack

PATH = "/webhooks/aliyun"
LARGEST_BODY = 1024 * 1024  # bytes; a report has 300
LONGEST_ID = 64
LARGEST_NUMBER = 2**31 - 1
HIDDEN = "***"

log = structlog.get_logger(__name__)

Item = dict[str, Any]
WriteBack = Callable[[str, WrittenBack], Awaitable[None]]


@dataclass(frozen=True)
class AliyunDoor:
    """The secret of the address, how to answer an SMS (None: not at all), and whom alone we answer (None: all)."""

    path_secret: str
    write_back: WriteBack | None = None
    guests: frozenset[str] | None = None

    def is_theirs(self, secret: str) -> bool:
        """Whether the address holds our secret."""
        return hmac.compare_digest(secret.encode("utf-8", "surrogatepass"), self.path_secret.encode())

    def may_answer(self, number: str) -> bool:
        """Whether an SMS may go back to this number."""
        return self.write_back is not None and (self.guests is None or number in self.guests)


class RefusedPush(Exception):
    """A request that changes nothing; `status` is the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


PUSHES = {"SmsReport": "sms-report", "SmsUp": "sms-up", "VoiceReport": "voice-report"}


def push_addresses(public_url: str, secret: str) -> dict[str, str]:
    """What is to be entered at Aliyun for each kind of push."""
    return {kind: f"{public_url.rstrip('/')}{PATH}/{path_secret(secret)}/{name}" for kind, name in PUSHES.items()}


def path_secret(secret: str) -> str:
    """The part of the address that only Aliyun and we know, derived from TIXING_SECRET."""
    return hmac.new(secret.encode(), PATH.encode(), sha256).hexdigest()[:40]


async def pushed_items(request: Request, secret: str) -> list[Item]:
    """The objects of a batch. Raises RefusedPush for a stranger, and for what is no batch."""
    door: AliyunDoor | None = request.app.state.aliyun
    if door is None or not door.is_theirs(secret):
        raise RefusedPush(404, "not found")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise RefusedPush(413, "the body is too large")
    try:
        read = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RefusedPush(400, "the body is no JSON") from error
    if isinstance(read, dict):
        read = [read]
    if not isinstance(read, list):
        raise RefusedPush(400, "the body is no list")
    return list(_objects(read))


def _objects(read: list[Any]) -> Iterator[Item]:
    for one in read:
        if isinstance(one, dict):
            yield one
        else:
            log.warning("no object in a push")


def accept() -> Response:
    """What Aliyun wants to hear."""
    return JSONResponse({"code": 0, "msg": "OK"})


def refuse(request: Request, refusal: RefusedPush) -> Response:
    """The answer to what we do not take; the address is not logged with its secret."""
    log.warning("webhook refused", path=f"{PATH}/{HIDDEN}", status=refusal.status, why=str(refusal))
    return JSONResponse({"code": 1, "msg": str(refusal)}, status_code=refusal.status)


def short_text(item: Item, name: str) -> str:
    """An id or a code of an object; empty where it is missing, too long, or holds what Aliyun never sends."""
    value = item.get(name)
    text = str(value) if isinstance(value, str | int) else ""
    return text if len(text) <= LONGEST_ID and text.isprintable() else ""


def our_number(item: Item) -> int | None:
    """Our own number of the attempt, which went along as OutId."""
    text = short_text(item, "out_id")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
    return int(text) if is_number and int(text) <= LARGEST_NUMBER else None


def full_number(text: str) -> str:
    """E.164 of a number as Aliyun writes it (14000000001, 8614000000001, 02012345678); empty for anything else."""
    digits = text.removeprefix("+").removeprefix("00")
    if not digits.isascii() or not digits.isdigit():
        return ""
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return f"{MAINLAND}{digits.removeprefix('0')}"
