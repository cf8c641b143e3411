"""Twilio over real HTTP, against its own specification."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from notifier.channels.base import CannotTell, EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome
from notifier.channels.twilio_sms import TwilioSms

Message = Callable[..., Any]
TO = "+85251234567"


@pytest.fixture
async def twilio(twilio_api: Any, account: tuple[str, ...]) -> AsyncIterator[TwilioSms]:
    """The channel, talking to the fake."""
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url=twilio_api.url, public_url="https://lifts.example/", timeout=5)
    yield channel
    await channel.close()


def refusal(status: int, code: int) -> tuple[int, dict[str, Any]]:
    """An error in the form that Twilio documents."""
    info = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": "refused", "more_info": info, "status": status}


async def test_a_message_is_created_with_signature_and_callback(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    provider_id = await twilio.send(make_message("sms", TO, "贵单位有14台电梯", delivery_id=7))
    assert provider_id == f"SM{1:032x}"
    [(_, form)] = twilio_api.requests
    assert form == {
        "To": TO,
        "From": "+14155552345",
        "Body": "【梯信演示】贵单位有14台电梯",
        "StatusCallback": "https://lifts.example/webhooks/twilio/status?delivery=7",
    }
    assert twilio_api.faults == []


async def test_without_a_public_address_there_is_no_callback(
    twilio_api: Any, account: tuple[str, ...], make_message: Message
) -> None:
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url=twilio_api.url)
    await channel.send(make_message("sms", TO))
    await channel.close()
    assert "StatusCallback" not in twilio_api.requests[0][1]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 21211, PermanentError),
        (400, 21610, PermanentError),
        (400, 21614, PermanentError),
        (401, 20003, TemporaryError),
        (400, 21606, TemporaryError),
        (429, 20429, TemporaryError),
        (503, 20503, TemporaryError),
        (500, 20500, UnknownOutcome),
    ],
)
async def test_a_refusal_is_the_numbers_fault_or_ours_or_leaves_it_open(
    twilio: TwilioSms, twilio_api: Any, make_message: Message, status: int, code: int, error: type[Exception]
) -> None:
    twilio_api.answers.append(refusal(status, code))
    with pytest.raises(error) as caught:
        await twilio.send(make_message("sms", TO))
    assert str(caught.value) == f"Twilio answered {status}, code {code}"


async def test_no_answer_in_time_leaves_the_outcome_open(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    twilio_api.hang_up = True
    with pytest.raises(UnknownOutcome):
        await twilio.send(make_message("sms", TO))


async def test_a_slow_answer_is_given_up_after_the_timeout(
    twilio_api: Any, account: tuple[str, ...], make_message: Message
) -> None:
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url=twilio_api.url, timeout=0.2)
    twilio_api.delay = 2
    with pytest.raises(UnknownOutcome, match="did not answer"):
        await channel.send(make_message("sms", TO))
    await channel.close()


async def test_an_answer_that_is_not_json_leaves_the_outcome_open(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    twilio_api.answers.append((201, "<html>proxy</html>"))
    with pytest.raises(UnknownOutcome, match="could not be read"):
        await twilio.send(make_message("sms", TO))


async def test_a_server_that_is_not_there_is_tried_later(account: tuple[str, ...], make_message: Message) -> None:
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url="http://127.0.0.1:9", timeout=1)
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await channel.send(make_message("sms", TO))
    await channel.close()


async def test_twilio_is_not_asked_about_the_past_yet(twilio: TwilioSms, make_message: Message) -> None:
    sent = make_message("sms", TO)
    with pytest.raises(CannotTell):
        await twilio.find(EarlierAttempt(1, 1, "sms", TO, "x", sent.attempted_at, was_sending=True))
