"""Channels that stay in this house, and which ones a process has."""

from collections.abc import Callable
from typing import Any

import pytest

from notifier.channels.telegram import make_bot
from notifier.channels.webchat import WebChat
from notifier.modes import Mode
from notifier.wiring import TwilioAccount, channels_for, close_channels
from store.doors import StoredFile
from store.notices import ChatMessage
from store.parties import ContactRole
from store.tasks import Task


@pytest.fixture
def demo(world: Any, dispatch: Any) -> Callable[[], Any]:
    """A pass of the demo."""

    def run() -> Any:
        return dispatch(*channels_for(Mode.DEMO, world.database).values(), mode=Mode.DEMO)

    return run


def test_an_sms_of_the_demo_lands_in_an_inbox_with_its_signature(world: Any, demo: Any) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    demo()
    [line] = world.all(ChatMessage)
    assert (line.address, line.direction, line.notice_id) == ("sms:+8614000000001", "out", notice)
    assert line.text.startswith("【梯信演示】贵单位云荔花园")
    assert world.deliveries(notice)[0].channel == "sms"


def test_telegram_of_the_demo_stays_in_the_house_and_is_not_escaped(world: Any, demo: Any) -> None:
    unit = world.unit(None, chats=[("telegram", "12345678")])
    world.notice(unit, world.lifts(unit, compound="A&B花园"), channel_class="chat")
    demo()
    [line] = world.all(ChatMessage)
    assert line.address == "telegram:12345678"
    assert "A&B花园" in line.text


def test_the_web_chat_writes_to_the_persons_own_inbox(world: Any, demo: Any) -> None:
    unit = world.unit(None, chats=[("webchat", "yunli")])
    world.notice(unit, world.lifts(unit, 14), channel_class="chat")
    demo()
    [line] = world.all(ChatMessage)
    assert line.address == "yunli"
    assert "…另有 4 台" in line.text


async def test_figures_stand_in_the_web_chat_with_their_picture(world: Any, make_message: Any) -> None:
    world.notice(world.unit(None), [])
    drawn: list[bytes] = [b"\x89PNG"]
    channel = WebChat(world.database, lambda prepared: drawn.pop())  # the second time there is nothing to draw from
    for body in ("日清", "周结"):
        await channel.send(make_message("webchat", "4", body, figures={"rows": {}}))
    first, second = world.all(ChatMessage)
    [kept] = world.all(StoredFile)
    assert (kept.address, kept.content, kept.mime) == ("4", b"\x89PNG", "image/png")
    assert (first.text, first.media["kind"], first.media["file"]) == ("日清", "photo", kept.id)
    assert (second.text, second.media) == ("周结", None)


def test_a_call_is_a_task_of_the_department_with_everything_the_caller_needs(world: Any, demo: Any, today: Any) -> None:
    unit = world.unit(role=ContactRole.LEGAL_REP)
    notice = world.notice(unit, world.lifts(unit, 3), "gz.call")
    demo()
    [task] = world.all(Task)
    assert (task.kind, task.owner_party_id, task.party_id, task.notice_id) == ("call", 900, unit, notice)
    assert task.opened_on == today
    assert task.detail["number"] == "+8614000000001"
    assert task.detail["who"] == "李小满"
    assert task.detail["unit"] == "广州示例云荔物业服务有限公司"
    assert len(task.detail["lifts"]) == 3
    assert task.detail["script"].startswith(
        "您好，我是检验一部的陈一鸣。请问是广州示例云荔物业服务有限公司的李小满吗？"
    )
    assert (world.status(notice), world.told(notice)) == ("sent", ["told"] * 3)


async def test_in_demo_nothing_leaves_whatever_is_configured(world: Any, account: tuple[str, ...]) -> None:
    token, sid, secret, sender = account
    options = {"bot": make_bot(token), "twilio": TwilioAccount(sid, secret, sender)}
    inside = channels_for(Mode.DEMO, world.database, **options)
    outside = channels_for(Mode.LIVE, world.database, **options)
    assert set(inside) == set(outside) == {"webchat", "call_task", "sms", "telegram"}
    assert [type(channel).__name__ for name, channel in sorted(inside.items())] == [
        "CallTasks",
        "DemoSms",
        "DemoTelegram",
        "WebChat",
    ]
    assert type(outside["sms"]).__name__ == "TwilioSms"
    await close_channels(outside)


async def test_a_machine_calls_where_there_is_a_number_to_call_from(world: Any, account: tuple[str, ...]) -> None:
    _, sid, secret, sender = account
    twilio = TwilioAccount(sid, secret, sender, public_url="https://lifts.example", caller=sender)
    outside = channels_for(Mode.LIVE, world.database, twilio=twilio)
    assert type(outside["voice"]).__name__ == "TwilioVoice"
    assert "voice" not in channels_for(Mode.DEMO, world.database, twilio=twilio)
    await close_channels(outside)


def test_what_is_not_configured_is_not_there(world: Any) -> None:
    assert set(channels_for(Mode.GUESTS, world.database)) == {"webchat", "call_task"}
