"""Robots of groups: over real HTTP, against fakes that check what they get."""

import asyncio
import base64
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

import pytest
from aiohttp import web
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from sqlmodel import select

from actions.people.parties import bind_chat
from notifier.channels.base import (
    CannotTell,
    EarlierAttempt,
    PermanentError,
    TemporaryError,
    UnknownOutcome,
)
from notifier.channels.groups import Email, Groups, explain
from notifier.masking import mask_address
from store.parties import Contact

WECOM, DINGTALK, FEISHU = "wecombot://KEY-of-the-robot", "dingtalk://SECsecret@abc123token", "feishu://feishu-token-1"
BODY = "贵单位有14台电梯到期。\n<b>请</b>约检 & 配合 {{ n }}。"
SIGNED = "【梯信演示】"


@dataclass
class FakeRobots:
    """What groups were told, and what was wrong with how."""

    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    body: Any = None
    delay: float = 0
    hang_up: bool = False


def read_wecom(request: web.Request, said: Any) -> tuple[str, list[str]]:
    """https://developer.work.weixin.qq.com/document/path/91770"""
    faults = [] if request.query["key"] == "KEY-of-the-robot" else ["wrong key"]
    if said["msgtype"] == "image":
        picture = base64.b64decode(said["image"]["base64"])
        return picture.decode(), faults + ([] if said["image"]["md5"] == md5(picture).hexdigest() else ["wrong sum"])
    return said["text"]["content"], faults + ([] if said["msgtype"] == "text" else ["no text"])


def read_dingtalk(request: web.Request, said: Any) -> tuple[str, list[str]]:
    """https://open.dingtalk.com/document/robots/customize-robot-security-settings"""
    faults = [] if request.query["access_token"] == "abc123token" else ["wrong token"]
    text = f"{request.query['timestamp']}\nSECsecret".encode()
    if request.query["sign"] != base64.b64encode(hmac.digest(b"SECsecret", text, "sha256")).decode():
        faults.append("wrong signature")
    return said["text"]["content"], faults + ([] if said["msgtype"] == "text" else ["no text"])


def read_feishu(request: web.Request, said: Any) -> tuple[str, list[str]]:
    """https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"""
    faults = [] if request.match_info["token"] == "feishu-token-1" else ["wrong token"]
    return said["content"]["text"], faults + ([] if said["msg_type"] == "text" else ["no text"])


@pytest.fixture
async def robots(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRobots]:
    fake = FakeRobots()
    names = {read_wecom: "errcode", read_dingtalk: "errcode", read_feishu: "code"}

    def take(read: Callable[[web.Request, Any], tuple[str, list[str]]]) -> Any:
        async def answer(request: web.Request) -> web.Response:
            text, faults = read(request, await request.json())
            fake.told.append(text)
            fake.faults += faults
            if fake.hang_up:
                assert request.transport is not None
                request.transport.abort()
            await asyncio.sleep(fake.delay)
            status = fake.answers.pop(0) if fake.answers else 200
            return web.json_response(fake.body or {names[read]: 0}, status=status)

        return answer

    application = web.Application()
    application.router.add_post("/wecom", take(read_wecom))
    application.router.add_post("/dingtalk", take(read_dingtalk))
    application.router.add_post("/feishu/{token}/", take(read_feishu))
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(NotifyWeComBot, "notify_url", url + "/wecom?key={key}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", url + "/dingtalk?access_token={token}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", url + "/feishu/{token}/")
    yield fake
    await runner.cleanup()


@pytest.mark.parametrize("address", [WECOM, DINGTALK, FEISHU])
async def test_a_group_is_told_through_its_robot_as_it_is_written(
    robots: FakeRobots, make_message: Callable[..., Any], address: str
) -> None:
    assert await Groups().send(make_message("group", address, BODY, delivery_id=7)) == "group:7"
    assert (robots.told, robots.faults) == ([SIGNED + BODY], [])


@pytest.mark.parametrize(("address", "shown"), [(WECOM, ["drawn"]), (DINGTALK, []), (FEISHU, [])])
async def test_figures_come_with_their_picture_where_the_robot_takes_one(
    robots: FakeRobots, make_message: Callable[..., Any], address: str, shown: list[str]
) -> None:
    groups, message = Groups(draw=lambda prepared: b"drawn"), make_message("group", address, BODY, figures={"open": 1})
    await groups.send(message)
    assert (robots.told, robots.faults) == ([SIGNED + BODY, *shown], [])
    robots.answers, robots.told = [200, 500], []
    await groups.send(message)
    assert robots.told == [SIGNED + BODY, *shown], "the words count as told, whatever becomes of the picture"


async def test_the_address_that_wecom_gives_is_taken_too(robots: FakeRobots, make_message: Callable[..., Any]) -> None:
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY-of-the-robot"
    await Groups().send(make_message("group", address))
    assert robots.faults == []


@pytest.mark.parametrize(
    "address", ["", "x", "nosuch://key", "json://127.0.0.1/x", "file:///etc/passwd", "wecombot://"]
)
async def test_what_is_no_robot_is_never_called(make_message: Callable[..., Any], address: str) -> None:
    with pytest.raises(PermanentError, match="no robot"):
        await Groups().send(make_message("group", address))


async def test_what_is_too_long_for_wecom_goes_another_way(
    robots: FakeRobots, make_message: Callable[..., Any]
) -> None:
    with pytest.raises(PermanentError, match="2048 bytes"):
        await Groups().send(make_message("group", WECOM, "长" * 700))
    await Groups().send(make_message("group", FEISHU, "长" * 700))
    assert robots.told == [SIGNED + "长" * 700]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentError),
        (404, PermanentError),
        (403, TemporaryError),
        (429, TemporaryError),
        (503, TemporaryError),
        (500, UnknownOutcome),
    ],
)
async def test_a_refusal_is_the_messages_fault_or_ours_or_leaves_it_open(
    robots: FakeRobots, make_message: Callable[..., Any], status: int, error: type[Exception]
) -> None:
    robots.answers = [status]
    with pytest.raises(error) as caught:
        await Groups().send(make_message("group", WECOM))
    assert str(caught.value) == f"the robot's server answered {status}"
    assert len(robots.told) == 1


@pytest.mark.parametrize(
    ("address", "body", "error"),
    [
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, PermanentError),
        (WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, TemporaryError),
        (DINGTALK, {"errcode": 310000, "errmsg": "keywords not in content"}, PermanentError),
        (DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, TemporaryError),
        (FEISHU, {"code": 19024, "msg": "Key Words Not Found", "data": {}}, PermanentError),
        (FEISHU, {"code": 11232, "msg": "frequency limited", "data": {}}, TemporaryError),
        (FEISHU, {"msg": "?"}, PermanentError),
        (FEISHU, [1], PermanentError),
    ],
)
async def test_a_refusal_that_comes_with_200_is_one(
    robots: FakeRobots, make_message: Callable[..., Any], address: str, body: Any, error: type[Exception]
) -> None:
    robots.body = body
    with pytest.raises(error):
        await Groups().send(make_message("group", address))
    robots.body = None
    await Groups().send(make_message("group", address))


async def test_no_answer_leaves_the_outcome_open(robots: FakeRobots, make_message: Callable[..., Any]) -> None:
    robots.hang_up = True
    with pytest.raises(UnknownOutcome):
        await Groups().send(make_message("group", WECOM))


async def test_a_slow_answer_is_given_up_after_the_timeout(
    robots: FakeRobots, make_message: Callable[..., Any]
) -> None:
    robots.delay = 2
    with pytest.raises(UnknownOutcome):
        await Groups(timeout=0.2).send(make_message("group", WECOM))


async def test_a_server_that_is_not_there_is_tried_later(
    monkeypatch: pytest.MonkeyPatch, make_message: Callable[..., Any]
) -> None:
    monkeypatch.setattr(NotifyWeComBot, "notify_url", "http://127.0.0.1:9/?key={key}")
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await Groups().send(make_message("group", WECOM))


async def test_no_key_reaches_the_log(
    robots: FakeRobots, make_message: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await Groups().send(make_message("group", DINGTALK))
    robots.answers = [400]
    with pytest.raises(PermanentError):
        await Groups().send(make_message("group", WECOM))
    said = [line.getMessage() for line in caplog.records if line.name != "aiohttp.access"]  # which is the fake's own
    assert not [line for line in said for word in ("KEY-of", "SECsecret", "abc123token") if word in line]


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("group", WECOM, "wecombot://***"),
        ("group", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY", "https://***"),
        ("email", "lixiaoman@example.org", "l***@example.org"),
    ],
)
def test_an_address_is_never_shown_whole(channel: str, address: str, shown: str) -> None:
    assert mask_address(channel, address) == shown


async def test_neither_can_be_asked(make_message: Callable[..., Any]) -> None:
    attempt = EarlierAttempt(7, 1, "group", WECOM, "", make_message("group", WECOM).attempted_at, was_sending=True)
    for channel in (Groups(), Email("mailto://127.0.0.1?from=a@example.org")):
        with pytest.raises(CannotTell):
            await channel.find(attempt)


def test_lines_that_say_nothing_leave_the_outcome_open() -> None:
    assert isinstance(explain([]), UnknownOutcome)


def test_a_contact_with_a_group_is_told_there_in_the_words_of_a_chat(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit(None)
    with world.database.write() as session:
        contact = session.exec(select(Contact).where(Contact.party_id == unit)).one()
        bind_chat(session, channel="group", address=WECOM, contact_id=contact.id)
    notice = world.notice(unit, world.lifts(unit, 2))
    group = make_channel("group")
    dispatch(group, make_channel("sms"))
    assert (group.addresses, world.status(notice)) == ([WECOM], "sent")
    assert "\n" in group.sent[0].body
