"""What a unit says of its lifts, and what its department finds out, through the real dispatcher."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from bot.days_written import read_day
from store.database import Database
from store.duties import Duty
from store.lifts import Lift, Responsibility
from store.tasks import Task, TaskKind, TaskStatus

pytestmark = pytest.mark.one_store

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 11, 30)


def held(database: Database, lift_id: int) -> date | None:
    with database.read() as session:
        query = select(Duty).where(Duty.lift_id == lift_id, Duty.kind == "periodic_inspection")
        return session.exec(query.where(col(Duty.closed_on).is_(None))).one().held_until


def tasks(database: Database, *kinds: TaskKind) -> list[str]:
    with database.read() as session:
        return [task.status for task in session.exec(select(Task).where(col(Task.kind).in_(kinds)))]


async def say_elsewhere(unit: Any, on: str = "11月20号") -> None:
    await unit.write("/start")
    for step in ("电梯有变化", "已在别处检验"):
        await unit.press(step)
    await unit.press("云荔花园1栋1梯")
    await unit.press("下一步")
    await unit.write(on)
    await unit.write("市检院，报告 77 号")


async def test_inspected_elsewhere_stops_reminders_and_the_department_confirms(
    phone: Any, database: Database, world: Any
) -> None:
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await say_elsewhere(unit)
    assert "11月20日 在别处检验" in unit.text
    await unit.press("确认提交", twice=True)
    assert "11月30日 前核实" in unit.text
    assert held(database, world.lifts["own"][0]) == UNTIL
    await desk.write("/start")
    for step in ("待核实", "别处检验 1台", "属实"):
        await desk.press(step)
    await desk.write("2026-11-19")
    assert "11月19日 检验合格" in desk.text
    await desk.press("属实", twice=True)
    assert "没有" in desk.text
    with database.read() as session:
        duty = session.exec(
            select(Duty).where(Duty.lift_id == world.lifts["own"][0], col(Duty.due) == date(2027, 2, 28))
        )
        assert duty.one().closed_on == date(2026, 11, 19)


async def test_a_booking_elsewhere_is_shown_and_kept_as_one_until_its_day_has_passed(
    phone: Any, database: Database, world: Any
) -> None:
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await say_elsewhere(unit, "12月8号")
    await unit.press("确认提交")
    await desk.write("/start")
    for step in ("待核实", "别处检验 1台", "属实"):
        await desk.press(step)
    assert "12月8日 在别处约检" in desk.text
    await desk.write("2026-11-20")
    assert "结果如何" in desk.text
    assert not desk.sees("属实")
    await desk.press("检验合格", twice=True)
    assert "没有" in desk.text
    with database.read() as session:
        query = select(Duty.closed_on).where(Duty.lift_id == world.lifts["own"][0], Duty.due == date(2027, 2, 28))
        assert session.exec(query).one() == date(2026, 11, 20)


async def test_an_inspection_is_not_kept_before_its_day(phone: Any, database: Database) -> None:
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await say_elsewhere(unit)
    await unit.press("确认提交")
    await desk.write("/start")
    for step in ("待核实", "别处检验 1台", "属实"):
        await desk.press(step)
    await desk.write("2026-12-08")
    assert "还没到" in desk.text
    assert not desk.sees("属实")
    assert tasks(database, TaskKind.SAID_INSPECTED) == [TaskStatus.OPEN]


async def test_refuted_they_go_on(phone: Any, database: Database, world: Any) -> None:
    unit, desk = phone("unit_contact"), phone("inspector")
    await say_elsewhere(unit)
    await unit.press("确认提交")
    await desk.write("/start")
    for step in ("待核实", "别处检验 1台", "不属实", "不属实"):
        await desk.press(step)
    assert held(database, world.lifts["own"][0]) is None


async def test_the_head_sees_it_and_who_said_it_takes_it_back(phone: Any, database: Database, world: Any) -> None:
    unit, head = phone("unit_contact"), phone("legal_rep")
    await say_elsewhere(unit)
    await unit.press("确认提交")
    for person in (head, unit):
        await person.write("/start")
        for step in ("电梯有变化", "已反映的情况"):
            await person.press(step)
        assert "1 件待检验部门核实" in person.text
        await person.press("⏳")
        assert "检验一部核实中" in person.text
    assert not head.sees("撤回")
    await unit.press("撤回")
    await unit.press("确认撤回", twice=True)
    assert "已撤回" in unit.text
    assert held(database, world.lifts["own"][0]) is None
    assert tasks(database, TaskKind.SAID_INSPECTED) == [TaskStatus.DROPPED]


async def test_what_is_not_theirs_is_looked_into(phone: Any, database: Database) -> None:
    unit, desk = phone("safety_manager"), phone("duty_officer")
    await unit.write("/start")
    for step in (
        "电梯有变化", "不是我们的电梯", "云荔花园1栋1梯", "云荔花园1栋2梯", "下一步", "没有补充", "确认提交",
    ):  # fmt: skip
        await unit.press(step)
    assert "检验一部" in unit.text
    await desk.write("/start")
    for step in ("待核实", "2台", "属实", "属实"):
        await desk.press(step)
    assert tasks(database, TaskKind.NOT_THEIR_LIFTS) == [TaskStatus.DONE]


async def test_what_a_unit_says_meanwhile_is_shown_before_it_is_found_to_be_so(
    phone: Any, database: Database, world: Any
) -> None:
    unit, head, desk = phone("unit_contact"), phone("safety_manager"), phone("duty_officer")
    said = ("电梯有变化", "已在别处检验", "云荔花园1栋1梯", "下一步")
    for person, day in ((unit, "2026-11-20"), (head, "2026-11-19")):
        await person.write("/start")
        for step in said:
            await person.press(step)
        await person.write(day)
        await person.press("没有补充")
        if person is unit:
            await person.press("确认提交")
            await desk.write("/start")
            for step in ("待核实", "1台", "属实"):
                await desk.press(step)
            assert "11月20日 检验合格" in desk.text
    await head.press("确认提交")
    await desk.press("属实")
    assert "未作任何改动" in desk.popup
    assert "11月19日 检验合格" in desk.text
    assert tasks(database, TaskKind.SAID_INSPECTED) == [TaskStatus.OPEN]
    await desk.press("返回")
    assert desk.text.count("反映，") == 2


async def test_a_date_that_nobody_can_read_is_asked_for_again(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    for step in ("电梯有变化", "已在别处检验", "云荔花园1栋1梯", "下一步"):
        await unit.press(step)
    await unit.write("上个月")
    assert any("没看懂日期" in one.text for one in unit.messages)
    await unit.write("2026-11-20")
    assert "报告编号" in unit.text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        (" 2026年11月20日 ", date(2026, 11, 20)),
        ("20261120", date(2026, 11, 20)),
        ("11月20号", date(2026, 11, 20)),
        ("1.5", date(2027, 1, 5)),
        ("20/11", date(2026, 11, 20)),
        ("5 Jan", date(2027, 1, 5)),
        ("5 january 2026", date(2026, 1, 5)),
        ("2026-02-30", None),
        ("13月1日", None),
        ("5 Foo", None),
        ("明天", None),
        ("", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


async def test_a_caption_is_the_note_and_what_is_too_long_is_said_so(phone: Any) -> None:
    unit = phone("unit_contact")
    await say_elsewhere(unit)
    await unit.press("返回")
    await unit.press("下一步")
    await unit.write("11月20号")
    await unit.write("长" * 201)
    assert any("写了201个字，最多200个字" in one.text for one in unit.messages[-2:])
    await unit.send_photo(b"\xff\xd8\xff\xe0", caption="报告 78 号")
    assert "报告 78 号" in unit.text
    assert any("图片或文件这里不收" in one.text for one in unit.messages[-3:])


async def test_another_saying_has_its_own_day_and_note_and_only_lifts_that_are_still_theirs(
    phone: Any, database: Database, world: Any
) -> None:
    unit, own = phone("unit_contact"), world.lifts["own"]
    await say_elsewhere(unit)
    for step in ("返回", "返回", "不是我们的电梯"):
        await unit.press(step)
    assert "（1 台）" in unit.text
    for step in ("返回", "云荔花园1栋2梯", "下一步", "没有补充"):
        await unit.press(step)
    lose(database, own[0])
    await unit.press("确认提交")
    assert "没有算在内：云荔花园1栋1梯，共 1 台。还剩 1 台" in unit.popup
    assert "1 台不是我们的电梯" in unit.text
    assert tasks(database, TaskKind.NOT_THEIR_LIFTS) == []
    lose(database, own[1])
    await unit.press("确认提交")
    assert "请重新选电梯" in unit.popup
    assert "已选 0 台" in unit.text
    assert tasks(database, TaskKind.NOT_THEIR_LIFTS) == []


def lose(database: Database, lift_id: int) -> None:
    with database.write() as session:
        for one in session.exec(select(Responsibility).where(Responsibility.lift_id == lift_id)):
            one.to_on = TODAY


async def test_a_lift_out_of_use_is_shown_by_photos_and_a_restart_asks_for_its_inspection_first(
    phone: Any, database: Database, world: Any
) -> None:
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await unit.write("/start")
    for step in ("电梯有变化", "电梯已停用", "云荔花园1栋1梯", "下一步"):
        await unit.press(step)
    await unit.write("2026-11-20")
    await unit.press("一年以上")
    await unit.send_photo(b"\x89PNG\r\n\x1a\n0", caption="已封存")
    assert "已收照片 1 张" in unit.text
    await unit.press("下一步")
    assert ("不是本市文件的规定" in unit.text, "登记仍为在用" in unit.text) == (True, True)
    await unit.press("确认提交", twice=True)
    await desk.write("/start")
    for step in ("待核实", "已停用 1台", "看照片"):
        await desk.press(step)
    assert [sent.media for sent in desk.messages].count("photo") == 1
    assert "停用，11月20日 起" in desk.text
    assert "一年以上，照片 1 张：已封存" in desk.text
    for step in ("电梯有变化", "重新启用", "下一页", "云荔花园3栋1梯", "下一步"):
        await (unit.press(step) if step != "电梯有变化" else unit.write("/start"))
        if step == "电梯有变化":
            await unit.press(step)
    await unit.write("2027-01-10")
    assert "登记为在用" in unit.messages[-2].text
    with database.write() as session:
        session.get_one(Lift, world.lifts["own"][6]).status = "out_of_use"
    await unit.write("2027-01-10")
    assert "启用前要先做" in unit.text
    assert "12月31日" in unit.text
    await unit.press("确认提交", twice=True)
    await desk.write("/start")
    await desk.press("待核实")
    await desk.press("重新启用 1台")
    assert "停用电梯要重新启用，1月10日" in desk.text or "2027年1月10日" in desk.text
