"""Faults and entrapments from the first press to the end, through the real dispatcher over HTTP."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from phones.world import TODAY
from sqlmodel import select

from bot import using
from notifier.channels.telegram import Telegram
from notifier.dispatch import dispatch_due
from notifier.modes import Mode
from store.alerts import Alert
from store.database import BusyError, Database
from store.notices import Notice
from store.quiet import QuietHours

pytestmark = pytest.mark.one_store


@pytest.fixture
def services() -> Any:
    """A process that keeps quiet hours."""
    return SimpleNamespace(quiet=QuietHours())


def alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return list(session.exec(select(Alert)))


async def test_people_are_shut_in_and_help_is_called_by_choosing_and_confirming(
    phone: Any, database: Database, clock: Any
) -> None:
    guard, worker = phone("unit_contact"), phone("worker")
    await guard.write("/start")
    await guard.press("困人求救")
    await guard.press("1栋1梯")
    await guard.press("马上求救", twice=True)
    assert "不要扒门" in guard.text
    assert "保持通话" in guard.text
    assert "+8614" in guard.text, "a number to call by hand"
    assert len(alerts(database)) == 1
    clock.now += timedelta(minutes=3)
    await worker.write("/start")
    await worker.press("报警处理")
    await worker.press("困人")
    assert "1栋1梯" in worker.text
    for label in ("已收到", "已出发", "已到场"):
        await worker.press(label, twice=True)
        clock.now += timedelta(minutes=2)
    await guard.press("刷新")
    assert "已到场" in guard.text
    await guard.press("已全部救出")
    await guard.press("确认：人都出来了", twice=True)
    assert "已救出：11月23日 10:09" in guard.text
    [alert] = alerts(database)
    assert (alert.state, alert.arrived_at is not None) == ("freed", True)
    with database.read() as session:
        told = {one.step for one in session.exec(select(Notice))}
    assert told == {
        "reported",
        "in_chat",
        "emergency",
        "unit_told",
        "step:acknowledged",
        "step:on_the_way",
        "step:arrived",
    }


async def test_whose_call_for_help_finds_all_busy_reads_whom_to_call(
    phone: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = phone("unit_contact")
    await guard.write("/start")
    await guard.press("困人求救")
    await guard.press("1栋1梯")

    def find_it_busy(*_: Any) -> None:
        raise BusyError

    monkeypatch.setattr(using, "_in_transaction", find_it_busy)
    await guard.press("马上求救")
    assert "还没有办成" in guard.popup
    assert "119" in guard.popup
    assert alerts(database) == []


async def test_a_fault_in_words_reaches_the_maintainer_and_is_repaired(phone: Any, database: Database) -> None:
    unit, admin = phone("unit_contact"), phone("maintainer_admin")
    await unit.write("/start")
    await unit.press("报修")
    await unit.write("2栋")
    assert "3 台" in unit.text
    await unit.press("2栋1梯")
    await unit.write("门关不上")
    assert "门关不上" in unit.text
    assert "正在通知" in unit.text, "nothing has left yet"
    await admin.write("/start")
    await admin.press("报警处理")
    await admin.press("故障")
    assert "门关不上" in admin.text
    await admin.press("已修好")
    assert "已结束" in admin.text
    [alert] = alerts(database)
    assert alert.state == "done"


async def test_a_fault_by_a_photo_is_seen_by_the_maintainer(phone: Any, database: Database) -> None:
    unit, worker = phone("safety_manager"), phone("worker")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.send_photo(b"\xff\xd8\xff\xe0 a photo")
    [alert] = alerts(database)
    assert alert.photo_id is not None
    await worker.write("/start")
    await worker.press("报警处理")
    await worker.press("故障")
    await worker.press("看照片")
    assert any(sent.media == "photo" for sent in worker.messages)


async def test_of_two_who_receive_it_the_second_reads_who_was_first(phone: Any, database: Database) -> None:
    unit, one, two = phone("unit_contact"), phone("worker"), phone("maintainer_admin")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.write("异响")
    for person in (one, two):
        await person.write("/start")
        await person.press("报警处理")
        await person.press("故障")
    await one.press("已收到")
    await two.press("已收到")
    assert "先处理了这一步" in two.popup or "已过时" in two.popup
    [alert] = alerts(database)
    assert alert.state == "acknowledged"


async def test_an_entrapment_by_mistake_is_taken_back_after_a_second_question(phone: Any, database: Database) -> None:
    guard, worker = phone("unit_contact"), phone("worker")
    await guard.write("/start")
    await guard.press("困人求救")
    await guard.press("1栋1梯")
    await guard.press("马上求救")
    await worker.write("/start")
    await worker.press("报警处理")
    await worker.press("困人")
    assert not worker.sees("误报")
    await guard.press("误报，撤回")
    assert "之前也没有人被困" in guard.text
    assert [alert.state for alert in alerts(database)] == ["reported"]
    await guard.press("确认：没有人被困", twice=True)
    assert "误报，已撤回" in guard.text
    assert [alert.state for alert in alerts(database)] == ["withdrawn"]


async def test_at_night_who_reports_a_fault_reads_when_it_is_seen_and_chats_get_it_without_a_sound(
    phone: Any, database: Database, running: Any, clock: Any, bot_api: Any
) -> None:
    clock.now = clock.now.replace(hour=15)  # eleven in the evening in China
    unit, worker = phone("unit_contact"), phone("worker")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    assert "现在是夜间" in unit.text
    await unit.write("异响")
    assert "11月24日 08:00起才通知" in unit.text
    channels = {"telegram": Telegram(running.bot)}
    night = {"now": clock(), "today": TODAY, "mode": Mode.LIVE, "owner": "test", "quiet": QuietHours()}
    await dispatch_due(database, channels, **night)
    assert worker.find("去处理")
    sent = [form for method, form in bot_api.requests if method == "sendMessage" and "异响" in form["text"]]
    assert {form.get("disable_notification", "") for form in sent if form["chat_id"] != str(unit.chat_id)} == {"true"}


async def test_another_unit_sees_no_alert_of_ours(phone: Any) -> None:
    unit, other = phone("unit_contact"), phone("other_contact")
    await unit.write("/start")
    await unit.press("困人求救")
    await unit.press("1栋1梯")
    await unit.press("马上求救")
    await other.write("/start")
    await other.press("报警处理")
    assert "没有未结束的报警" in other.text


async def test_in_english(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/language")
    await unit.press("People shut in")
    await unit.press("1栋1梯")
    assert "emergency number" in unit.text
    await unit.press("call for help now")
    assert "Do not:" in unit.text


async def test_the_notice_itself_leads_to_the_alert(phone: Any, database: Database, running: Any, clock: Any) -> None:
    unit, worker, other = phone("unit_contact"), phone("worker"), phone("other_worker")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.write("异响")
    channels = {"telegram": Telegram(running.bot)}
    await dispatch_due(database, channels, now=clock(), today=TODAY, mode=Mode.LIVE, owner="test")
    sent, button = worker.find("去处理")
    other.press_data(button["callback_data"], sent.number)
    await other._settle()
    assert "异响" not in "".join(message.text for message in other.messages)
    await worker.press("去处理")
    assert "异响" in worker.text
    await worker.press("已收到", twice=True)
    [alert] = alerts(database)
    assert alert.state == "acknowledged"


@pytest.mark.parametrize(
    ("language", "menu", "asks", "calls", "tells", "calms"),
    [
        ("zh", "困人求救", "马上求救", "请自己打119", "正在通知", "我们正在联系救援"),
        ("en", "People shut in", "call for help now", "please call 119 yourself", "is being told", "calling for help"),
    ],
)
async def test_what_is_promised_is_what_can_be_done(
    phone: Any, language: str, menu: str, asks: str, calls: str, tells: str, calms: str
) -> None:
    guard = phone("unit_contact")
    await guard.write("/language" if language == "en" else "/start")
    await guard.press(menu)
    await guard.press("1栋1梯")
    assert calls in guard.text, "no rescue centre is set, so none is called"
    await guard.press(asks)
    assert tells in guard.text
    assert calms in guard.text
    assert "正在赶来" not in guard.text
    assert "on their way" not in guard.text, "nobody has said so yet"


async def test_many_long_reports_and_notes_fit_a_message_and_say_what_is_left_out(
    phone: Any, clock: Any, bot_api: Any
) -> None:
    unit = phone("unit_contact")
    for number in range(12):
        await unit.write("/start")
        await unit.press("报修")
        await unit.press("1栋1梯")
        await unit.write(f"{number:02}" + "故" * 498)
    for number in range(7):
        clock.now += timedelta(minutes=1)
        await unit.write(f"{number}" + "补" * 190)
    assert bot_api.faults == []
    assert "还有 6 条报告" in unit.text
    assert "更早的 3 条补充" in unit.text
    assert "6补" in unit.text
    await unit.write("/language en")
    await unit.write("/start")
    await unit.press("Alerts")
    await unit.press("›")
    await unit.press("Fault", of=unit.screen)
    assert "6 more reports of the same lift are not shown." in unit.text


async def test_the_same_words_at_another_time_are_another_note(phone: Any, database: Database, clock: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.write("门关不上")
    for _ in range(2):
        await unit.write("还有10分钟到")
        clock.now += timedelta(minutes=15)
    [alert] = alerts(database)
    assert alert.what.count("还有10分钟到") == 2
