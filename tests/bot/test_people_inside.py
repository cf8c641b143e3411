"""Whoever types that people are shut in is led to the call for help; what is said below an alert is kept with it."""

from typing import Any

import pytest
from aiohttp import ClientPayloadError
from sqlmodel import col, select

from bot.people_inside import speaks_of_people_inside
from store.alerts import Alert
from store.database import Database
from store.parties import Contact

pytestmark = pytest.mark.one_store

VOICE = {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}
CALL = "轿厢内标牌上的救援电话"


def alerts(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.kind, one.what) for one in session.exec(select(Alert).order_by(col(Alert.id)))]


async def open_card(phone: Any, database: Database) -> Any:
    guard = phone("unit_contact")
    await guard.write("/start")
    await guard.press("困人求救")
    await guard.press("1栋1梯")
    await guard.press("马上求救")
    return guard


@pytest.mark.parametrize(
    "words",
    [
        "3栋电梯困人",
        "有人被困了！",
        "关人了",
        "里面有人出不来",
        "我被关在里面",
        "不知道有没有人被困",
        "没人管，被困两小时",
        "救命",
        "I do not know if someone is trapped",
        "People are trapped",
        "stuck in the lift",
        "3栋困梯",
        "有人困电梯里了",
        "困里面了",
        "里面困了两个人",
        "里面有两个人",
        "里面有小孩",
        "里面还有老人",
        "孩子出不来",
        "我出不去了",
        "关电梯里了",
        "被锁在里面",
        "电梯里有人",
        "是不是困人了",
        "不是有人被困吗",
        "有无困人",
        "有无人被困",
        "I can’t get out",
        "people still inside",
        "someone is stuck",
        "an entrapment",
        "locked in lift",
    ],
)
def test_these_words_say_that_people_are_inside(words: str) -> None:
    assert speaks_of_people_inside(words)


@pytest.mark.parametrize(
    "words",
    [
        "电梯停了，没有困人",
        "无人被困",
        "相关人员已到",
        "有关人员",
        "门被关不上",
        "里面没人，门关不上",
        "Nobody is trapped inside",
        "they are not stuck inside",
        "the door is stuck",
        "无人员被困",
        "没有乘客被困",
        "未发现有人被困",
        "未造成困人",
        "no passengers trapped",
        "开关人为损坏",
        "钥匙卡在电梯门缝",
        "里面没有人",
        "电梯里有人抽烟",
    ],
)
def test_these_do_not(words: str) -> None:
    assert not speaks_of_people_inside(words)


@pytest.mark.parametrize("way", [(), ("我的电梯", "查找"), ("报修",)])
async def test_typed_anywhere_it_leads_to_the_button_and_reports_nothing_by_itself(
    phone: Any, database: Database, way: tuple[str, ...]
) -> None:
    guard = phone("unit_contact")
    await guard.write("/start")
    for label in way:
        await guard.press(label)
    for words in ("有人被困", "快来人，有人被困"):
        await guard.write(words)
        assert "119" in guard.text
        assert "+8614" in guard.text, "the maintainer's number"
        assert guard.sees("困人求救")
    assert alerts(database) == []
    await guard.press("困人求救")
    await guard.press("1栋1梯")
    await guard.press("马上求救")
    assert alerts(database) == [("entrapment", "")]


async def test_in_a_fault_two_taps_call_for_help_and_one_reports_what_was_typed(phone: Any, database: Database) -> None:
    guard = phone("unit_contact")
    await guard.write("/start")
    for button, then in (("困人求救", "确认，马上求救"), ("按故障上报", "")):
        await guard.press("报修" if guard.sees("报修") else "主菜单")
        if not guard.sees("1栋1梯"):
            await guard.press("报修")
        await guard.press("1栋1梯")
        await guard.write("昨天困人，门关不上")
        assert "昨天困人，门关不上" in guard.text
        await guard.press(button)
        if then:
            await guard.press(then)
    assert alerts(database) == [("entrapment", ""), ("fault", "昨天困人，门关不上")]


async def test_a_photo_of_it_is_sent_as_a_fault_and_leads_there_too(phone: Any, database: Database) -> None:
    guard = phone("unit_contact")
    await guard.write("/start")
    await guard.press("报修")
    await guard.press("1栋1梯")
    await guard.send_photo(b"\xff\xd8\xff\xe0 a photo", caption="里面有人")
    assert alerts(database) == [("fault", "里面有人")]
    await guard.press("困人求救")
    await guard.press("马上求救")
    assert [kind for kind, _ in alerts(database)] == ["fault", "entrapment"]


async def test_what_is_typed_below_an_alert_is_kept_for_both_sides(phone: Any, database: Database) -> None:
    guard = await open_card(phone, database)
    await guard.write("里面困了3个人，有老人，看 evil.example.com/x")
    assert any("双方打开时能看到" in one.text for one in guard.messages[-2:])
    [(_, what)] = alerts(database)
    assert what.startswith("\n10:00 陈")
    await guard.send(VOICE)
    assert any("这里只收文字" in one.text for one in guard.messages[-2:])
    worker = phone("worker")
    await worker.write("/start")
    await worker.press("报警处理")
    await worker.press("困人")
    assert "里面困了3个人" in worker.text
    assert "evil.example.com" not in worker.text, "nothing that can be tapped"
    await worker.press("已全部救出")
    await worker.write("是")
    assert any("请点上面的按钮" in one.text for one in worker.messages[-2:])
    await worker.press("人都出来了")
    await worker.write("又困人了")
    assert worker.sees("困人求救")
    assert alerts(database) == [("entrapment", what)]


async def test_two_reports_are_told_apart_and_shown_before_both_end(phone: Any, database: Database) -> None:
    await open_card(phone, database)
    manager, worker = phone("safety_manager"), phone("worker")
    await manager.write("困人")
    await manager.press("困人求救")
    await manager.press("1栋1梯")
    await manager.press("马上求救")
    assert "同一台电梯另有报告" in manager.text
    await worker.write("/start")
    await worker.press("报警处理")
    labels = [label for label in worker.screen.labels if "困人" in label]
    assert len(set(labels)) == 2
    await worker.press(labels[0])
    await worker.press("已全部救出")
    assert "确认后一并结束" in worker.text
    await worker.press("人都出来了")
    with database.read() as session:
        assert {one.state for one in session.exec(select(Alert))} == {"freed"}


async def test_who_is_let_in_no_more_and_a_stranger_read_whom_to_call(
    phone: Any, database: Database, world: Any
) -> None:
    guard = phone("unit_contact")
    await guard.write("/start")
    await guard.press("困人求救")
    await guard.press("1栋1梯")
    sent, button = guard.find("马上求救")
    with database.write() as session:
        contact = session.get_one(Contact, world.people["unit_contact"].contact_id)
        contact.to_on = contact.from_on
    guard.press_data(button["callback_data"], sent.number)
    await guard._settle()
    said = " ".join([*guard.api.popups.values(), *(one.text for one in guard.messages[-2:])])
    assert CALL in said
    assert alerts(database) == []
    for who in (guard, phone(991234)):
        for words in ("/help", "/help 有人被困", "有人被困", "你好"):
            await who.write(words)
            assert "119" in " ".join(one.text for one in who.messages[-2:]), words
            assert "云荔" not in who.text


@pytest.mark.parametrize("who", ["inspector", "district_regulator"])
async def test_an_office_reads_whom_to_call(phone: Any, database: Database, who: str) -> None:
    officer = phone(who)
    await officer.write("/start")
    await officer.write("有人被困")
    assert any(CALL in one.text for one in officer.messages[-2:])


async def test_a_caption_counts_as_words_and_what_cannot_be_read_is_said_so(phone: Any, database: Database) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.send(VOICE)
    assert any("这里只收文字和照片" in one.text for one in unit.messages[-2:])
    await unit.write("门" * 501)
    assert any("写了501个字，最多500个字" in one.text for one in unit.messages[-2:])
    await unit.send({"document": {"file_id": "d", "file_unique_id": "d"}, "caption": "异响"})
    assert alerts(database) == [("fault", "异响")]


async def test_where_words_are_asked_for_they_are_taken_and_the_way_to_help_is_said(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    for label in ("电梯有变化", "不是我们的", "1栋1梯", "下一步"):
        await unit.press(label)
    await unit.write("上周困人后换了物业")
    assert "上周困人后换了物业" in unit.text
    assert any("并回主菜单点“困人求救”" in one.text for one in unit.messages[-2:])


async def test_in_the_list_of_alerts_words_lead_to_the_button_too(phone: Any, database: Database) -> None:
    await open_card(phone, database)
    worker = phone("worker")
    await worker.write("/start")
    await worker.press("报警处理")
    await worker.write("2栋也有人被困")
    assert worker.sees("困人求救")


async def test_a_photo_that_does_not_arrive_is_said_to_be_lost_and_the_words_go_on(
    phone: Any, database: Database, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise ClientPayloadError("cut off")

    monkeypatch.setattr(running.bot, "download", fail)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("报修")
    await unit.press("1栋1梯")
    await unit.send_photo(b"\xff\xd8\xff\xe0 a photo")
    assert any("照片没有收到" in one.text for one in unit.messages[-2:])
    assert alerts(database) == []
    await unit.send_photo(b"\xff\xd8\xff\xe0 a photo", caption="异响")
    assert alerts(database) == [("fault", "异响")]
