"""The web chat's door: what stands behind it, who may come in, and how a refusal is said."""

from dataclasses import dataclass, field
from ipaddress import IPv6Network
from typing import Any, Protocol
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlmodel import Session

from actions.identity.post import CodePost
from actions.identity.sign_in import account_of
from portal.chat_lines import Remembered
from portal.chat_watch import Watch
from portal.limits import Limit
from portal.metrics import FORWARDED, LOCAL
from store.doors import WebAccount

COOKIE = "tixing_chat"
COOKIE_LASTS = 90 * 24 * 3600  # seconds; the store knows until when it is good
LONGEST_TOKEN = 200
HOUSEHOLD = 64  # bits of an IPv6 address
HERE = ("127.0.0.1", "localhost", "[::1]")


class Bot(Protocol):
    """What answers in the chat. `deed` is the browser's own name for what was done, however often it arrives."""

    async def write(self, address: str, text: str, *, deed: str) -> None:
        """Somebody has written."""

    async def press(self, address: str, message_id: int, data: str, *, deed: str) -> str:
        """Somebody has pressed a button; what is shown for a moment. Raises UnknownButton."""

    async def send_file(self, address: str, number: int, caption: str, *, deed: str) -> None:
        """Somebody has sent a file that is kept."""

    async def send_location(self, address: str, lat: float, lon: float, *, deed: str) -> None:
        """Somebody has sent where they are."""


@dataclass(frozen=True)
class Limits:
    """How often one may knock: at the sign-in from one address in the network, and each account inside."""

    sign_in: Limit = field(default_factory=lambda: Limit(30, 60))
    deeds: Limit = field(default_factory=lambda: Limit(60, 60))
    files: Limit = field(default_factory=lambda: Limit(20, 300))
    looks: Limit = field(default_factory=lambda: Limit(600, 60))


@dataclass(frozen=True)
class ChatDoor:
    """The page's side. `post_code` sends a one-time code, of which `key` makes the digest.

    `tries_out`: nothing leaves this machine, so that whoever sits at it is shown the code.
    """

    bot: Bot
    post_code: CodePost
    key: bytes = field(repr=False)
    watch: Watch
    public_url: str | None = None
    tries_out: bool = False
    limits: Limits = field(default_factory=Limits)
    remembered: Remembered = field(default_factory=Remembered)

    @property
    def is_secure(self) -> bool:
        """Whether the page is reached by https."""
        return (self.public_url or "").startswith("https://")

    @property
    def path(self) -> str:
        """Where the page lies, as a browser sees it."""
        return f"{urlsplit(self.public_url or '').path.rstrip('/')}/chat"

    def shows_code(self, request: Request) -> bool:
        """Only to a browser on this machine that asked this machine by its own name."""
        is_forwarded = any(name in request.headers for name in FORWARDED)
        is_here = request.client is not None and request.client.host in LOCAL
        host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
        return self.tries_out and self.public_url is None and is_here and not is_forwarded and host in HERE

    def is_from_us(self, request: Request) -> bool:
        """Whether a request that changes something comes from our own page: its origin is ours."""
        origin = request.headers.get("origin", "")
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        if self.public_url is not None:
            ours = urlsplit(self.public_url)
            return origin == f"{ours.scheme}://{ours.netloc}"
        return origin in {f"{scheme}://{request.headers.get('host', '')}" for scheme in ("http", "https")}

    def keep_cookie(self, response: Response, token: str) -> None:
        """The browser is to show this token from now on."""
        response.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_LASTS,
            path=self.path,
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def drop_cookie(self, response: Response) -> None:
        """The browser is to forget it."""
        response.delete_cookie(COOKIE, path=self.path, secure=self.is_secure, httponly=True, samesite="lax")


class ChatRefusal(Exception):
    """Something is not done. `name` is that of a sentence of the page (`errors`), `facts` what stands in it."""

    def __init__(self, status: int, name: str, **facts: Any) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.facts = facts


def door_of(request: Request) -> ChatDoor:
    """The door of this process. Raises ChatRefusal where the chat is not open."""
    door: ChatDoor | None = request.app.state.chat
    if door is None:
        raise ChatRefusal(404, "closed")
    return door


def shown_token(request: Request) -> str:
    """What the browser's cookie holds."""
    return request.cookies.get(COOKIE, "")[:LONGEST_TOKEN]


def require_account(session: Session, request: Request) -> WebAccount:
    """Who is signed in with this browser. Raises ChatRefusal."""
    token = shown_token(request)
    account = account_of(session, token, request.app.state.now()) if token else None
    if account is None:
        raise ChatRefusal(401, "signed_out")
    return account


def require_seldom(limit: Limit, key: str) -> None:
    """Raises ChatRefusal where somebody comes too often."""
    if not limit.admits(key):
        raise ChatRefusal(429, "too_often")


def asked_from(request: Request) -> str:
    """The address in the network, as far as the proxy before us says it; of IPv6 the net, which is one household's."""
    host = request.client.host if request.client is not None else ""
    try:
        return str(IPv6Network((host, HOUSEHOLD), strict=False))
    except ValueError:
        return host
