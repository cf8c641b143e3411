"""What goes from one party to another, or within one, each with nothing but a browser."""

from base64 import b64decode
from datetime import date, timedelta
from typing import Any

import pytest
from phones.world import CITY, TODAY, World
from playwright.sync_api import expect
from sqlmodel import col, select

from actions.regulator.street_offices import set_street_office
from store.cases import CaseStep
from store.database import Database
from store.lifts import LiftRole, Responsibility
from store.parties import Contact, Party

pytestmark = pytest.mark.sqlite

CODE = "91440101MA5AKB5C0R"
LIN = "14000000777"
PICTURE = "() => document.createElement('canvas').toDataURL('image/jpeg').split(',')[1]"


@pytest.mark.full
def test_lifts_are_handed_over_and_taken(phone: Any, world: World, database: Database) -> None:
    with database.write() as session:
        session.get_one(Party, world.parties["other"]).credit_code = CODE
    old, new = phone("legal_rep"), phone("other_legal_rep")
    old.press("物业交接", "移交电梯", "1栋1梯", "下一步")
    old.write(CODE)
    old.sees("已记录")
    new.press("物业交接", "接管 广州示例云荔")
    new.sees("云荔花园1栋1梯")
    new.press("确认交接")
    new.sees("已确认")
    answers = select(Responsibility.party_id).where(Responsibility.lift_id == world.lifts["own"][0])
    answers = answers.where(Responsibility.role == LiftRole.USE_UNIT, col(Responsibility.to_on).is_(None))
    with database.read() as session:
        assert session.exec(answers).one() == world.parties["other"]
    assert old.fits
    assert new.fits


def test_a_head_adds_a_colleague_and_takes_them_off(phone: Any, world: World, database: Database) -> None:
    head = phone("legal_rep")
    head.press("我的同事", "添加同事", "使用单位联系人")
    head.sees("姓名")
    head.write("林小满")
    head.sees("手机号码")
    head.write(LIN)
    head.sees("林小满")
    head.press("确认", "林小满", "移除", "确认移除")
    expect(head.page.locator(".keys .key", has_text="林小满")).to_have_count(0)
    with database.read() as session:
        lin = session.exec(select(Contact).where(Contact.phone == f"+86{LIN}")).one()
    assert (lin.name, lin.party_id) == ("林小满", world.parties["own"])
    assert lin.to_on is not None
    assert head.fits


@pytest.mark.full
def test_a_case_goes_to_the_street_is_checked_with_a_photo_and_comes_back(
    phone: Any, world: World, database: Database
) -> None:
    with database.write() as session:
        set_street_office(session, city_id=CITY, district_code="440106", name="演示街一所", as_of=date(2026, 1, 1))
    officer, street = phone("district_regulator"), phone("street_officer")
    due = TODAY + timedelta(days=7)
    officer.press("案件", "交办新案件")
    officer.write("云荔花园")
    officer.press("1栋1梯", "下一步", "演示街一所", "检验超期", f"{due.month}月{due.day}日")
    officer.write("请查看是否停用")
    officer.sees("请查看是否停用")
    officer.press("确认交办")
    officer.sees("已交办给演示街一所")
    street.write("/menu")
    street.press("案件", "云荔物业", "填写现场核查")
    picture = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b64decode(street.page.evaluate(PICTURE))}
    street.page.set_input_files("#take-photo", picture)
    street.sees("照片 1 张")
    street.write("已停用，告示已张贴")
    street.sees("告示已张贴")
    street.press("保存核查", "交回区局", "确认交回")
    street.sees("没有案件")
    officer.write("/menu")
    officer.press("案件", "云荔物业", "查看照片")
    expect(officer.page.locator(".line:not(.mine) .photo img")).to_be_visible()
    with database.read() as session:
        assert [step.deed for step in session.exec(select(CaseStep))] == ["handed_down", "site_check", "handed_back"]
    assert officer.fits
    assert street.fits
