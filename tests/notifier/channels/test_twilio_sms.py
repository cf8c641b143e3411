"""Twilio over real HTTP, against its own specification."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from notifier.channels.base import ChannelError, EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome
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
    nobody_has_it = "no such address: " if code in (21211, 21217) else ""
    assert str(caught.value) == f"{nobody_has_it}Twilio answered {status}, code {code}"


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


@pytest.mark.parametrize("answer", [{}, {"sid": None}, {"sid": 5}, [], 5, "null", ""])
async def test_an_answer_without_an_id_leaves_the_outcome_open(
    twilio: TwilioSms, twilio_api: Any, make_message: Message, answer: Any
) -> None:
    twilio_api.answers.append((201, answer))
    with pytest.raises(UnknownOutcome, match=r"could not be read|has no SID"):
        await twilio.send(make_message("sms", TO))


async def test_a_server_that_is_not_there_is_tried_later(account: tuple[str, ...], make_message: Message) -> None:
    _, sid, secret, sender = account
    channel = TwilioSms(sid, secret, sender, base_url="http://127.0.0.1:9", timeout=1)
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await channel.send(make_message("sms", TO))
    await channel.close()


def listed(number: int, created: str, body: str, status: str = "sent", **other: str) -> dict[str, str]:
    """A message as Twilio's list shows it; `created` is the time of 23 November."""
    at = f"Mon, 23 Nov 2026 {created} +0000"
    said = {"sid": f"SM{number:032x}", "date_created": at, "body": body, "status": status}
    return {**said, "to": TO, "from": "+14155552345", **other}


def attempt_of(make_message: Message, body: str) -> EarlierAttempt:
    """An attempt of 09:00 in Shanghai, 01:00 UTC."""
    return EarlierAttempt(7, 1, "sms", TO, body, make_message("sms", TO).attempted_at, was_sending=True)


async def test_its_list_names_the_messages_of_these_words_to_this_number_since_the_attempt(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    words = "贵单位有14台电梯"
    twilio_api.listed = [
        listed(6, "01:00:09", f"【梯信演示】{words}"),
        listed(5, "01:00:05", f"【梯信演示】{words}", "failed"),
        listed(4, "01:00:03", "【梯信演示】贵单位有15台电梯"),
        listed(3, "01:00:02", f"Sent from your Twilio trial account - 【梯信演示】{words}", "queued", date_sent=""),
        listed(2, "01:00:02", f"【梯信演示】{words}", to="+85251234568"),
        listed(1, "00:40:00", f"【梯信演示】{words}"),
    ]
    found = await twilio.find(attempt_of(make_message, words))
    assert found == [f"SM{3:032x}", f"SM{6:032x}"]
    assert twilio_api.faults == []


async def test_what_cannot_be_read_in_its_list_is_nobodys(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    whole = listed(1, "01:00:01", "您好")
    odd = [{"body": None}, {"date_created": None}, {"date_created": "yesterday"}, {"sid": None}]
    twilio_api.listed = [whole, *({**whole, "sid": f"SM{2:032x}", **one} for one in odd)]
    assert await twilio.find(attempt_of(make_message, "您好")) == [whole["sid"]]


async def test_a_long_list_is_read_to_its_end(twilio: TwilioSms, twilio_api: Any, make_message: Message) -> None:
    others = [listed(100 + k, "01:05:00", f"第{k}条") for k in range(120)]
    twilio_api.listed = [*others, listed(1, "01:00:01", "【梯信演示】您好")]
    assert await twilio.find(attempt_of(make_message, "您好")) == [f"SM{1:032x}"]


async def test_a_list_that_cannot_be_had_tells_nothing(
    twilio: TwilioSms, twilio_api: Any, make_message: Message
) -> None:
    twilio_api.answers.append(refusal(503, 20503))
    with pytest.raises(ChannelError):
        await twilio.find(attempt_of(make_message, "您好"))
