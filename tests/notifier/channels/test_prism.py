"""A second judge of what is said to Twilio: Prism, which plays a provider by its OpenAPI document and was not written
by us. It refuses (422) what the document does not allow.

It comes with Node: `TIXING_REQUIRE=prism` fetches and runs it, otherwise it runs where it is installed or was fetched
before.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import BasicAuth, ClientSession

from notifier.channels.base import EarlierAttempt
from notifier.channels.twilio_sms import TwilioSms
from notifier.channels.twilio_voice import TwilioVoice

PACKAGE = "@stoplight/prism-cli@5.14.2"
START_SECONDS = 120
SMS, CALL = "SM" + "a" * 32, "CA" + "a" * 32  # what the document's examples have
TO = "+85252345678"


@pytest.fixture(scope="module")
def prism(shared_data: Callable[[str], Path]) -> Iterator[str]:
    """The address of a Prism that plays Twilio."""
    npx = shutil.which("npx")
    required = "prism" in os.environ.get("TIXING_REQUIRE", "").split(",")
    if npx is None or not (required or can_run([npx, "--no", PACKAGE, "--version"])):
        skip(required)
    spec = shared_data("specs/twilio_api_v2010.json")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(npx), "--yes", PACKAGE, "mock", "-h", "127.0.0.1", "-p", str(port), str(spec)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    with subprocess.Popen(words, **quiet) as process:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


def skip(required: bool) -> None:
    """Visibly; a failure where it is required."""
    reason = "Prism is not installed: it needs Node's npx"
    if required:
        pytest.fail(f"{reason} (TIXING_REQUIRE names 'prism')")
    pytest.skip(reason)


def can_run(words: list[str]) -> bool:
    return subprocess.run(words, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0


def wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    pytest.fail(f"Prism did not start within {START_SECONDS} s")


@pytest.fixture
async def sms(prism: str, account: tuple[str, ...]) -> AsyncIterator[TwilioSms]:
    """The channel of SMS, talking to Prism."""
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url=prism, public_url="https://lifts.example")
    yield channel
    await channel.close()


@pytest.fixture
async def voice(prism: str, account: tuple[str, ...]) -> AsyncIterator[TwilioVoice]:
    """The channel of calls, talking to Prism."""
    _, sid, secret, sender = account
    channel = TwilioVoice(sid, secret, sender, base_url=prism, public_url="https://lifts.example")
    yield channel
    await channel.close()


@pytest.fixture
def attempt(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], EarlierAttempt]:
    """An attempt that is asked for. Every page of Prism's list has a next one: one row is enough."""
    for channel in ("sms", "voice"):
        monkeypatch.setattr(f"notifier.channels.twilio_{channel}.LIST_LIMIT", 1)
    began = datetime(2000, 1, 1, tzinfo=UTC)
    return lambda channel: EarlierAttempt(7, 1, channel, TO, "testing", began, was_sending=True)


async def test_an_sms_is_created_as_the_document_wants_it(sms: TwilioSms, make_message: Any) -> None:
    assert await sms.send(make_message("sms", TO)) == SMS


async def test_sms_are_asked_for_as_the_document_wants_it(sms: TwilioSms, attempt: Any) -> None:
    assert [one[:2] for one in await sms.find(attempt("sms"))] == ["SM"]


async def test_a_call_is_begun_as_the_document_wants_it(voice: TwilioVoice, make_message: Any) -> None:
    assert await voice.send(make_message("voice", TO)) == CALL


async def test_calls_are_asked_for_as_the_document_wants_it(voice: TwilioVoice, attempt: Any) -> None:
    assert [one[:2] for one in await voice.find(attempt("voice"))] in ([], ["CA"])


@pytest.mark.parametrize(
    "form", [{"From": TO, "Body": "x"}, {"To": TO, "From": TO, "Body": "x", "StatusCallback": "?"}]
)
async def test_prism_refuses_what_the_document_does_not_allow(
    prism: str, account: tuple[str, ...], form: dict[str, str]
) -> None:
    url = f"{prism}/2010-04-01/Accounts/{account[1]}/Messages.json"
    async with ClientSession(auth=BasicAuth(account[1], account[2])) as session, session.post(url, data=form) as answer:
        assert answer.status == 422
