"""My lifts, through the real dispatcher over HTTP."""

from typing import Any

import pytest
from phones.world import add_many_lifts

from store.database import Database

pytestmark = pytest.mark.one_store


async def test_from_the_menu_to_a_lift_and_why(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    assert "共12台" in unit.text
    await unit.press("云荔花园1栋")
    assert "1–3 / 3" in unit.text
    await unit.press("1栋1梯")
    assert "检验有效期至 2027年2月" in unit.text
    assert "定期检验" in unit.text
    await unit.press("为什么")
    assert "四" in unit.text
    assert "依据" in unit.text
    for label in ("返回", "返回", "返回", "主菜单"):
        await unit.press(label)
    assert unit.sees("我的电梯")


async def test_a_lift_is_found_by_any_of_its_names(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    await unit.press("查找")
    for word in ("梯11粤A01000(20)", "31109900120171000", "云荔花园1栋1梯", "1栋 1梯"):
        await unit.write(word)
        assert "1–1 / 1" in unit.text, word
        await unit.press("返回")
        await unit.press("查找")


async def test_the_name_of_a_lift_typed_at_the_menu_opens_it(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.write("31109900120171000")
    assert "检验有效期至 2027年2月" in unit.text
    await unit.press("主菜单")
    await unit.write("云荔花园")
    assert unit.sees("1栋1梯")
    await unit.press("主菜单")
    await unit.write("你好")
    assert unit.sees("我的电梯"), "no lift is called so"
    assert any("没有叫这个名字" in one.text for one in unit.messages[-2:])
    await unit.press("约检")
    await unit.press("全部 10 台")
    await unit.write("明天能约吗")
    assert any("这一步用按钮" in one.text for one in unit.messages[-2:])


async def test_a_lift_of_another_unit_is_not_found(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    await unit.press("查找")
    await unit.write("31109900120172000")
    assert "没有找到" in unit.text


async def test_sixty_lifts_are_turned_page_by_page(phone: Any, database: Database, world: Any) -> None:
    with database.write() as session:
        add_many_lifts(session, world, 60)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    await unit.press("按日期看")
    assert "1–6 / 72" in unit.text
    for _ in range(11):
        await unit.press("下一页")
    assert "67–72 / 72" in unit.text
    assert not unit.sees("下一页")


async def test_a_button_of_a_window_that_is_gone_is_answered(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    sent, button = unit.find("我的电梯")
    await unit.press("我的电梯")
    await unit.write("/start")
    unit.press_data(button["callback_data"], sent.number)
    await unit._settle()
    assert "已过时" in list(unit.api.popups.values())[-1]
    assert unit.sees("我的电梯")


async def test_from_a_lift_one_books_it_and_reports_a_fault_of_it(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("我的电梯")
    await unit.press("云荔花园1栋")
    await unit.press("1栋1梯")
    await unit.press("约检这台")
    await unit.press("返回")
    assert unit.sees("约检这台")
    await unit.press("报修")
    await unit.write("门关不上")
    assert "云荔花园1栋1梯" in unit.text


async def test_what_is_not_due_for_months_offers_no_booking_and_says_from_when(phone: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    for step in ("我的电梯", "云荔花园4栋", "4栋2梯"):
        await unit.press(step)
    assert "起可以约" in unit.text
    assert not unit.sees("约检这台")


async def test_a_lift_that_a_colleague_has_just_booked_is_said_to_be_booked(phone: Any) -> None:
    unit, head = phone("unit_contact"), phone("legal_rep")
    for person in (unit, head):
        await person.write("/start")
        for step in ("我的电梯", "云荔花园3栋", "3栋1梯"):
            await person.press(step)
    for step in ("约检这台", "11月24日", "上午", "确认约检"):
        await head.press(step)
    await unit.press("约检这台")
    assert "1梯 已约 2026年11月24日" in unit.text
