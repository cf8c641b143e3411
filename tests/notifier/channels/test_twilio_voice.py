"""Calls through Twilio over real HTTP, against its own specification."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from notifier.channels.base import ChannelError, EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome
from notifier.channels.twilio_voice import TwilioVoice
from notifier.lint import EVERYDAY, LARGEST
from notifier.samples import render_sample

Message = Callable[..., Any]
TO, FROM = "+85251234567", "+14155552345"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEXT = "您好，贵单位有14台电梯…请按1"


@pytest.fixture
async def voice(twilio_api: Any, account: tuple[str, ...]) -> AsyncIterator[TwilioVoice]:
    """The channel, talking to the fake."""
    _, sid, secret, sender = account
    channel = TwilioVoice(sid, secret, sender, base_url=twilio_api.url, public_url="https://lifts.example/", timeout=5)
    yield channel
    await channel.close()


async def test_a_call_takes_along_what_is_said_and_where_the_key_goes(
    voice: TwilioVoice, twilio_api: Any, make_message: Message
) -> None:
    assert await voice.send(make_message("voice", TO, TEXT, delivery_id=7)) == f"CA{1:032x}"
    [(_, form)] = twilio_api.requests
    said = ElementTree.fromstring(form.pop("Twiml"))
    assert form == {
        "To": TO,
        "From": FROM,
        "Timeout": "30",
        "TimeLimit": "300",
        "StatusCallback": "https://lifts.example/webhooks/twilio/status?delivery=7",
    }
    assert [one.tag for one in said.iter()] == ["Response", "Gather", "Say", "Say"]
    gather, spoken = said[0], said[0][0]
    assert gather.get("action") == "https://lifts.example/webhooks/twilio/voice?delivery=7"
    assert (gather.get("numDigits"), gather.get("method"), gather.get("finishOnKey")) == ("1", "POST", "")
    assert (spoken.text, spoken.get("loop"), spoken.get("language")) == (TEXT, "2", "cmn-CN")
    assert twilio_api.faults == []


async def test_english_is_spoken_by_an_english_voice(
    voice: TwilioVoice, twilio_api: Any, make_message: Message
) -> None:
    message = make_message("voice", TO, "Hello")
    await voice.send(replace(message, prepared=replace(message.prepared, language="en")))
    said = ElementTree.fromstring(twilio_api.requests[0][1]["Twiml"])
    assert {one.get("language") for one in said.iter("Say")} == {"en-GB"}
    assert twilio_api.faults == []


@pytest.mark.parametrize("text", ['A&B <Hangup/> "x" \']]>', "a\x00b\x0b\ud800c\ufffe"])
async def test_what_a_register_holds_cannot_become_markup(
    voice: TwilioVoice, twilio_api: Any, make_message: Message, text: str
) -> None:
    await voice.send(make_message("voice", TO, text))
    said = ElementTree.fromstring(twilio_api.requests[0][1]["Twiml"])
    assert [one.tag for one in said.iter()] == ["Response", "Gather", "Say", "Say"]
    assert said[0][0].text == ("a b c" if "\x00" in text else text)
    assert twilio_api.faults == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("template", ["gz.call", "inspection.call"])
async def test_every_text_of_a_call_fits_and_offers_every_key(
    voice: TwilioVoice, twilio_api: Any, make_message: Message, template: str, language: str
) -> None:
    for sample in (language, f"{language}_long"):
        for lifts in (*EVERYDAY, LARGEST):
            body = render_sample(template, language, "voice", lifts=lifts, sample=sample, units=999).body
            assert all(key in body for key in "12340")
            message = make_message("voice", TO, body)
            await voice.send(replace(message, prepared=replace(message.prepared, language=language)))
    assert twilio_api.faults == []


async def test_a_text_that_is_too_long_is_not_begun(voice: TwilioVoice, twilio_api: Any, make_message: Message) -> None:
    with pytest.raises(PermanentError, match="too long for a call"):
        await voice.send(make_message("voice", TO, "梯" * 4000))
    assert twilio_api.requests == []


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, PermanentError),
        (400, 21215, PermanentError),
        (400, 21217, PermanentError),
        (400, 21210, TemporaryError),
        (401, 20003, TemporaryError),
        (429, 20429, TemporaryError),
        (500, 20500, UnknownOutcome),
    ],
)
async def test_a_refusal_is_the_numbers_fault_or_ours_or_leaves_it_open(
    voice: TwilioVoice, twilio_api: Any, make_message: Message, status: int, code: int, error: type[ChannelError]
) -> None:
    info = f"https://www.twilio.com/docs/errors/{code}"
    twilio_api.answers.append((status, {"code": code, "message": "no", "more_info": info, "status": status}))
    with pytest.raises(error) as caught:
        await voice.send(make_message("voice", TO))
    nobody_has_it = "no such address: " if code in (21211, 21217) else ""
    assert str(caught.value) == f"{nobody_has_it}Twilio answered {status}, code {code}"


async def test_no_answer_leaves_the_outcome_open(voice: TwilioVoice, twilio_api: Any, make_message: Message) -> None:
    twilio_api.hang_up = True
    with pytest.raises(UnknownOutcome):
        await voice.send(make_message("voice", TO))


def listed(number: int, minutes: float, status: str = "completed", **more: str) -> dict[str, str]:
    """A call in Twilio's list, begun so many minutes after the attempt."""
    created = format_datetime(AT + timedelta(minutes=minutes))
    return {"sid": f"CA{number:032x}", "to": TO, "from": FROM, "status": status, "date_created": created, **more}


async def test_calls_to_the_number_since_the_attempt_are_found_oldest_first(
    voice: TwilioVoice, twilio_api: Any
) -> None:
    twilio_api.listed += [
        listed(6, 40, "queued"),
        listed(5, 31, "busy"),
        listed(4, 30, "no-answer"),
        listed(3, 0.1),
        listed(2, -30),
        listed(1, 0.1, to="+85251234568"),
    ]
    attempt = EarlierAttempt(7, 1, "voice", TO, TEXT, AT, was_sending=True)
    assert await voice.find(attempt) == [f"CA{3:032x}", f"CA{6:032x}"]
    assert twilio_api.faults == []
    assert twilio_api.requests[0][0].partition("?")[0].endswith("/Calls.json")


async def test_calls_that_cannot_be_dated_are_nobodys(voice: TwilioVoice, twilio_api: Any) -> None:
    whole = listed(1, 0.1)
    twilio_api.listed = [{**whole, "sid": f"CA{2:032x}", "date_created": None}, whole]
    attempt = EarlierAttempt(7, 1, "voice", TO, TEXT, AT, was_sending=True)
    assert await voice.find(attempt) == [whole["sid"]]
