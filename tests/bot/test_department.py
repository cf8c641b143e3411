"""The day of an inspection department through the real dispatcher: visits, calls, half days, the counter."""

from datetime import date
from typing import Any

import pytest
from phones.world import NOW, TODAY
from sqlmodel import col, select

from actions.visits.inspections import book
from actions.visits.slots import set_usual_places
from store.database import Database
from store.duties import Duty
from store.lifts import Lift
from store.notices import Notice
from store.slots import Slot, Visit
from store.tasks import Task, TaskKind

pytestmark = pytest.mark.one_store

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 25)


def visits(database: Database) -> list[tuple[date, str | None]]:
    with database.read() as session:
        return [(visit.day, visit.half) for visit in session.exec(select(Visit).order_by(col(Visit.id)))]


def slots(database: Database) -> dict[tuple[date, str], int | None]:
    with database.read() as session:
        return {(slot.day, slot.half): slot.places for slot in session.exec(select(Slot))}


@pytest.fixture
def booked(database: Database, world: Any) -> int:
    """A visit to our unit today, with two lifts."""
    with database.write() as session:
        lifts, by = world.lifts["own"][:2], world.parties["own"]
        book(session, lift_ids=lifts, visit_on=DAY, half="pm", by=by, now=NOW, today=TODAY, key="sample")
        return session.exec(select(Visit.id)).one()


@pytest.fixture
def call(database: Database, world: Any) -> int:
    """A call to our unit about one of its lifts."""
    with database.write() as session:
        lift = session.get_one(Lift, world.lifts["own"][0])
        detail = {
            "number": "+8614000000001",
            "who": "陈一鸣",
            "unit": "云荔物业",
            "lifts": [lift.key],
            "script": "您好……",
        }
        task = Task(
            kind=TaskKind.CALL, key="sample", city_id=lift.city_id, owner_party_id=world.parties["department"],
            party_id=world.parties["own"], detail=detail, opened_on=TODAY,
        )  # fmt: skip
        session.add(task)
        session.flush()
        return task.id


async def go(person: Any, *steps: str) -> None:
    await person.write("/start")
    for step in steps:
        await person.press(step)


async def test_todays_visits_with_place_and_whom_to_call(phone: Any, booked: int) -> None:
    desk = phone("inspector")
    await go(desk, "今日检验")
    assert "1 次，待检 2 台" in desk.text
    assert "+86" in desk.text
    await desk.press("下午 2台")
    assert "· 云荔花园1栋：1梯、2梯\n" in desk.text
    other = phone("other_duty_officer")
    await go(other, "今日检验")
    assert "没有" in other.text


async def test_a_visit_is_moved_and_called_off_on_the_day_itself(phone: Any, booked: int, database: Database) -> None:
    desk = phone("duty_officer")
    await go(desk, "今日检验", "看一周", "下午 2台", "改期", "11月25日", "上午", "确认改期", "返回")
    assert visits(database) == [(NEXT, "am")]
    await go(desk, "今日检验", "看一周", "11月25日 周三 上午", "取消约检", "确认取消")
    assert "已检或已取消" in desk.text
    with database.read() as session:
        assert set(session.exec(select(Duty.booked_on).where(col(Duty.booked_on).is_not(None)))) == set()


async def test_what_came_of_a_call_is_entered_once(phone: Any, call: int, database: Database) -> None:
    desk = phone("duty_officer")
    await go(desk, "待打电话", "云荔物业 1台")
    assert "您好" in desk.text
    await desk.press("拒绝")
    await desk.send({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})
    assert any("这里只收文字" in one.text for one in desk.messages[-2:])
    await desk.send_photo(b"\xff\xd8\xff\xe0", caption="费用没谈妥")
    assert "没有" in desk.text
    with database.read() as session:
        task = session.get_one(Task, call)
        assert (task.outcome, task.detail["calls"][0]["note"]) == ("refused", "费用没谈妥")


async def test_a_day_that_was_agreed_needs_the_day(phone: Any, call: int, database: Database) -> None:
    desk = phone("duty_officer")
    await go(desk, "待打电话", "云荔物业 1台", "要求再打")
    await desk.write("11月26日")
    with database.read() as session:
        again = session.exec(select(Task).where(Task.key == "sample", Task.id != call)).one()
        assert again.detail["again_at"] == "2026-11-26T09:00:00+08:00"


async def test_half_days_are_closed_opened_and_given_a_number(phone: Any, database: Database) -> None:
    desk = phone("duty_officer")
    await go(desk, "排期", "11月25日 周三上午")
    await desk.press("关闭", twice=True)
    assert "已关闭" in desk.text
    assert slots(database)[NEXT, "am"] == 0
    await desk.write("12")
    assert slots(database)[NEXT, "am"] == 12
    await desk.write("很多")
    assert any("只发一个数字" in one.text for one in desk.messages)
    await desk.press("恢复平常")
    assert slots(database)[NEXT, "am"] is None
    await go(desk, "排期", "每半天台数")
    await desk.write("7")
    assert desk.sees("0/7")


async def test_an_inspector_looks_at_half_days_and_changes_none(phone: Any, database: Database) -> None:
    desk = phone("inspector")
    await go(desk, "排期", "11月25日 周三上午", "关闭")
    assert "没有您可以办理" in desk.popup
    assert slots(database) == {}


async def test_the_counter_finds_a_unit_and_books_for_it(phone: Any, database: Database, world: Any) -> None:
    desk = phone("duty_officer")
    await go(desk, "窗口代约")
    await desk.write("云荔")
    await desk.press("广州示例云荔物业服务有限公司 12台")
    assert "广州示例云荔物业服务有限公司" in desk.text
    for step in ("按楼栋选", "云荔花园1栋", "11月25日", "上午", "确认约检"):
        await desk.press(step)
    assert "已约好" in desk.text
    with database.read() as session:
        visit = session.exec(select(Visit)).one()
        assert (visit.party_id, visit.day, visit.half) == (world.parties["own"], NEXT, "am")
        told = set(session.exec(select(Notice.template).where(Notice.duty == "booking")))
        assert told == {"booking.made", "booking.made.maint"}
    keeper = phone("maintainer_contact")
    await go(keeper, "我的约检", "11月25日")
    assert "使用单位：广州示例云荔物业服务有限公司" in keeper.text
    assert not keeper.sees("取消约检")


async def test_the_counter_finds_a_lift_by_its_code_and_none_of_other_districts(phone: Any, database: Database) -> None:
    desk = phone("duty_officer")
    await go(desk, "窗口代约")
    await desk.write("31109900120171000")
    for step in ("云荔花园1栋1梯", "11月25日", "下午", "确认约检"):
        await desk.press(step)
    assert visits(database) == [(NEXT, "pm")]
    await go(desk, "窗口代约")
    await desk.write("珠屿")
    assert "没有与“珠屿”相符的" in desk.text


async def test_other_tasks_are_listed_and_ended_with_what_came_of_them(
    phone: Any, database: Database, world: Any, call: int
) -> None:
    with database.write() as session:
        for kind in TaskKind:  # every kind has words
            detail = {"lifts": [session.get_one(Lift, world.lifts["own"][0]).key], "note": "井道施工"}
            detail |= {"why": "unanswered"} if kind == TaskKind.HANDOVER else {}
            session.add(
                Task(
                    kind=kind, key="other", city_id="guangzhou", owner_party_id=world.parties["department"],
                    party_id=world.parties["own"], detail=detail, opened_on=TODAY,
                )
            )  # fmt: skip
    desk = phone("duty_officer")
    await go(desk, "其他待办")
    assert f"{len(TaskKind) - 4} 件" in desk.text
    assert desk.sees("有人被困"), "what cannot wait stands first, however old the rest is"
    await desk.press("联系不上使用单位")
    assert not desk.sees("已办结")
    await desk.press("返回")
    while not desk.sees("特殊原因"):
        await desk.press("›")
    assert desk.sees("物业交接：对方一周未答复")
    await desk.press("特殊原因")
    assert "井道施工" in desk.text
    await desk.press("已办结")
    await desk.write("字" * 301)
    assert any("写了301个字，最多300个字" in one.text for one in desk.messages[-2:])
    await desk.write("已报市局")
    await desk.press("已办结", twice=True)
    with database.read() as session:
        assert session.exec(select(Task).where(Task.kind == "special_reason")).one().outcome == "已报市局 (陈一鸣)"


async def test_what_only_an_operator_can_end_says_how(phone: Any, database: Database, world: Any) -> None:
    about = {"city_id": "guangzhou", "owner_party_id": world.parties["department"], "opened_on": TODAY}
    with database.write() as session:
        session.add(Task(kind=TaskKind.CALENDAR_MISSING, key="2027", detail={"year": 2027}, **about))
    desk = phone("duty_officer")
    await go(desk, "其他待办", "缺节假日安排")
    assert "2027年的放假安排还没有导入" in desk.text
    assert "tixing calendar import FILE" in desk.text
    assert not desk.sees("已办结")
    await desk.write("/language")
    assert "The holidays of the year 2027: not imported yet" in desk.text


async def test_a_day_without_room_is_decided_by_the_clerk(
    phone: Any, database: Database, world: Any, call: int
) -> None:
    with database.write() as session:
        set_usual_places(session, None, 0)
    desk = phone("duty_officer")
    await go(desk, "待打电话", "云荔物业 1台", "约定了日期")
    await desk.write("11月26日")
    assert "只剩 0 个位置" in desk.text
    assert visits(database) == []
    assert desk.sees("加排到这一天")


async def test_a_check_of_many_long_sayings_fits_a_message(phone: Any, bot_api: Any) -> None:
    unit = phone("unit_contact")
    for number in range(7):
        await go(unit, "电梯有变化", "不是我们的电梯", "云荔花园1栋1梯", "下一步")
        await unit.write(f"{number}" + "说" * 190)
        await unit.press("确认提交")
    desk = phone("duty_officer")
    await go(desk, "待核实", "1台")
    await go(unit, "电梯有变化", "已反映的情况", "⏳")
    for reader in (desk, unit):
        assert "更早的 2 条没有列出" in reader.text
        assert "6说" in reader.text
