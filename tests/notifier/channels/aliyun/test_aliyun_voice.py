"""Calls through Aliyun over real HTTP, against a fake that checks each request."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from notifier.channels.aliyun_account import local_number
from notifier.channels.aliyun_filings import StoredFilings
from notifier.channels.aliyun_voice import AliyunVoice
from notifier.channels.base import CannotTell, EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome

TO, CALLER = "+8614000000001", "02012345678"
BODY = "您好，贵单位云荔花园有14台电梯到期。"


@pytest.fixture
def voice(aliyun_api: Any, aliyun_account: tuple[str, str], filings: StoredFilings) -> AliyunVoice:
    return AliyunVoice(*aliyun_account, CALLER, filings, base_url=aliyun_api.url, timeout=5)


@pytest.fixture
def call(make_message: Callable[..., Any]) -> Callable[..., Any]:
    """`call(number)`: the message of a call."""

    def make(number: str = TO, body: str = BODY) -> Any:
        message = make_message("voice", number, body, delivery_id=7)
        return replace(message, prepared=replace(message.prepared, template="gz.call"))

    return make


async def test_a_call_reads_the_approved_text_and_offers_the_keys(
    voice: AliyunVoice, aliyun_api: Any, call: Callable[..., Any]
) -> None:
    assert await voice.send(call()) == "116012354148^1"
    [(action, query)] = aliyun_api.requests
    assert aliyun_api.faults == []
    values = {"siteName": "云荔花园", "n": "14"}
    assert (action, json.loads(query["StartTtsParams"])) == ("IvrCall", values)
    assert [query[name] for name in ("CalledNumber", "CalledShowNumber", "StartCode", "OutId", "PlayTimes")] == [
        "14000000001",
        CALLER,
        "TTS_200000001",
        "7",
        "2",
    ]
    keys = {query[f"MenuKeyMap.{number}.Key"]: query[f"MenuKeyMap.{number}.Code"] for number in range(1, 6)}
    assert keys == {**{key: f"TTS_20000001{int(key) - 1}" for key in "1234"}, "0": "TTS_200000001"}
    again = next(number for number in range(1, 6) if query[f"MenuKeyMap.{number}.Key"] == "0")
    assert json.loads(query[f"MenuKeyMap.{again}.TtsParams"]) == values


async def test_a_landline_is_dialled_with_its_area(
    voice: AliyunVoice, aliyun_api: Any, call: Callable[..., Any]
) -> None:
    await voice.send(call("+862012345678"))
    assert aliyun_api.requests[0][1]["CalledNumber"] == "02012345678"
    assert aliyun_api.faults == []


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        ("+8614000000001", "14000000001"),
        ("+862012345678", "02012345678"),
        ("+861012345678", "01012345678"),
        ("+869511234567", "09511234567"),
        ("+864001234567", "4001234567"),
    ],
)
def test_numbers_as_people_of_the_mainland_dial_them(phone: str, dialled: str) -> None:
    assert local_number(phone) == dialled


async def test_what_nobody_has_approved_is_not_read_out(
    voice: AliyunVoice, aliyun_api: Any, call: Callable[..., Any]
) -> None:
    with pytest.raises(PermanentError, match="says this voice of gz"):
        await voice.send(call(body="别的话"))
    assert aliyun_api.requests == []


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", PermanentError),
        (400, "isv.COMPLAINT_REJECT", PermanentError),
        (200, "isv.BUSINESS_LIMIT_CONTROL", TemporaryError),
        (400, "isv.VOICE_ROBOT_NOT_PERIOD", TemporaryError),
        (200, "isv.TTS_TEMPLATE_ILLEGAL", TemporaryError),
        (500, "isp.GATEWAY_ERROR", UnknownOutcome),
        (200, "OK", UnknownOutcome),
    ],
)
async def test_a_refusal_is_the_numbers_fault_or_ours_or_leaves_it_open(
    voice: AliyunVoice, aliyun_api: Any, call: Callable[..., Any], status: int, code: str, error: type[Exception]
) -> None:
    aliyun_api.answers.append((status, {"Code": code, "Message": "no", "RequestId": "R"}))
    with pytest.raises(error):
        await voice.send(call())
    assert len(aliyun_api.requests) == 1


async def test_it_cannot_be_asked_about_a_call_of_unknown_outcome(voice: AliyunVoice, call: Callable[..., Any]) -> None:
    attempt = EarlierAttempt(7, 1, "voice", TO, BODY, call().attempted_at, was_sending=True)
    with pytest.raises(CannotTell):
        await voice.find(attempt)
