"""Reports in the bot: filled in and issued, read by the unit, stopped, posted, and seen by the district."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from phones.bot_api import BotApi
from phones.papers import words_of_paper
from phones.phone import Phone
from phones.world import NOW, TODAY, add_many_lifts
from sqlmodel import select

from actions.reporting.links import Links
from actions.visits.inspections import record_inspection
from bot.services import Services
from store.database import Database
from store.lifts import Lift, LiftName, NameKind
from store.reports import Report, ReportAnswer

pytestmark = pytest.mark.one_store

PDF, PHOTO = b"%PDF-1.7 a report", b"\xff\xd8\xff\xe0 a photo"


async def no_post(number: str, code: str, language: str) -> None:
    """Nobody asks for a code here."""


@pytest.fixture
def services() -> Services:
    """A deployment with a public address."""
    return Services(no_post, b"key", links=Links(b"key", "https://tixing.example"))


def inspect(database: Database, world: Any, lift_id: int, conclusion: Any) -> None:
    by = {"by": world.parties["department"], "now": NOW, "today": TODAY, "key": f"{lift_id} {conclusion}"}
    with database.write() as session:
        record_inspection(session, lift_ids=[lift_id], on=TODAY, conclusion=conclusion, **by)


async def send_report(desk: Phone, api: BotApi, content: bytes = PDF) -> None:
    name = f"d{len(api.files)}"
    api.files[name] = ("report.pdf", content)
    document = {"file_id": name, "file_unique_id": name, "file_name": "report.pdf", "file_size": len(content)}
    await desk.send({"document": document})


async def issue(desk: Phone, api: BotApi, which: str, *words: str) -> None:
    """Fill in what is owed on a lift, and issue it."""
    await desk.write("/start")
    await desk.press("出具报告")
    await desk.press(which)
    for word in words:
        await desk.write(word)
    await send_report(desk, api)
    assert "请核对" in desk.text
    await desk.press("出具", twice=True)
    assert "已出具" in desk.text


async def test_gz_26_report_and_mark_are_issued_and_the_mark_is_posted(
    phone: Any, database: Database, world: Any, bot_api: BotApi
) -> None:
    inspect(database, world, world.lifts["own"][0], "pass")
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await unit.write("/report 云荔花园1栋1梯")
    assert "报告待出具" in unit.text
    assert "最迟 11月30日" in unit.text
    assert "四8" in unit.text
    await desk.write("/start")
    await desk.press("出具报告")
    await desk.press("1栋1梯")
    await desk.press("报告封面")
    assert "检验结论 | 合格" in words_of_paper(desk.messages[-2].file)
    await send_report(desk, bot_api, b"MZ")
    assert "PDF 或 DOCX" in desk.messages[-2].text
    await issue(desk, bot_api, "1栋1梯", "DT-1", "2028-02-29", "B-1")
    await unit.write("/report 云荔花园1栋1梯")
    assert "有效期至 2028年2月29日" in unit.text
    await unit.press("检验标志已张贴")
    await unit.write("贴好了")
    assert "照片" in unit.messages[-2].text
    await unit.send_photo(PHOTO)
    assert "已张贴" in unit.text
    assert not unit.sees("检验标志已张贴"), "it is asked once"
    with database.read() as session:
        assert [one.answer for one in session.exec(select(ReportAnswer))] == ["posted"]
    assert not unit.sees("更正这份报告")
    with database.read() as session:
        key = session.get_one(Lift, world.lifts["own"][0]).key
    with database.write() as session:
        session.merge(LiftName(lift_id=world.lifts["own"][0], kind=NameKind.EQUIPMENT_CODE, value=key.upper()))
    await unit.write(f"/query {key}")
    assert "检验合格" in unit.text
    await unit.write("/query")
    assert "使用登记证编号或设备代码" in unit.text
    await unit.write("/start")
    (offered,) = [form for method, form in bot_api.requests if method == "setMyCommands"][-1:]
    assert '"query"' in offered["commands"], "the commands of this chat are those of the role"
    assert '"chat"' in offered["scope"]
    await desk.write("/report 云荔花园1栋1梯")
    await desk.press("更正这份报告")
    assert "DT-1" in desk.text
    assert desk.sees("更正为不合格"), "however many reports the department has issued since"


async def test_gz_30_a_failed_lift_is_stopped_in_one_tap_and_its_re_inspection_booked(
    phone: Any, database: Database, world: Any, bot_api: BotApi
) -> None:
    lift_id = world.lifts["own"][10]  # its window has not begun: it may be inspected again all the same
    inspect(database, world, lift_id, "fail")
    unit, desk, officer = phone("unit_contact"), phone("duty_officer"), phone("district_regulator")
    await issue(desk, bot_api, "4栋2梯", "DT-1")
    await officer.write("/start")
    await officer.press("不合格电梯")
    assert "1 台使用单位尚未确认停用" in officer.text
    await unit.write("/start")
    await unit.press("我的报告")
    assert "不合格 1 台" in unit.text
    await unit.press("4栋2梯")
    await unit.press("已停用", twice=True)
    assert "确认" in unit.text
    assert not unit.sees("已停用")
    await officer.write("/start")
    await officer.press("不合格电梯")
    assert "确认已停用" in officer.text
    await unit.press("预约复检")
    await unit.press("11月24日")
    await unit.press("上午")
    await unit.press("确认")
    await unit.write("/report 云荔花园4栋2梯")
    with database.read() as session:
        assert session.get_one(Lift, lift_id).valid_until == date(2027, 9, 30)
    assert "复检已约 11月24日" in unit.text


async def test_gz_32_the_report_comes_as_a_file_and_behind_a_link_and_a_wrong_one_is_corrected(
    phone: Any, database: Database, world: Any, bot_api: BotApi
) -> None:
    inspect(database, world, world.lifts["own"][0], "pass")
    unit, desk = phone("unit_contact"), phone("duty_officer")
    await issue(desk, bot_api, "1栋1梯", "DT-1", "2028-02-29", "B-1")
    await unit.write("/report 云荔花园1栋1梯")
    await unit.press("报告文件")
    assert [one.file_name for one in unit.messages if one.file_name] == ["DT-1.pdf"]
    await unit.press("文件链接")
    links = [one.text for one in unit.messages if one.text.startswith("https://tixing.example/reports/")]
    assert len(links) == 1
    until = int(links[0].partition("until=")[2].partition("&")[0])
    assert datetime.fromtimestamp(until, UTC).date() == date(2026, 11, 30)
    await desk.write("/start")
    await desk.press("出具报告")
    await desk.press("已出具的报告")
    await desk.press("DT-1")
    await desk.press("更正为不合格")
    for word in ("录入错误", "DT-2"):
        await desk.write(word)
    await send_report(desk, bot_api)
    await desk.press("出具")
    await unit.write("/report 云荔花园1栋1梯")
    assert "已由 DT-2 更正" in unit.text
    assert "不得使用" in unit.text
    with database.read() as session:
        assert [one.conclusion for one in session.exec(select(Report).order_by(Report.id))] == ["pass", "fail"]


async def test_sixty_lifts_are_read_on_one_screen_in_english_too(
    phone: Any, database: Database, world: Any, bot_api: BotApi
) -> None:
    with database.write() as session:
        lifts = add_many_lifts(session, world, 60)
        by = {"by": world.parties["department"], "now": NOW, "today": TODAY, "key": "many"}
        record_inspection(session, lift_ids=lifts[1:], on=TODAY, conclusion="pass", **by)
        record_inspection(session, lift_ids=lifts[:1], on=TODAY, conclusion="fail", **by)
    people = {who: phone(who, "en") for who in ("unit_contact", "duty_officer", "district_regulator")}
    unit, desk, officer = people.values()
    for person in people.values():
        await person.write("/language en")
        await person.write("/start")
    await desk.press("Issue reports")
    assert "Reports to issue: 60" in desk.text
    await desk.press("failed")
    await desk.write("DT-1")
    await send_report(desk, bot_api)
    assert "FAILED" in desk.text
    await desk.press("Issue it")
    await officer.press("Failed lifts")
    assert "1 not confirmed as stopped" in officer.text
    await unit.press("My reports")
    assert "60 lifts" in unit.text
    assert "Report still to come: 59" in unit.text
    await unit.press("❌")
    assert "Until it passes the lift may not be used" in unit.text
    await unit.press("It is stopped")
    assert "confirmed by" in unit.text
    await unit.write("/report")
    assert "Failed: 1" in unit.text
    await unit.press("⏳")
    assert "within five working days" in unit.text
