"""The addresses outside that hear of us: a monitor's ping, the alarm's webhook, and another process's `/healthz`."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

TIMEOUT_SECONDS = 10
log = structlog.get_logger(__name__)


async def ping(url: str, *, timeout: float = TIMEOUT_SECONDS) -> bool:
    """Call a dead man's switch; whether it took it. Its silence is what tells somebody, so nothing is raised."""
    return await _ask("GET", url, None, timeout) is not None


async def post_alarm(url: str, said: Mapping[str, Any], *, timeout: float = TIMEOUT_SECONDS) -> bool:
    """POST an alarm as JSON; whether it was taken."""
    return await _ask("POST", url, said, timeout) is not None


async def read_health(url: str, *, timeout: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """What `/healthz` of a process says; {"status": "failing", "reason": …} where it says nothing that can be read."""
    try:
        async with ClientSession(timeout=ClientTimeout(total=timeout)) as session, session.get(url) as answer:
            said = json.loads(await answer.text())
            if isinstance(said, dict) and said.get("status") in ("ok", "failing"):
                return said
            fault = f"it answers {answer.status}, and not as /healthz does"
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        fault = _fault(error)
    return {"status": "failing", "code": "no_answer", "reason": f"{host_of(url)}: {fault}"}


async def _ask(method: str, url: str, body: Mapping[str, Any] | None, timeout: float) -> str | None:
    """The answer's text, None where there is no good one; the log names the host only: such URLs are secrets."""
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=timeout)) as session,
            session.request(method, url, json=body, allow_redirects=method == "GET") as answer,
        ):
            if answer.status < 300:
                return await answer.text()
            fault = f"it answers {answer.status}"
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        fault = _fault(error)
    log.warning("not taken outside", host=host_of(url), fault=fault)
    return None


def host_of(url: str) -> str:
    """The part of a URL that may be shown; "?" where there is none."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def _fault(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ValueError):
        return "its answer cannot be read"
    return f"it cannot be reached ({type(error).__name__})"
