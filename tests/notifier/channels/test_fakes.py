"""The fakes are strict: what the providers' specifications do not know is a fault."""

from typing import Any

import pytest
from aiohttp import ClientSession


async def ask(url: str, **form: str) -> None:
    async with ClientSession() as session, session.post(url, data=form):
        pass


@pytest.mark.parametrize(
    ("method", "form", "fault"),
    [
        ("sendMessages", {"chat_id": "1", "text": "x"}, "no method sendMessages"),
        ("sendMessage", {"chat_id": "1", "text": "x", "colour": "red"}, "unknown parameter colour"),
        ("sendMessage", {"chat_id": "1"}, "missing parameter text"),
        ("sendMessage", {"chat_id": "1", "text": "x" * 4097}, "text of a wrong length"),
        ("sendMessage", {"chat_id": "1", "text": "<b>x", "parse_mode": "HTML"}, "tag b left open"),
        ("sendMessage", {"chat_id": "1", "text": "x", "protect_content": "maybe"}, "protect_content='maybe' is no"),
    ],
)
async def test_a_wrong_request_to_telegram_is_noticed(
    telegram_api: Any, account: tuple[str, ...], method: str, form: dict[str, str], fault: str
) -> None:
    await ask(f"{telegram_api.url}/bot{account[0]}/{method}", **form)
    assert any(said.startswith(fault) for said in telegram_api.faults)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"To": "12345", "From": "+14155552345", "Body": "x"}, "To='12345' is no E.164 number"),
        ({"To": "+85251234567", "Body": "x"}, "none of ['from'"),
        ({"To": "+85251234567", "From": "+14155552345", "Body": "x", "Text": "y"}, "unknown parameter Text"),
        ({"From": "+14155552345", "Body": "x"}, "missing parameter To"),
        ({"To": "+85251234567", "From": "+14155552345", "Body": "x", "StatusCallback": "here"}, "StatusCallback="),
    ],
)
async def test_a_wrong_request_to_twilio_is_noticed(
    twilio_api: Any, account: tuple[str, ...], form: dict[str, str], fault: str
) -> None:
    await ask(f"{twilio_api.url}/2010-04-01/Accounts/{account[1]}/Messages.json", **form)
    assert any(said.startswith(fault) for said in twilio_api.faults)
    assert "wrong account" in twilio_api.faults


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"To": "+85251234567", "From": "+14155552345"}, "none of ['url'"),
        ({"To": "here", "From": "+14155552345", "Twiml": "<Response/>"}, "To='here' is no number"),
        ({"To": "+85251234567", "From": "+14155552345", "Twiml": "<Response>"}, "TwiML"),
        ({"To": "+85251234567", "From": "+14155552345", "Twiml": "<Response><Shout/></Response>"}, "TwiML: Shout"),
        (
            {"To": "+85251234567", "From": "+14155552345", "Twiml": "<Response/>", "Timeout": "soon"},
            "Timeout='soon' is no integer",
        ),
    ],
)
async def test_a_wrong_call_is_noticed(
    twilio_api: Any, account: tuple[str, ...], form: dict[str, str], fault: str
) -> None:
    await ask(f"{twilio_api.url}/2010-04-01/Accounts/{account[1]}/Calls.json", **form)
    assert any(said.startswith(fault) for said in twilio_api.faults)
