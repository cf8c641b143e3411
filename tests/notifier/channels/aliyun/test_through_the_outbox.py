"""A notice to a number of the mainland, from the outbox to Aliyun and back: sent, lost sight of, found, reported."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.channels.aliyun_filings import StoredFilings
from notifier.channels.aliyun_sms import AliyunSms
from notifier.channels.by_number import ByNumber
from notifier.filing_lint import as_filing
from notifier.filing_texts import sms_filings
from notifier.filings import Filing, store_filings
from notifier.status_calls import ALIYUN, StatusCall, take_status

NUMBER = "+8614000000001"


@pytest.fixture
def send(world: Any, dispatch: Any, aliyun_api: Any, aliyun_account: tuple[str, str]) -> Callable[..., Any]:
    """`await send()`: one pass with Aliyun; `await send(now=…)`."""
    sms = AliyunSms(*aliyun_account, StoredFilings(world.database), base_url=aliyun_api.url, timeout=5)

    async def run(*others: Any, **options: Any) -> Any:
        # in a loop of its own, while this one answers for Aliyun
        return await asyncio.to_thread(dispatch, ByNumber("sms", mainland=sms), *others, **options)

    return run


@pytest.fixture
def filed(world: Any, approve: Callable[[Filing], None]) -> None:
    """Every text of gz.sms has its id."""
    filings = [as_filing(text, f"SMS_{number}") for number, text in enumerate(sms_filings("gz.sms", "zh"), start=1)]
    with world.database.write() as session:
        store_filings(session, filings)
    for one in filings:
        approve(one)


@pytest.fixture
def notice(world: Any) -> int:
    unit = world.unit(NUMBER)
    return int(world.notice(unit, world.lifts(unit, 14)))


@pytest.mark.usefixtures("filed")
async def test_what_aliyun_sends_is_what_stands_in_the_outbox(
    world: Any, send: Any, aliyun_api: Any, notice: int
) -> None:
    await send()
    [(_, query)] = aliyun_api.requests
    [delivery] = world.deliveries(notice)
    assert (world.status(notice), delivery.provider_id, aliyun_api.faults) == ("sent", "9006197469364984^1", [])
    [said] = [one.text for one in sms_filings("gz.sms", "zh") if "${n}" in one.text and "最早" not in one.text]
    for name, value in json.loads(query["TemplateParam"]).items():
        said = said.replace(f"${{{name}}}", value)
    assert (said, query["OutId"]) == (delivery.body, str(delivery.id))


@pytest.mark.usefixtures("filed")
async def test_one_of_unknown_outcome_is_found_in_the_list_and_never_sent_twice(
    world: Any, send: Any, aliyun_api: Any, notice: int, now: datetime
) -> None:
    aliyun_api.hang_up = True
    await send()
    assert world.status(notice) == "unknown"
    aliyun_api.hang_up = False
    [delivery] = world.deliveries(notice)
    shown = {"PhoneNum": "14000000001", "SendDate": "2026-11-23 09:00:05", "SendStatus": 1, "OutId": str(delivery.id)}
    aliyun_api.listed = [{**shown, "Content": f"【梯信演示】{delivery.body}"}]
    await send(now=now + timedelta(minutes=1))
    [delivery] = world.deliveries(notice)
    assert (world.status(notice), delivery.provider_id) == ("sent", f"ours:{delivery.id}")
    assert [action for action, _ in aliyun_api.requests].count("SendSms") == 1
    report = StatusCall("9006^1", "delivered", NUMBER, "", delivery.id, "sms", ALIYUN)
    with world.database.write() as session:
        take_status(session, report, now=now + timedelta(minutes=2))
    assert world.status(notice) == "delivered"


async def test_a_text_that_is_not_filed_makes_a_person_call(
    world: Any, send: Any, make_channel: Any, aliyun_api: Any, notice: int
) -> None:
    person = make_channel("call_task")
    await send(person)
    assert (aliyun_api.requests, person.addresses, world.status(notice)) == ([], [NUMBER], "sent")
    assert world.deliveries(notice)[0].error == "permanent: no text filed with Aliyun says this sms of gz.sms"
