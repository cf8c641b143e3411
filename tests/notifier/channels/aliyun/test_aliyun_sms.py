"""SMS through Aliyun over real HTTP, against a fake that checks each request, its signature among it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from notifier.channels.aliyun_filings import StoredFilings
from notifier.channels.aliyun_sms import AliyunSms
from notifier.channels.base import EarlierAttempt, PermanentError, TemporaryError, UnknownOutcome
from notifier.filings import Filing, store_filings
from store.database import Database

Message = Callable[..., Any]
TO, BARE = "+8614000000001", "14000000001"
BODY = "贵单位云荔花园3栋1梯电梯2027年3月31日到期。"
SIGNED = "【梯信演示】"
HOME = "贵单位${place}电梯${due}到期。"


@pytest.fixture
def sms(aliyun_api: Any, aliyun_account: tuple[str, str], filings: StoredFilings) -> AliyunSms:
    return AliyunSms(*aliyun_account, filings, base_url=aliyun_api.url, timeout=5)


async def test_a_message_goes_as_the_approved_text_with_its_variables(
    sms: AliyunSms, aliyun_api: Any, make_message: Message
) -> None:
    assert await sms.send(make_message("sms", TO, BODY, delivery_id=7)) == "9006197469364984^1"
    [(action, query)] = aliyun_api.requests
    assert (action, json.loads(query.pop("TemplateParam"))) == (
        "SendSms",
        {"place": "云荔花园3栋1梯", "due": "2027年3月31日"},
    )
    assert query == {"PhoneNumbers": BARE, "SignName": "梯信演示", "TemplateCode": "SMS_100000001", "OutId": "7"}
    assert aliyun_api.faults == []


async def test_a_text_without_variables_and_without_a_record(
    sms: AliyunSms, aliyun_api: Any, make_message: Message
) -> None:
    await sms.send(make_message("sms", TO, "已恢复向本号码发送短信。", delivery_id=0))
    assert not {"TemplateParam", "OutId"} & aliyun_api.requests[0][1].keys()
    assert aliyun_api.faults == []


async def test_what_nobody_has_approved_is_not_sent(sms: AliyunSms, aliyun_api: Any, make_message: Message) -> None:
    with pytest.raises(PermanentError, match="says this sms of gz"):
        await sms.send(make_message("sms", TO, "贵单位有14台电梯到期。"))
    assert aliyun_api.requests == []


async def test_what_is_filed_later_is_found_without_a_restart(
    aliyun_api: Any, aliyun_account: tuple[str, str], make_message: Message, database: Database
) -> None:
    channel = AliyunSms(*aliyun_account, StoredFilings(database), base_url=aliyun_api.url)
    with pytest.raises(PermanentError):
        await channel.send(make_message("sms", TO, BODY))
    with database.write() as session:
        store_filings(session, [Filing(kind="sms", template="gz.sms", code="SMS_100000001", text=HOME)])
    await channel.send(make_message("sms", TO, BODY))
    assert aliyun_api.faults == []


async def test_the_fake_sees_a_wrong_secret_and_a_wrong_variable(
    aliyun_api: Any, aliyun_account: tuple[str, str], filings: StoredFilings, make_message: Message, database: Database
) -> None:
    await AliyunSms(aliyun_account[0], "another", filings, base_url=aliyun_api.url).send(make_message("sms", TO, BODY))
    assert aliyun_api.faults == ["the signature is wrong"]
    with database.write() as session:
        store_filings(session, [Filing(kind="sms", code="SMS_100000001", text="贵单位${where}到期。")])
    channel = AliyunSms(*aliyun_account, StoredFilings(database), base_url=aliyun_api.url)
    await channel.send(make_message("sms", TO, "贵单位3栋到期。"))
    assert "SMS_100000001 takes" in aliyun_api.faults[-1]


async def test_connections_are_kept(sms: AliyunSms, aliyun_api: Any, make_message: Message) -> None:
    for number in range(3):
        await sms.send(make_message("sms", TO, BODY, delivery_id=number + 1))
    assert len(aliyun_api.connections) == 1


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", PermanentError),
        (200, "isv.BLACK_KEY_CONTROL_LIMIT", PermanentError),
        (200, "isv.PARAM_LENGTH_LIMIT", PermanentError),
        (200, "isv.AMOUNT_NOT_ENOUGH", TemporaryError),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", TemporaryError),
        (200, "isp.RAM_PERMISSION_DENY", TemporaryError),
        (200, "isp.SYSTEM_ERROR", UnknownOutcome),
        (400, "isv.MOBILE_NUMBER_ILLEGAL", PermanentError),
        (400, "isv.OUT_OF_SERVICE", TemporaryError),
        (500, "isp.SYSTEM_ERROR", UnknownOutcome),
        (404, "InvalidAccessKeyId.NotFound", TemporaryError),
        (400, "SignatureDoesNotMatch", TemporaryError),
        (429, "Throttling.User", TemporaryError),
        (503, "ServiceUnavailable", TemporaryError),
        (500, "InternalError", UnknownOutcome),
    ],
)
async def test_a_refusal_is_the_numbers_fault_or_ours_or_leaves_it_open(
    sms: AliyunSms, aliyun_api: Any, make_message: Message, status: int, code: str, error: type[Exception]
) -> None:
    aliyun_api.answers.append((status, {"Code": code, "Message": "14000000001", "RequestId": "R"}))
    with pytest.raises(error) as caught:
        await sms.send(make_message("sms", TO, BODY))
    of_the_message = code.startswith(("isv.", "isp.")) and status < 500
    assert str(caught.value).removeprefix("no such address: ") == (
        f"Aliyun answered {code}" if of_the_message else f"Aliyun answered {status}, {code}"
    )
    assert str(caught.value).startswith("no such address: ") == (code == "isv.MOBILE_NUMBER_ILLEGAL")
    assert len(aliyun_api.requests) == 1


async def test_too_many_for_one_number_are_tried_in_an_hour(
    sms: AliyunSms, aliyun_api: Any, make_message: Message
) -> None:
    aliyun_api.answers.append((200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发天级流控Permits:40"}))
    with pytest.raises(TemporaryError) as caught:
        await sms.send(make_message("sms", TO, BODY))
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize(
    "body", ["<html>proxy</html>", "", "[]", "null", "7", {}, {"Code": "OK"}, {"Code": "OK", "BizId": ""}]
)
async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(
    sms: AliyunSms, aliyun_api: Any, make_message: Message, body: Any
) -> None:
    aliyun_api.answers.append((200, body))
    with pytest.raises(UnknownOutcome):
        await sms.send(make_message("sms", TO, BODY))


async def test_no_answer_leaves_the_outcome_open(sms: AliyunSms, aliyun_api: Any, make_message: Message) -> None:
    aliyun_api.hang_up = True
    with pytest.raises(UnknownOutcome, match="did not answer"):
        await sms.send(make_message("sms", TO, BODY))
    assert len(aliyun_api.requests) == 1


async def test_a_slow_answer_is_given_up_after_the_timeout(
    aliyun_api: Any, aliyun_account: tuple[str, str], filings: StoredFilings, make_message: Message
) -> None:
    aliyun_api.delay = 2
    channel = AliyunSms(*aliyun_account, filings, base_url=aliyun_api.url, timeout=0.2)
    with pytest.raises(UnknownOutcome, match="did not answer"):
        await channel.send(make_message("sms", TO, BODY))


async def test_a_server_that_is_not_there_is_tried_later(
    aliyun_account: tuple[str, str], filings: StoredFilings, make_message: Message
) -> None:
    channel = AliyunSms(*aliyun_account, filings, base_url="http://127.0.0.1:9", timeout=1)
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await channel.send(make_message("sms", TO, BODY))


def listed(
    out_id: str, at: str = "2026-11-23 09:00:05", *, status: int = 3, content: str = SIGNED + BODY
) -> dict[str, Any]:
    """A message as Aliyun's list shows it."""
    return {"PhoneNum": BARE, "SendDate": at, "OutId": out_id, "SendStatus": status, "Content": content}


@pytest.fixture
def attempt(make_message: Message) -> EarlierAttempt:
    """An attempt of 09:00 in Shanghai."""
    return EarlierAttempt(7, 1, "sms", TO, BODY, make_message("sms", TO).attempted_at, was_sending=True)


async def test_its_list_is_asked_for_our_own_number_of_the_attempt(
    sms: AliyunSms, aliyun_api: Any, attempt: EarlierAttempt
) -> None:
    aliyun_api.listed = [listed("7", status=1), listed("8")]
    assert await sms.find(attempt) == ["ours:7"]
    assert [query["SendDate"] for _, query in aliyun_api.requests] == ["20261123"]
    assert aliyun_api.faults == []


@pytest.mark.parametrize(
    "other",
    [
        listed("8"),
        listed("7", status=2),
        listed("7", content=SIGNED + "别的短信"),
        listed("7", "2026-11-22 09:00:05"),
    ],
)
async def test_another_message_is_not_this_attempt(
    sms: AliyunSms, aliyun_api: Any, attempt: EarlierAttempt, other: dict[str, Any]
) -> None:
    aliyun_api.listed = [other]
    assert await sms.find(attempt) == []


async def test_around_midnight_two_days_are_asked_and_a_long_list_is_read_to_its_end(
    sms: AliyunSms, aliyun_api: Any, attempt: EarlierAttempt
) -> None:
    late = replace(attempt, attempted_at=datetime(2026, 11, 23, 15, 55, tzinfo=UTC))
    aliyun_api.listed = [listed(f"1{number}", "2026-11-24 00:00:02") for number in range(70)]
    aliyun_api.listed.append(listed("7", "2026-11-24 00:00:03"))
    assert await sms.find(late) == ["ours:7"]
    assert [(query["SendDate"], query["CurrentPage"]) for _, query in aliyun_api.requests] == [
        ("20261123", "1"),
        ("20261124", "1"),
        ("20261124", "2"),
    ]


async def test_a_list_that_cannot_be_had_tells_nothing(
    sms: AliyunSms, aliyun_api: Any, attempt: EarlierAttempt
) -> None:
    aliyun_api.answers.append((503, {"Code": "ServiceUnavailable", "Message": "later"}))
    with pytest.raises(TemporaryError):
        await sms.find(attempt)
