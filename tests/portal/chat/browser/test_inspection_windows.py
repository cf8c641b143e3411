"""Windows of an inspection on a phone 390 pixels wide: sixty lifts of long names, in Chinese and in English.

With SHOTS=<folder> in the environment each stop leaves a picture there, for people who look at them.
"""

import re
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY, World, add_many_lifts
from playwright.sync_api import expect
from sqlmodel import select

from actions.inspecting.deeds import Hand
from actions.inspecting.leaving import Leaving, leave
from actions.visits.inspections import book
from store.database import Database
from store.inspections import AbortReason, Inspection, InspectionDeed
from store.parties import Party
from store.reports import Report

pytestmark = [pytest.mark.sqlite, pytest.mark.full]

PHONE = {"width": 390, "height": 844}
COMPOUND = "示例星海名苑国际花园二期西区含商业裙楼及地下车库区"
UNIT = "广州市天河区示例云荔花园住宅小区物业服务与设施设备管理有限公司天河第一分公司客服"
PICTURE = "() => document.createElement('canvas').toDataURL('image/jpeg').split(',')[1]"
PDF = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a report"}
NAMES = f"{COMPOUND}{UNIT}云荔检验部陈一二三四五六七八九十鸣栋梯粤附件捷安电梯工程桥新村北珠屿苑"
CHINESE = re.compile(f"(?![{NAMES}])[\u4e00-\u9fff]")  # that no name of the city has


@pytest.fixture
def lifts(database: Database, world: World) -> list[int]:
    """Sixty lifts: forty on a visit today, twenty later this week."""
    with database.write() as session:
        session.get_one(Party, world.parties["own"]).name = UNIT
        lifts = add_many_lifts(session, world, 60, compound=COMPOUND)
        by: dict[str, Any] = {"by": world.parties["own"], "now": NOW, "today": TODAY}
        book(session, lift_ids=lifts[:40], visit_on=TODAY, half="am", key="today", **by)
        book(session, lift_ids=lifts[40:], visit_on=TODAY + timedelta(days=4), half="pm", key="week", **by)
    return lifts


@pytest.fixture
def left(database: Database, world: World, lifts: list[int]) -> None:
    """The forty of today: passed, with items, broken off, failed."""
    items = ["层门门锁装置电气触点接触不良，需更换并调整啮合深度不小于7mm", "缺少铭牌"]
    ways = (
        (lifts[:36], Leaving(InspectionDeed.PASSED)),
        (lifts[36:38], Leaving(InspectionDeed.FOUND_ITEMS, items=items, deadline=TODAY + timedelta(days=25))),
        (lifts[38:39], Leaving(InspectionDeed.ABORTED, reason=AbortReason.DANGER, note="井道进水")),
        (lifts[39:40], Leaving(InspectionDeed.FAILED)),
    )
    with database.write() as session:
        for number, (some, how) in enumerate(ways):
            hand = Hand(world.parties["department"], "陈一鸣", NOW, TODAY, f"left {number}")
            leave(session, hand, some, how, anyway=False)


def picture_of(someone: Any) -> dict[str, Any]:
    content = b64decode(someone.page.evaluate(PICTURE))
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": content}


def menu_of(someone: Any) -> list[str]:
    """The lines of the menu that is open."""
    labels: list[str] = someone.page.locator(".keys").last.locator(".key").all_inner_texts()
    return labels


def test_a_unit_from_the_visit_to_the_report(phone: Any, left: None, database: Database) -> None:
    unit = phone("unit_contact", size=PHONE)
    for steps, seen in (
        (("我的约检", "11月27日 周五"), f"· {COMPOUND}5栋：1梯、2梯"),
        (("谁到场",), "贵方谁到场"),
        (("陈一鸣",), "陈一鸣 到场"),
        (("主菜单", "检验进度"), f"以下都在{COMPOUND}"),
        (("4栋8梯 待整改", "签名确认意见通知书", "1. "), "请发来整改说明或照片"),
    ):
        unit.press(*steps)
        unit.sees(seen)
        unit.shot(f"unit-{steps[-1]}")
        assert unit.fits
    unit.page.set_input_files("#take-photo", picture_of(unit))
    unit.sees("照片 1 张")
    unit.write("已更换门锁")
    unit.sees("您写的：已更换门锁")
    unit.press("保存", "有异议")
    unit.write("当时门锁已经调整好")
    unit.sees("您写的：当时")
    unit.press("提交异议")
    unit.sees("提出异议")
    unit.press("返回", "签名确认36份", "4栋9梯 已中止", "重新约检")
    unit.sees("约哪一天")
    unit.write("/menu")
    unit.press("我的报告")
    unit.shot("unit-reports")
    assert [one.split()[1] for one in menu_of(unit)[:3]] == ["1栋1梯", "1栋2梯", "1栋3梯"]
    unit.write("/menu")
    unit.press("电梯有变化", "已停用")
    unit.sees("共 72 台")
    unit.press("云荔花园1栋 3台", "1栋1梯")
    unit.sees("已选 1 台")
    unit.shot("unit-changes")
    unit.write("/menu")
    unit.press("收到的通知")
    expect(unit.page.locator(".keys .key", has_text="4栋9梯").last).to_be_visible()
    assert unit.fits
    with database.read() as session:
        assert {one.by_unit for one in session.exec(select(Inspection)) if one.state == "passed"} == {"signed"}


def test_inspector_department_and_bureau(phone: Any, lifts: list[int], database: Database, city_page: str) -> None:
    inspector = phone("inspector", size=PHONE)
    inspector.press("今日检验", "看一周")
    inspector.sees("11月27日 周五 下午")
    inspector.shot("desk-week")
    inspector.write("/menu")
    inspector.press("现场检验", "40台", "1栋1梯", "1栋2梯", "其余38台")
    inspector.sees(f"· {COMPOUND}4栋：1梯、2梯、3梯、4梯、5梯、6梯、7梯、8梯、9梯、10梯")
    inspector.shot("onsite-sure")
    inspector.press("确认合格", "1栋1梯", "开意见通知书")
    inspector.write("层门门锁装置电气触点接触不良\n缺少铭牌")
    inspector.write("12月18日")
    inspector.sees("期限：12月18日")
    inspector.press("开具意见通知书", "1栋2梯", "标出的：不合格", "确认不合格")
    inspector.sees("都有结果了")
    inspector.write("/menu")
    inspector.press("隐患与特殊原因", "新上报一件")
    inspector.write("2栋3梯")
    inspector.press(COMPOUND, "电梯隐患")
    inspector.write("限速器未校验")
    inspector.sees("您写的：限速器未校验")
    inspector.press("上报区监管部门")
    inspector.write("/menu")
    inspector.press("日清周结", "看周结", "图片")
    expect(inspector.page.locator(".photo img").last).to_be_visible()
    inspector.shot("desk-picture")
    desk = phone("duty_officer", size=PHONE)
    desk.press("出具报告", "1栋2梯 不合格")
    desk.write("DT-2026-000001")
    desk.sees("请发送报告文件")
    desk.page.set_input_files("#pick-file", PDF)
    desk.sees("请核对")
    desk.press("出具")
    desk.sees("已出具")
    unit = phone("unit_contact", size=PHONE)
    unit.press("我的报告", "❌", "已停用")
    unit.sees("已停用：")
    bureau = phone("district_regulator", size=PHONE)
    bureau.press("辖区概况", "告知使用单位", "发超期告知", "全部超期")
    bureau.sees("共 2 家单位 2 台")
    bureau.shot("bureau-preview")
    bureau.write("/menu")
    bureau.press("不合格电梯")
    bureau.sees("确认已停用")
    bureau.write("/menu")
    bureau.press("隐患与特殊原因", "隐患 ")
    bureau.sees("限速器未校验")
    for someone in (inspector, desk, unit, bureau):
        assert someone.fits
    page = unit.page
    page.goto(city_page.replace("/chat", "/query?code=31109900120175001"))
    expect(page.locator(".verdict")).to_have_text("不合格")
    unit.shot("query")
    assert unit.fits
    with database.read() as session:
        assert [one.conclusion for one in session.exec(select(Report))] == ["fail"]


@pytest.mark.parametrize(
    ("who", "locale"),
    [("safety_manager", "zh-CN"), ("maintainer_contact", "zh-CN"), ("unit_contact", "en-GB"), ("inspector", "en-GB")],
)
def test_every_line_of_a_menu_leads_somewhere_and_back(phone: Any, left: None, who: str, locale: str) -> None:
    someone = phone(who, size=PHONE, locale=locale)
    for number, line in enumerate(menu_of(someone)):
        someone.press(re.compile(f"^{re.escape(line)}$"))
        expect(someone.page.locator(".keys").last).to_contain_text(re.compile("返回|Back"))
        someone.shot(f"menu-{who}-{number:02d}")
        assert someone.fits
        words = someone.page.locator("#lines .line:not(.mine)").last.inner_text()
        if locale.startswith("en") and line != "Contacts":
            assert CHINESE.findall(words) == [], line
        someone.press(re.compile("^(主菜单|Menu)$"))
