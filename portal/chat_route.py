"""What holds for every request to the web chat: its headers, where it may come from, its size, how a refusal looks."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from actions.refusals import Refused
from portal.chat_door import ChatRefusal, door_of

LARGEST_BODY = 32 * 1024  # bytes, of all but files
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
OPEN_ENDED = "/chat/files"

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

log = structlog.get_logger(__name__)


class ChatRoute(APIRoute):
    """A route of the chat."""

    def get_route_handler(self) -> Handler:
        """The handler, within what holds for all of them."""
        answer: Handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                _require_ours(request)
                response = await answer(request)
            except ChatRefusal as refusal:
                response = _refuse(self.path, refusal)
            except Refused as refused:
                response = _refuse(self.path, ChatRefusal(409, refused.name, **refused.facts))
            except RequestValidationError:
                response = _refuse(self.path, ChatRefusal(400, "unreadable"))
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle


def _require_ours(request: Request) -> None:
    door = door_of(request)
    if request.method not in CHANGES:
        return
    if not door.is_from_us(request):
        raise ChatRefusal(403, "other_page")
    if request.url.path != OPEN_ENDED:
        require_size(request, LARGEST_BODY)


def require_size(request: Request, largest: int) -> None:
    """The length must be said before, and be no more than that. Raises ChatRefusal."""
    stated = request.headers.get("content-length", "")
    if not stated.isdecimal() or not stated.isascii():
        raise ChatRefusal(411, "unreadable")
    if len(stated) > 12 or int(stated) > largest:
        raise ChatRefusal(413, "too_large", megabytes=max(1, largest // 1024 // 1024))


def _refuse(path: str, refusal: ChatRefusal) -> Response:
    if refusal.status != 401:
        log.info("refused at the web chat", path=path, status=refusal.status, why=refusal.name)
    facts: dict[str, Any] = {name: fact for name, fact in refusal.facts.items() if isinstance(fact, str | int)}
    said = {"error": refusal.name, "facts": facts}
    wait = {"Retry-After": "10"} if refusal.status == 429 else {}
    return JSONResponse(said, status_code=refusal.status, headers=wait)
