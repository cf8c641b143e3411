"""Before anything is read: who asks, how often, and how much they send."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions.interface.keys import Caller, check_key, mark_used, needs_mark
from portal.api.problems import AGAIN, problem
from portal.chat_door import asked_from
from portal.limits import Limit
from store.database import SILENCE, Database

CLOSE = {"Connection": "close"}
BEARER = "bearer "
WHO = {"WWW-Authenticate": 'Bearer realm="tixing"'}
LARGEST_JSON, LARGEST_FILE = 8_000_000, 10_000_000  # bytes
FILES = "/files"
BODY_WITHIN = 120.0  # seconds: 10 MB at less than one Mbit a second


@dataclass(frozen=True)
class Limits:
    """How often: wrong keys from one address in the network, and what one key may ask, each within a minute.
    `body_within`: so many seconds after it was begun the body of a request must be here."""

    wrong: Limit = field(default_factory=lambda: Limit(20, 60))
    asked: Limit = field(default_factory=lambda: Limit(600, 60))
    body_within: float = BODY_WITHIN


class Gate:
    """Lets those in who show a key; `scope["state"]["caller"]` says who it is."""

    def __init__(self, app: ASGIApp, database: Database, now: Callable[[], datetime], limits: Limits) -> None:
        self.app, self.database, self.now, self.limits = app, database, now, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        whence = asked_from(request)
        if self.limits.wrong.is_full(whence):
            await problem(429, "too_many", "too many wrong keys from there", headers=AGAIN)(scope, receive, send)
            return
        try:
            caller = await asyncio.to_thread(self._who, request.headers.get("authorization", ""))
        except SILENCE:
            await problem(503, "not_now", "the store does not answer, come again", headers=AGAIN)(scope, receive, send)
            return
        if caller is None:
            self.limits.wrong.admits(whence)
            await problem(401, "no_key", "show a key that is good: Authorization: Bearer tx_…", headers=WHO)(
                scope, receive, send
            )
            return
        if not self.limits.asked.admits(caller.prefix):
            await problem(429, "too_many", "too many requests, wait a minute", headers=AGAIN)(scope, receive, send)
            return
        most = LARGEST_FILE if scope["path"].endswith(FILES) else LARGEST_JSON
        if _stated_length(request) > most:
            await problem(413, "too_large", f"at most {most} bytes")(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, _counted(receive, most, self.limits.body_within), send)

    def _who(self, header: str) -> Caller | None:
        if not header.lower().startswith(BEARER):
            return None
        now = self.now()
        with self.database.read() as session:
            caller = check_key(session, header[len(BEARER) :].strip(), now)
            is_due = caller is not None and needs_mark(session, caller, now)
        if caller is not None and is_due:
            with self.database.write() as session:
                mark_used(session, caller, now)
        return caller


def _stated_length(request: Request) -> int:
    stated = request.headers.get("content-length", "0")
    return int(stated) if stated.isdecimal() and len(stated) < 19 else 0


def _counted(receive: Receive, most: int, within: float) -> Receive:
    """The body as it comes, up to so many bytes, within so many seconds; what comes after it may take its time."""
    came, is_whole, until = 0, False, asyncio.get_running_loop().time() + within

    async def counted() -> Message:
        nonlocal came, is_whole
        try:
            async with asyncio.timeout_at(None if is_whole else until):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, f"the body was not here within {within:g} seconds", CLOSE) from error
        is_whole = not message.get("more_body", False)
        came += len(message.get("body", b""))
        if came > most:
            raise HTTPException(413, f"at most {most} bytes")
        return message

    return counted
