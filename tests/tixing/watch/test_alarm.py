"""The operator hears of it, through the channels that are there, and the monitor outside hears that all is well."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from notifier.channels.base import UNLIMITED, Channel, EarlierAttempt, OutgoingMessage, PermanentError
from notifier.channels.demo import DemoSms, DemoTelegram
from store.database import Database
from store.notices import ChatMessage, Delivery
from store.watch import Beat, Incident, beat
from tixing.watch.alarm import Operator, look
from tixing.watch.outside import ping, post_alarm, read_health
from tixing.watch.words import say_begun, say_over

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ADDRESSES = (("sms", "+8614000000099"), ("telegram", "123456789"))


class Broken:
    """A channel that refuses everything."""

    name = "sms"
    list_lag = timedelta(0)
    rates = UNLIMITED

    async def send(self, message: OutgoingMessage) -> str:
        raise PermanentError("refused")

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        return []

    async def close(self) -> None:
        return


@pytest.fixture
def well(database: Database) -> Callable[[datetime], None]:
    def leave(now: datetime) -> None:
        with database.write() as session:
            for kind in Beat:
                beat(session, kind, "serve", day=now.date(), now=now)

    return leave


@pytest.fixture
def channels(database: Database) -> Callable[[], dict[str, Channel]]:
    return lambda: {"sms": DemoSms(database), "telegram": DemoTelegram(database)}


def said(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(line.address, line.text) for line in session.exec(select(ChatMessage).order_by(ChatMessage.id))]


async def test_every_address_of_the_operator_gets_one_alarm_and_one_end(database, well, channels):
    operator = Operator(ADDRESSES)
    well(NINE)
    await look(database, operator, channels, now=NINE)
    assert said(database) == []
    for minute in range(16, 30):
        await look(database, operator, channels, now=NINE + timedelta(hours=15, minutes=minute))
    text = "11月24日的计划没有完成，提醒不会发出，请检查服务。上次完成：11月23日"
    assert said(database) == [("sms:+8614000000099", f"【梯信演示】{text}"), ("telegram:123456789", text)]
    well(NINE + DAY)
    for minute in range(10):
        await look(database, operator, channels, now=NINE + DAY + minute * MINUTE)
    well(NINE + DAY + 10 * MINUTE)
    await look(database, operator, channels, now=NINE + DAY + 10 * MINUTE)
    assert [text for _, text in said(database)][2:] == [
        "【梯信演示】11月24日00:16起的故障已于11月24日09:10恢复",
        "11月24日00:16起的故障已于11月24日09:10恢复",
    ]


async def test_an_alarm_is_no_notice_and_leaves_no_delivery(database, channels):
    await look(database, Operator(ADDRESSES), channels, now=NINE)
    with database.read() as session:
        assert session.exec(select(Delivery)).all() == []
        assert [line.notice_id for line in session.exec(select(ChatMessage))] == [None, None]


async def test_the_webhook_gets_the_alarm_and_no_address(database, channels, outside):
    await look(database, Operator(ADDRESSES, language="en", alarm_url=outside.url), channels, now=NINE)
    [(method, _, body)] = outside.asked
    assert method == "POST"
    assert body == {
        "status": "failing",
        "code": "no_plan",
        "text": "The plan of 23 Nov was not completed; reminders do not go out. Please check the service. "
        "Last completed: never",
        "began_at": "2026-11-23T01:00:00+00:00",
        "ended_at": None,
    }


async def test_the_monitor_outside_is_called_while_all_is_well_and_not_otherwise(database, well, channels, outside):
    operator = Operator(heartbeat_url=outside.url)
    await look(database, operator, channels, now=NINE)
    assert outside.asked == []
    well(NINE)
    await look(database, operator, channels, now=NINE)
    assert outside.asked == [("GET", "/ping/secret-key", None)]


async def test_an_alarm_that_reached_nobody_is_tried_again(database, outside):
    operator = Operator((ADDRESSES[0],), alarm_url=outside.url)
    outside.status = 500
    for minute in (0, 1, 10):
        await look(database, operator, lambda: {"sms": Broken()}, now=NINE + minute * MINUTE)
    assert len(outside.asked) == 2
    outside.status = 202
    for minute in (20, 30, 40):
        await look(database, operator, lambda: {"sms": Broken()}, now=NINE + minute * MINUTE)
    assert len(outside.asked) == 3


async def test_nobody_named_is_a_line_in_the_log_once(database, channels):
    with capture_logs() as logs:
        for minute in range(3):
            await look(database, Operator(), channels, now=NINE + minute * MINUTE)
    assert [line["event"] for line in logs] == ["alarm"]


async def test_an_address_outside_that_fails_is_no_error_and_its_key_is_not_logged(outside):
    outside.status = 404
    with capture_logs() as logs:
        assert not await ping(outside.url)
        outside.hangs = True
        assert not await ping(outside.url, timeout=0.2)
        assert not await post_alarm("http://127.0.0.1:1/key", {})
        assert not await post_alarm("http://[broken/key", {})
    faults = [line["fault"] for line in logs]
    assert faults[:2] == ["it answers 404", "it does not answer in time"]
    assert len(faults) == 4
    assert "key" not in str(logs)


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ('{"status": "ok"}', "ok", None),
        ('{"status": "failing", "reason": "no plan"}', "failing", "no plan"),
        ("<html>", "failing", "127.0.0.1: its answer cannot be read"),
        ('{"ok": true}', "failing", "127.0.0.1: it answers 200, and not as /healthz does"),
    ],
)
async def test_another_process_is_asked_and_anything_unclear_is_failing(outside, answer, status, reason):
    outside.answer = answer
    found = await read_health(outside.url)
    assert (found["status"], found.get("reason")) == (status, reason)


async def test_a_process_that_is_not_there_is_failing():
    assert (await read_health("http://127.0.0.1:1/healthz"))["status"] == "failing"


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        ("paused", {"since": "2026-11-24T09:05+08:00", "cities": "*"}),
        ("plan_held", {"day": "2026-11-24", "cities": "chongqing, guangzhou"}),
        ("no_plan", {"today": "2026-11-24", "last": ""}),
        ("no_dispatch", {"last": "2026-11-24T09:05+08:00", "minutes": 10}),
        ("no_dispatch", {"last": "", "minutes": 10}),
        (
            "process_silent",
            {"process": f"worker@{'m' * 24}#12", "silent": 2, "last": "2026-11-24T09:05+08:00", "minutes": 10},
        ),
        ("stuck", {"notices": 12000, "minutes": 600}),
    ],
)
def test_every_reason_is_said_in_both_languages_in_one_short_message(reason: str, facts: dict[str, Any]):
    incident = Incident(reason=reason, facts=facts, began_at=NINE, ended_at=NINE + DAY)
    for language, longest in (("zh", 70), ("en", 160)):
        assert 10 < len(say_begun(incident, language)) <= longest
        assert 10 < len(say_over(incident, language)) <= longest


def test_a_pause_of_every_city_is_said_in_words():
    incident = Incident(reason="paused", facts={"since": "2026-11-24T09:05+08:00", "cities": "*"}, began_at=NINE)
    assert say_begun(incident, "zh") == "11月24日09:05起已暂停计划和发送（所有城市），恢复前不会发出提醒"
    assert "all cities" in say_begun(incident, "en")
