"""Robots of groups in WeCom, DingTalk and Feishu, and e-mail: through Apprise, which knows how each of them is told.

Apprise says only whether it worked; why it did not is read from its log lines, which come back with the result.
"""

import asyncio
import logging
import re
from datetime import timedelta
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, AppriseAttachment, NotifyFormat, PersistentStoreMode
from apprise.attachment.memory import AttachMemory
from apprise.plugins import NotifyBase
from apprise.plugins.wecombot import NotifyWeComBot

from notifier.channels.base import (
    CannotTell,
    ChannelError,
    EarlierAttempt,
    OutgoingMessage,
    PermanentError,
    Rates,
    TemporaryError,
    UnknownOutcome,
)
from notifier.channels.robot_answers import put_right, show
from notifier.mails import is_email
from notifier.pictures import PICTURE_NAME, Draw, picture_of

GROUP, EMAIL = "group", "email"
TIMEOUT_SECONDS = 20
ROBOTS = frozenset(["wecombot", "dingtalk", "feishu", "lark"])  # as Apprise calls them in their addresses
LONGEST = {"wecombot": 2048}  # bytes of a text: https://developer.work.weixin.qq.com/document/path/91770
SUBJECT_SIGNS = "【】[] "

_STATUS = re.compile(r"error=(\d{3})")
# code, and what RFC 3463 adds to it: of which kind the fault is
_SMTP_CODE = re.compile(r"""(?:\((?=\d{3},)|refused: )(?P<code>\d{3}),? (?:b?['"](?P<kind>\d\.\d{1,3}\.\d{1,3})\b)?""")
_OURS = re.compile(r"5\.7\.|5\.1\.[78]$")  # policy, as of a blocked server; or who writes
_WRITER_REFUSED = re.compile(r"""\(\d{3}, .*, ('[^']*'|"[^"]*")\)$""", re.MULTILINE)  # smtplib: code, text, who writes
_NOT_REACHED = re.compile(
    r"NewConnectionError|ConnectTimeoutError|NameResolutionError|Connection error while submitting"
)
RETRY_LATER = (401, 403, 408, 429, 503)  # a robot's key may be put right, its group may have had too much

# Its lines hold addresses, and addresses hold keys: none goes into our log, all of them come back with a result.
_log = logging.getLogger("apprise")
_log.propagate = False
_log.setLevel(logging.DEBUG)


class Groups:
    """The address is the one that Apprise has for a robot; it holds the robot's key."""

    name = GROUP
    list_lag = timedelta(0)
    rates = Rates(seconds_between=3, shared=True)  # a robot takes 20 a minute, WeCom's and DingTalk's alike

    def __init__(self, *, draw: Draw | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self._draw, self._timeout = draw, timeout

    async def send(self, message: OutgoingMessage) -> str:
        """Tell the group; the id is our own number, since robots give none.

        WeCom's robots take pictures, those of DingTalk and Feishu words alone. The words are told by then: what becomes
        of the picture changes nothing.
        """
        robot = make_robot(message.address)
        longest = LONGEST.get(schema_of(robot))
        if longest is not None and len(message.signed_body.encode()) > longest:
            raise PermanentError(f"too long for this robot, which takes {longest} bytes")
        await _tell(robot, message.signed_body, "", self._timeout)
        if isinstance(robot, NotifyWeComBot) and (picture := await picture_of(message, self._draw)) is not None:
            await asyncio.to_thread(show, robot, picture, self._timeout)
        return f"{GROUP}:{message.delivery_id}"

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """A robot only writes."""
        raise CannotTell("a group's robot cannot be asked about an earlier message")

    async def close(self) -> None:
        """Nothing is held open."""


class Email:
    """The address is one of e-mail; `mail_url` is the server in Apprise's words, with who writes."""

    name = EMAIL
    list_lag = timedelta(0)
    rates = Rates(per_second=1, shared=True)

    def __init__(self, mail_url: str, *, draw: Draw | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self._mail_url, self._draw, self._timeout = mail_url, draw, timeout

    async def send(self, message: OutgoingMessage) -> str:
        """Write the mail, who signs it as its subject, with its picture if it has one; the id is our own number."""
        if not is_email(message.address):
            raise PermanentError("this is no address of e-mail")
        joint = "&" if "?" in self._mail_url else "?"
        mail = _plugin(f"{self._mail_url}{joint}to={quote(message.address, safe='')}")
        if mail is None:
            raise TemporaryError("TIXING_MAIL_URL is no mail server that Apprise knows")
        picture = await picture_of(message, self._draw)
        await _tell(mail, message.body, message.prepared.signature.strip(SUBJECT_SIGNS), self._timeout, picture)
        return f"{EMAIL}:{message.delivery_id}"

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """A mail server only takes."""
        raise CannotTell("a mail server cannot be asked about an earlier message")

    async def close(self) -> None:
        """Nothing is held open."""


def make_robot(address: str) -> NotifyBase:
    """The robot of an address. Raises PermanentError for what is none."""
    robot = _plugin(address)
    if robot is None or schema_of(robot) not in ROBOTS:
        raise PermanentError("this is no robot of WeCom, DingTalk or Feishu")
    put_right(robot)
    return robot


def schema_of(plugin: NotifyBase) -> str:
    """How its addresses begin."""
    address = plugin.url(privacy=True)  # type: ignore[no-untyped-call]  # Apprise has types for a part of itself
    return str(address).partition("://")[0]


def _plugin(address: str) -> NotifyBase | None:
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY)
    found = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    return found if isinstance(found, NotifyBase) else None


async def _tell(plugin: NotifyBase, body: str, title: str, timeout: float, picture: bytes | None = None) -> None:
    """Hand it over, or raise one of the errors of the channels' contract."""
    plugin.socket_connect_timeout = plugin.socket_read_timeout = timeout
    plugin.request_rate_per_sec = 0  # the pace is ours
    told = Apprise(asset=plugin.asset)
    told.add(plugin)
    try:
        async with asyncio.timeout(2 * timeout):
            result = await told.async_notify(
                body=body, title=title, body_format=NotifyFormat.TEXT, attach=_attached(picture), log_level="DEBUG"
            )
    except TimeoutError as error:
        raise UnknownOutcome("there was no answer in time") from error
    if not result:
        raise explain([entry.message for entry in result.logs()])


def _attached(picture: bytes | None) -> AppriseAttachment | None:
    if picture is None:
        return None
    return AppriseAttachment(AttachMemory(picture, PICTURE_NAME, "image/png"))  # type: ignore[no-untyped-call]


def explain(said: list[str]) -> ChannelError:
    """What Apprise's lines mean for the message; they are not repeated, for they hold addresses."""
    text = "\n".join(said)
    status = _STATUS.search(text)
    if status is not None:
        return _by_status(int(status[1]))
    if _NOT_REACHED.search(text):
        return TemporaryError("the server cannot be reached, or refuses us")
    refused = _SMTP_CODE.search(text)
    return UnknownOutcome("the server did not answer") if refused is None else _by_refusal(refused, text)


def _by_refusal(refused: re.Match[str], text: str) -> ChannelError:
    code, kind = refused["code"], refused["kind"] or ""
    # At MAIL FROM nobody was named yet: what is refused there is us, not who is told.
    is_ours = _OURS.match(kind) or _WRITER_REFUSED.search(text)
    error = TemporaryError if code < "500" or is_ours else PermanentError
    return error(f"the mail server answered {code} {kind}".strip())


def _by_status(status: int) -> ChannelError:
    if status in RETRY_LATER:
        return TemporaryError(f"the robot's server answered {status}")
    return (UnknownOutcome if status >= 500 else PermanentError)(f"the robot's server answered {status}")
