"""An officer's windows through the real dispatcher over HTTP: the district, pushes, orders, cases, subscriptions."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from phones.papers import words_of_paper
from phones.world import CITY, NOW, TODAY
from sqlmodel import col, select

from actions.regulator.street_offices import set_street_office
from actions.visits.inspections import record_inspection
from store.cases import CaseStep, LiftCase
from store.database import Database
from store.lifts import Lift
from store.notices import Notice
from store.parties import Contact
from store.pushes import Acknowledgement, Push, Unsubscribed

pytestmark = pytest.mark.one_store


@pytest.fixture
def all_of(database: Database) -> Any:
    """`all_of(Model)`: its rows by id."""

    def read(model: Any) -> list[Any]:
        with database.read() as session:
            return list(session.exec(select(model)).all())

    return read


async def open_menu(person: Any, *labels: str) -> Any:
    await person.write("/start")
    for label in labels:
        await person.press(label)
    return person


async def test_the_district_at_a_glance_with_its_picture(phone: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况")
    assert "天河区" in officer.text
    assert "超期 2" in officer.text
    assert "÷ 本月应检 0" in officer.text
    await officer.press("上月")
    assert "÷ 本月应检 2" in officer.text
    await officer.press("图片")
    assert any(sent.media == "photo" for sent in officer.messages)
    assert "定检率" in officer.text
    assert officer.sees("名单")


async def test_a_list_comes_as_a_file_with_the_officers_columns(phone: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "名单", "超期 2")
    (document,) = [sent.file for sent in officer.messages if sent.media == "document"]
    book = load_workbook(BytesIO(document))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert book.sheetnames == ["超期"]
    assert rows[0][:5] == ["序号", "使用登记证编号", "设备代码", "使用单位", "联系人及电话"]
    assert len(rows) == 3
    assert any("+8614" in row[4] for row in rows[1:])
    assert all(cell.data_type == "s" for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    await officer.press("不合格 0")
    assert "没有电梯" in officer.popup


async def test_overdue_lifts_are_pushed_after_a_look(phone: Any, all_of: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "告知使用单位", "发超期告知")
    assert "可告知的超期电梯 2 台，2 家单位" in officer.text
    await officer.press("全部超期电梯", twice=True)
    assert "共 2 家单位 2 台" in officer.text
    assert "四10" in officer.text
    assert "署名：天河区市场监督管理局" in officer.text
    assert all_of(Notice) == []
    await officer.press("确认发送", twice=True)
    assert "待发送 2" in officer.text
    assert [(one.step, one.template) for one in all_of(Notice)] == [("pushed", "gz.overdue")] * 2
    await officer.press("返回")
    assert officer.sees("超期 · 2家2台")


async def test_one_units_lifts_can_be_chosen(phone: Any, all_of: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "告知使用单位", "发超期告知", "云荔物业")
    await officer.press("预览所选")
    await officer.press("确认发送")
    assert len(all_of(Notice)) == 1


async def test_what_changed_since_is_shown_again(phone: Any, database: Database, world: Any, all_of: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "告知使用单位", "发超期告知", "全部超期电梯")
    with database.write() as session:
        past = session.exec(
            select(Lift).where(col(Lift.id).in_(world.lifts["other"]), Lift.valid_until == date(2026, 10, 31))
        ).one()
        record_inspection(
            session,
            lift_ids=[past.id],
            on=TODAY,
            conclusion="pass",
            by=world.parties["other"],
            now=NOW,
            today=TODAY,
            key="x",
        )
    await officer.press("确认发送")
    assert "情况有变" in officer.text
    assert all_of(Notice) == []
    await officer.press("确认发送")
    assert "待发送 1" in officer.text


async def test_an_order_is_told_from_number_to_notice(phone: Any, all_of: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "告知使用单位", "发责令停用告知")
    await officer.write("no such lift")
    assert any("没有找到" in sent.text for sent in officer.messages)
    await officer.write("云荔花园1栋1梯")
    await officer.press("下一步")
    await officer.write("号" * 25)
    assert any("最多24个字" in sent.text for sent in officer.messages[-2:])
    await officer.write("天市监令〔2026〕12号")
    await officer.write("因" * 21)
    assert any("最多20个字" in sent.text for sent in officer.messages[-2:])
    await officer.write("   ")
    assert any("只收文字" in sent.text for sent in officer.messages[-2:])
    await officer.write("超期未检")
    await officer.press("11月25日")
    await officer.press("预览", twice=True)
    assert "天市监令〔2026〕12号" in officer.text
    assert "已送达" not in officer.text
    await officer.press("确认发送", twice=True)
    assert {one.template for one in all_of(Notice)} == {"reg.stop", "reg.stop.maint"}
    assert len(all_of(Push)) == 1


async def test_a_list_is_acknowledged_once(phone: Any, database: Database, world: Any, all_of: Any) -> None:
    with database.write() as session:
        session.add(
            Notice(
                city_id=CITY, planned_on=TODAY, send_on=TODAY, party_id=world.parties["bureau"], step="list",
                duty="periodic_inspection", rule="gz.inspection", audience="district_regulator",
                channel_class="chat", template="gz.unbooked",
            )
        )  # fmt: skip
    officer = await open_menu(phone("district_regulator"), "辖区概况", "上报与确认", "未约检上报")
    await officer.press("未约检清单（DOCX")
    (paper,) = [sent.file for sent in officer.messages if sent.media == "document"]
    assert "催检后仍未约检的电梯清单" in words_of_paper(paper)
    await officer.press("确认收到", twice=True)
    assert "已确认" in officer.text
    assert len(all_of(Acknowledgement)) == 1
    other = await open_menu(phone("other_district_regulator"), "辖区概况", "上报与确认")
    assert "还没有上报" in other.text


async def test_that_everyone_was_warned_is_shown_and_taken_away(phone: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "辖区概况", "上月", "催检告知情况")
    assert "应检 2 台" in officer.text
    assert "未告知到 2 台" in officer.text
    await officer.press("下载明细")
    assert any(sent.media == "document" for sent in officer.messages)


@pytest.fixture
def street(database: Database, world: Any) -> int:
    with database.write() as session:
        return set_street_office(
            session, city_id=CITY, district_code="440106", name="演示街一所", as_of=date(2026, 1, 1)
        )


@pytest.mark.usefixtures("street")
async def test_a_case_goes_down_is_checked_with_a_photo_and_comes_back(phone: Any, all_of: Any, bot_api: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "案件", "交办新案件")
    await officer.write("云荔花园")
    await officer.press("1栋1梯")
    for label in ("下一步", "演示街一所", "检验超期"):
        await officer.press(label)
    due = TODAY + timedelta(days=7)
    await officer.press(f"{due.month}月{due.day}日")
    await officer.send_photo(b"\xff\xd8\xff\xe0", caption="请查看是否停用")
    assert "说明：请查看是否停用" in officer.text
    await officer.press("确认交办", twice=True)
    assert "已交办给演示街一所" in officer.text
    assert len(all_of(LiftCase)) == 1

    person = await open_menu(phone("street_officer"), "案件", "云荔物业")
    await person.press("填写现场核查")
    bot_api.failures.append(("getFile", 400, "Bad Request: file is temporarily unavailable"))
    await person.send_photo(b"\xff\xd8\xff\xe0 lost", caption="现场有告示")
    assert any("照片没有收到" in sent.text for sent in person.messages)
    assert "现场有告示" in person.text
    await person.send_photo(b"\xff\xd8\xff\xe0 a photo")
    await person.write("已停用，告示已张贴")
    assert "照片 1 张" in person.text
    await person.press("保存核查", twice=True)
    assert "已现场核查" in person.text
    await person.press("交回区局")
    await person.press("确认交回", twice=True)
    assert "没有案件" in person.text

    await open_menu(officer, "案件", "云荔物业")
    assert "已交回区局" in officer.text
    await officer.press("查看照片")
    assert any(sent.media == "photo" for sent in officer.messages)
    await officer.press("结案")
    await officer.write("已停用")
    await officer.press("确认结案", twice=True)
    assert "已结案" in officer.text
    assert [step.deed for step in all_of(CaseStep)] == ["handed_down", "site_check", "handed_back", "closed"]


async def test_without_a_street_office_it_is_said_whom_to_ask(phone: Any) -> None:
    officer = await open_menu(phone("district_regulator"), "案件", "交办新案件")
    await officer.write("云荔花园1栋1梯")
    await officer.press("下一步")
    assert "还没有登记本区的所" in officer.text


async def test_an_officer_leaves_a_subject_to_colleagues(
    phone: Any, database: Database, world: Any, all_of: Any
) -> None:
    officer = await open_menu(phone("district_regulator"), "接收设置", "超期", "不再接收")
    assert "没有其他人" in officer.popup
    with database.write() as session:
        session.add(
            Contact(party_id=world.parties["bureau"], role="regulator_officer", name="二", from_on=date(2026, 1, 1))
        )
    await officer.press("不再接收")
    assert officer.sees("✗ 超期")
    assert len(all_of(Unsubscribed)) == 1


async def test_the_city_compares_its_districts(phone: Any) -> None:
    officer = await open_menu(phone("city_regulator"), "辖区概况")
    assert "全市" in officer.text
    assert "天河区：" in officer.text
    await officer.press("海珠区 ·")
    assert "海珠区" in officer.text
    await officer.press("全市")
    assert "天河区：" in officer.text


async def test_in_english_too(phone: Any, database: Database) -> None:
    officer = phone("district_regulator")
    await officer.write("/language")
    for label in ("My district", "Tell use units", "Overdue notice", "All overdue lifts"):
        await officer.press(label)
    assert "2 units, 2 lifts" in officer.text
    assert officer.sees("Send")


@pytest.mark.parametrize("who", ["unit_contact", "worker", "duty_officer", "tester"])
async def test_nobody_else_is_offered_any_of_it(phone: Any, who: str) -> None:
    person = await open_menu(phone(who))
    for label in ("辖区概况", "案件", "接收设置"):
        assert not person.sees(label)
