"""An inspection through the real dispatcher: the inspector on site, the unit and the maintainer, and back."""

import re
from typing import Any

import pytest
from phones.papers import words_of_paper
from phones.world import NOW, TODAY
from sqlmodel import col, select

from actions.inspecting.deeds import Hand
from actions.inspecting.leaving import Leaving, leave
from actions.visits.inspections import book
from store.database import Database
from store.inspections import AbortReason, Inspection, InspectionDeed

pytestmark = pytest.mark.one_store

PNG = b"\x89PNG\r\n\x1a\n0"


@pytest.fixture
def booked(database: Database, world: Any) -> None:
    """A visit to our unit today, with three lifts."""
    with database.write() as session:
        lifts, by = world.lifts["own"][:3], world.parties["own"]
        book(session, lift_ids=lifts, visit_on=TODAY, half="am", by=by, now=NOW, today=TODAY, key="sample")


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(Inspection.state).order_by(col(Inspection.lift_id))))


async def go(person: Any, *steps: str) -> None:
    await person.write("/start")
    for step in steps:
        await person.press(step)


async def test_gz_25_27_28_from_the_visit_to_the_confirmation(phone: Any, booked: None, database: Database) -> None:
    inspector, unit, worker = phone("inspector"), phone("unit_contact"), phone("worker")
    await go(inspector, "现场检验", "上午 3台", "1栋1梯")
    assert "没有标出的 2 台可一起合格" in inspector.text
    await inspector.press("其余2台合格")
    await inspector.press("确认合格", twice=True)
    assert "1 台还没有结果" in inspector.text
    await inspector.press("1栋1梯")
    await inspector.press("开意见通知书")
    await inspector.write("门" * 501)
    assert any("没有记下" in sent.text for sent in inspector.messages)
    await inspector.write("门锁失效\n缺少铭牌")
    await inspector.write("12月18日")
    assert "2. 缺少铭牌" in inspector.text
    await inspector.press("开具意见通知书", twice=True)
    assert "都有结果了" in inspector.text
    assert states(database) == ["with_items", "passed", "passed"]

    await go(unit, "检验进度")
    await unit.press("签名确认2份合格记录", twice=True)
    assert "可以一次签名" not in unit.text
    await unit.press("1栋1梯 待整改")
    await unit.press("签名确认意见通知书")
    await unit.press("签名确认原始记录", twice=True)
    assert "原始记录：贵方已签名；意见通知书已签名" in unit.text
    await unit.press("意见通知书（DOCX）")
    (paper,) = [sent.file for sent in unit.messages if sent.media == "document"]
    assert "2 | 缺少铭牌" in words_of_paper(paper)
    assert re.search("使用单位签收：.+ 2026-11-23 签收", words_of_paper(paper))
    await unit.press("提交整改")
    assert "第1、2项还没有" in unit.popup
    await unit.press("1. 门锁失效")
    await unit.send_photo(PNG, caption="已更换门锁")
    assert "照片 1 张" in unit.text
    await unit.press("保存")
    await go(unit, "收到的通知")
    assert unit.sees("现场检验告知 云荔花园1栋1梯"), "they are told apart"
    await go(worker, "检验进度", "1栋1梯 待整改", "2. 缺少铭牌")
    await worker.press("这一项已整改")
    await worker.write("已补装")
    await worker.press("保存")
    await go(unit, "检验进度", "1栋1梯 待整改")
    await unit.press("提交整改", twice=True)
    assert "整改待确认" in unit.text

    await go(inspector, "检验待办", "1栋1梯 整改待确认", "退回")
    await inspector.write("2 照片不清\n12月25日")
    assert ("退回第2项：照片不清" in inspector.text, "12月25日" in inspector.text) == (True, True)
    await inspector.press("确认退回")
    assert "整改被退回" in inspector.text
    await go(unit, "检验进度", "1栋1梯 整改被退回，期限12月25日", "2. 缺少铭牌")
    assert "照片不清" in unit.text
    await unit.write("重新拍照")
    await unit.press("保存")
    await unit.press("提交整改")
    await go(inspector, "检验待办", "1栋1梯 整改待确认", "第1项 📎")
    assert "提交资料：已更换门锁（照片 1 张）" in inspector.text
    await inspector.press("查看照片")
    assert any(sent.media == "photo" for sent in inspector.messages)
    await go(inspector, "检验待办", "1栋1梯 整改待确认")
    await inspector.press("确认整改", twice=True)
    assert states(database) == ["confirmed", "passed", "passed"]
    await go(phone("other_contact"), "检验进度")
    assert "没有现场检验" in phone("other_contact").text


async def test_gz_23_a_lift_that_nobody_booked_is_broken_off(phone: Any, database: Database, world: Any) -> None:
    inspector, unit = phone("inspector"), phone("unit_contact")
    await go(inspector, "现场检验")
    await inspector.write("云荔花园4栋2梯")
    await inspector.press("4栋2梯")
    await inspector.press("4栋2梯")
    await inspector.press("中止检验")
    await inspector.press("可能危及人员")
    await inspector.write("井道进水")
    await inspector.press("确认中止")
    assert "没有约检" in inspector.popup
    await inspector.press("仍然检验")
    await inspector.press("确认中止")
    assert states(database) == ["aborted"]
    await go(unit, "检验进度", "已中止")
    assert ("井道进水" in unit.text, "可能危及人员安全" in unit.text) == (True, True)
    with database.write() as session:  # one that can be booked again
        hand = Hand(world.parties["department"], "x", NOW, TODAY, "sample")
        how = Leaving(InspectionDeed.ABORTED, reason=AbortReason.CONDITIONS, note="无电源")
        leave(session, hand, world.lifts["own"][6:7], how, anyway=False)
    await go(unit, "检验进度", "3栋1梯 已中止", "重新约检")
    assert "请选" in unit.text or "日" in unit.text
    await inspector.press("4栋2梯 · 已中止")  # the water is out
    await inspector.press("已中止的1台：重新开始检验", twice=True)
    await inspector.press("1台合格")
    await inspector.press("确认合格", twice=True)
    assert states(database)[-1] == "passed"


async def test_gz_29_an_inspector_concludes_what_has_lapsed(
    phone: Any, database: Database, world: Any, clock: Any
) -> None:
    with database.write() as session:
        one = Inspection(
            city_id="guangzhou", lift_id=world.lifts["own"][0], department_id=world.parties["department"],
            state="lapsed", begun_on=TODAY.replace(day=2), ended_on=TODAY.replace(day=20),
            deadline=TODAY.replace(day=20),
        )  # fmt: skip
        session.add(one)
    inspector = phone("inspector")
    await go(inspector, "检验待办", "整改逾期")
    assert "建议结论：不合格" in inspector.text
    await inspector.press("结论：不合格（建议）", twice=True)
    assert states(database) == ["failed"]


async def test_gz_24_an_objection_is_answered_and_a_wrong_result_taken_back(
    phone: Any, booked: None, database: Database
) -> None:
    inspector, officer, unit = phone("inspector"), phone("duty_officer"), phone("unit_contact")
    await go(inspector, "现场检验", "上午 3台", "1栋1梯")
    await inspector.press("标出的：不合格")
    await inspector.press("确认不合格")
    await go(unit, "检验进度", "1栋1梯 不合格", "有异议")
    await unit.write("测的不是这台")
    await unit.press("提交异议")
    await go(officer, "检验待办", "1栋1梯 不合格", "答复异议")
    assert "测的不是这台" in officer.text
    await officer.write("以铭牌为准")
    await officer.press("记录维持", twice=True)
    assert ("答复异议：记录维持：以铭牌为准" in officer.text, "有异议" in officer.text) == (True, True)
    await go(unit, "检验进度", "1栋1梯 不合格")
    assert ("提出异议：测的不是这台" in unit.text, "记录维持：以铭牌为准" in unit.text) == (True, True)
    await unit.press("签名确认原始记录")
    await go(officer, "检验待办", "1栋1梯 不合格", "结果记错了")
    await officer.write("点错了")
    await officer.press("那天检验过", twice=True)
    assert states(database) == ["taken_back", "under_way"]
    await go(inspector, "检验待办", "1栋1梯", "继续检验")
    await inspector.press("1台合格")
    await inspector.press("确认合格")
    assert states(database) == ["taken_back", "passed"]
    await go(unit, "检验进度", "已撤回")
    assert "撤回结果：点错了" in unit.text
    await go(officer, "出具报告", "1栋1梯")  # where an inspection is found that nobody waits for any more
    await officer.press("结果记错了")
    await officer.write("没到现场")
    await officer.press("那天没有检验这台")
    assert states(database) == ["taken_back", "taken_back"]
