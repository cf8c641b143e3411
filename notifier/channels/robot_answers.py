"""What robots of groups answer. They refuse with 200 and a code in the body, and Apprise looks only at the 200.

A message that a robot refused would count as sent. So the plugins ask through here, where a refusal gets a status that
Apprise takes for one. It is also where DingTalk's signature is put right: Apprise quotes it, and quotes it again with
the address.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import md5
from typing import Any
from urllib.parse import unquote

import requests
import structlog
from apprise.plugins import NotifyBase, dingtalk, feishu, lark, wecombot
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

TOO_OFTEN = frozenset([45009, 130101, 11232])  # of WeCom, DingTalk and Feishu
CODES = ("errcode", "code", "StatusCode")  # WeCom's and DingTalk's, Feishu's, and what Feishu called it before
REFUSED, TOO_MANY = 422, 429

log = structlog.get_logger(__name__)


class _Requests:
    """`requests`, as far as the plugins use it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    @staticmethod
    def post(*args: Any, **options: Any) -> requests.Response:
        """An answer, with the status that it means."""
        answer = requests.post(*args, **options)
        if answer.status_code == requests.codes.ok:
            code = refusal_in(answer)
            if code:
                answer.status_code = TOO_MANY if code in TOO_OFTEN else REFUSED
        return answer


def refusal_in(answer: requests.Response) -> int:
    """The code of a refusal; 0 where the message was taken."""
    try:
        said = answer.json()
    except ValueError:
        return -1
    codes = [said[name] for name in CODES if name in said] if isinstance(said, dict) else []
    return codes[0] if codes and isinstance(codes[0], int) else -1


for _plugin in (wecombot, dingtalk, feishu, lark):
    _plugin.requests = _Requests()  # type: ignore[attr-defined]  # what they import is no part of their interface


def show(robot: NotifyWeComBot, picture: bytes, timeout: float) -> None:
    """Send a picture to a group in WeCom; where that fails it is logged, and that is all.

    https://developer.work.weixin.qq.com/document/path/91770
    """
    image = {"base64": b64encode(picture).decode(), "md5": md5(picture, usedforsecurity=False).hexdigest()}
    try:
        answer = _Requests.post(robot.api_url, json={"msgtype": "image", "image": image}, timeout=timeout)
    except requests.RequestException as error:
        log.warning("picture not sent", error=type(error).__name__)  # its words hold the address, and so the key
        return
    if answer.status_code != requests.codes.ok:
        log.warning("picture not sent", status=answer.status_code)


def put_right(robot: NotifyBase) -> None:
    """Let DingTalk's signature be quoted once."""
    if isinstance(robot, NotifyDingTalk):
        quoted: Callable[[], tuple[str, str]] = robot.get_signature

        def sign() -> tuple[str, str]:
            at, signature = quoted()
            return at, unquote(signature)

        robot.get_signature = sign  # type: ignore[method-assign]  # Apprise has no other place for it
