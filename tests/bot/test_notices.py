"""Under a notice: why it came, also for somebody of several parties; nobody learns of another's."""

from collections.abc import Callable
from typing import Any

import pytest
from phones.world import NOW, STRANGER, TODAY, World
from sqlmodel import select

from notifier.channels.telegram import Telegram
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from schedules.planner import plan_day
from store.database import Database
from store.duties import Told
from store.events import Event, EventKind
from store.notices import Notice

pytestmark = pytest.mark.one_store


@pytest.fixture
def tell_everybody(database: Database, world: World, running: Any) -> Callable[[], Any]:
    """Plan the day and send it through Telegram."""

    async def tell() -> None:
        with database.write() as session:
            plan_day(session, today=TODAY, now=NOW)
        channels = {"telegram": Telegram(running.bot)}
        await dispatch_due(database, channels, now=NOW, today=TODAY, mode=Mode.LIVE, owner="test")

    return tell


async def test_a_notice_says_why_it_came(phone: Any, tell_everybody: Any) -> None:
    await tell_everybody()
    unit = phone("unit_contact")
    assert unit.screen.labels
    await unit.press("为什么")
    assert "为什么收到" in unit.text
    assert "依据" in unit.text
    assert unit.sees("主菜单")


async def test_why_as_a_command_is_about_the_last_notice(phone: Any, tell_everybody: Any) -> None:
    await tell_everybody()
    unit = phone("unit_contact")
    await unit.write("/why")
    assert "为什么收到" in unit.text


async def test_why_says_whom_each_rung_is_for_and_what_was_sent_late(
    phone: Any, tell_everybody: Any, database: Database
) -> None:
    await tell_everybody()
    with database.write() as session:
        for row in (*session.exec(select(Told)), *session.exec(select(Notice))):
            row.late = True
    unit = phone("unit_contact")
    await unit.write("/why")
    assert "这条发晚了：11月23日才发出" in unit.text
    assert "短信提醒：最迟 2026年7月31日\n　告知使用单位、维保单位" in unit.text
    assert "　告知区监管部门、使用单位、维保单位" in unit.text
    for label in ("我的电梯", "云荔花园1栋", "1栋1梯", "为什么"):
        await unit.press(label)
    assert "发晚了：11月23日才告知" in unit.text
    await unit.write("/language")
    assert "To the use unit, the maintainer" in unit.text
    assert "Sent late, on 23 Nov" in unit.text


@pytest.mark.parametrize("who", [STRANGER, "other_contact", "revoked"])
async def test_the_button_of_anothers_notice_tells_nothing(phone: Any, tell_everybody: Any, who: Any) -> None:
    await tell_everybody()
    sent, button = phone("unit_contact").find("为什么")
    nobody = phone(who)
    before = len(nobody.messages)
    nobody.press_data(button["callback_data"], sent.number)
    await nobody._settle()
    assert [
        message.text for message in nobody.messages[before:] if "云荔" in message.text or "依据" in message.text
    ] == []


async def test_the_lifts_of_a_notice_are_booked_from_under_it(
    phone: Any, tell_everybody: Any, database: Database
) -> None:
    await tell_everybody()
    unit = phone("unit_contact")
    notices = [message for message in unit.messages if "约检" in message.labels]
    assert notices
    await unit.press("约检", of=notices[0])
    await unit.press("周")
    await unit.press("上午") if unit.sees("上午") else await unit.press("下午")
    await unit.press("确认约检")
    with database.read() as session:
        assert session.exec(select(Event).where(Event.kind == EventKind.BOOKED)).all()


async def test_what_a_notice_says_can_be_said_to_be_otherwise(phone: Any, tell_everybody: Any) -> None:
    await tell_everybody()
    unit = phone("unit_contact")
    await unit.press("情况不符")
    assert unit.sees("返回")
    assert unit.sees("停用")
