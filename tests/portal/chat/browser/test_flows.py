"""What people do in the real bot, with nothing but a browser, from the first press to the end."""

import re
from base64 import b64decode
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from store.alerts import Alert
from store.consents import SigningConsent
from store.database import Database
from store.notices import Notice
from store.slots import Slot

pytestmark = pytest.mark.sqlite

BOOK = re.compile("^约检")  # not one's own bookings
PICTURE = """() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 480];
    canvas.getContext('2d').fillRect(0, 0, 640, 480);
    return canvas.toDataURL('image/jpeg').split(',')[1];
}"""


def test_people_are_shut_in_and_the_maintainer_comes(phone: Any, database: Database) -> None:
    guard, worker = phone("unit_contact"), phone("worker")
    guard.press("困人求救", "1栋1梯", "马上求救")
    guard.sees("不要扒门")
    expect(guard.page.get_by_text("危及生命打 119").last).to_be_in_viewport()
    expect(guard.page.locator("#lines a[href^='tel:+8614']").first).to_be_visible()
    worker.press("报警处理", "困人")
    worker.sees("1栋1梯")
    worker.press("已收到", "已出发", "已到场")
    guard.press("刷新")
    guard.sees("已到场")
    guard.press("已全部救出", "确认：人都出来了")
    guard.sees("已救出")
    with database.read() as session:
        assert [one.state for one in session.exec(select(Alert))] == ["freed"]
    assert guard.fits
    assert worker.fits


def test_a_fault_by_a_photo_is_seen_by_the_maintainer(phone: Any, database: Database) -> None:
    unit, worker = phone("safety_manager"), phone("worker")
    unit.press("报修", "1栋1梯")
    picture = {"name": "门.jpg", "mimeType": "image/jpeg", "buffer": b64decode(unit.page.evaluate(PICTURE))}
    unit.page.set_input_files("#take-photo", picture)
    expect(unit.page.locator(".mine .photo img")).to_be_visible()
    unit.sees("正在通知")
    worker.press("报警处理", "故障", "看照片")
    shown = worker.page.locator(".line:not(.mine) .photo img")
    expect(shown).to_be_visible()
    worker.page.wait_for_function("document.querySelector('.photo img').naturalWidth === 640")


def test_a_head_agrees_to_default_signing_and_withdraws(phone: Any, database: Database) -> None:
    head = phone("legal_rep")
    head.press("同意书")
    head.sees("尚未同意")
    head.press("代表单位同意")
    head.sees("已同意")
    head.press("撤回同意", "确认撤回")
    head.sees("尚未同意")
    with database.read() as session:
        (kept,) = session.exec(select(SigningConsent)).all()
    assert kept.withdrawn_at is not None


def test_a_text_for_the_house_is_copied_with_its_picture(phone: Any) -> None:
    unit = phone("unit_contact")
    unit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    unit.press("小区公告", "1栋1梯", "下一步", "检验情况")
    expect(unit.page.locator(".line:not(.mine) .photo img")).to_be_visible()
    unit.page.locator(".copy").last.click()
    copied = unit.page.evaluate("navigator.clipboard.readText()")
    assert "云荔花园1栋1梯" in copied
    assert "http" not in copied
    assert "+86" not in copied


def test_a_new_manager_is_in_and_has_booked_with_six_taps(
    open_page: Any, city_page: str, world: Any, database: Database
) -> None:
    page = open_page(city_page)
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.type(world.people["unit_contact"].phone.removeprefix("+86"))
    taps = [page.locator("#phone-form .strong")]
    taps[0].click()
    code = page.locator("#demo-code")
    expect(code).to_be_visible()
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type("".join(filter(str.isdigit, code.inner_text())))  # the last sign signs in
    for label in (BOOK, "全部 10 台", "11月24日", "上午", "确认约检"):
        taps.append(page.locator(".keys .key", has_text=label).last)
        expect(taps[-1]).to_be_visible()
        page.wait_for_timeout(350)
        taps[-1].click()
    expect(page.locator("#lines")).to_contain_text("已约好")
    assert len(taps) == 6
    with database.read() as session:
        assert [(slot.day.isoformat(), slot.taken) for slot in session.exec(select(Slot).where(Slot.taken > 0))] == [
            ("2026-11-24", 10)
        ]
    with page.expect_download() as begun:
        page.locator(".file", has_text=".ics").last.click()
    assert begun.value.suggested_filename.endswith(".ics")
    assert "BEGIN:VCALENDAR" in begun.value.path().read_text(encoding="utf-8")


def test_a_day_of_another_month_is_taken_from_the_grid_on_a_narrow_phone(phone: Any) -> None:
    unit = phone("safety_manager", size={"width": 320, "height": 568})
    unit.press(BOOK, "全部 10 台", "下个月")
    unit.sees("2026年12月")
    assert unit.fits
    widths = unit.page.locator(".many .key").evaluate_all("keys => keys.map((key) => key.offsetWidth)")
    assert min(widths) >= 36
    unit.press("15", "下午", "确认约检")
    expect(unit.page.locator("#lines")).to_contain_text("已约好")


def test_overdue_lifts_are_pushed_after_a_look_and_the_list_is_saved(phone: Any, database: Database) -> None:
    officer = phone("district_regulator")
    officer.press("辖区概况", "名单", "超期 2")
    file = officer.page.locator(".file", has_text=".xlsx").last
    expect(file).to_be_visible()
    with officer.page.expect_download() as begun:
        file.click()
    assert begun.value.path().read_bytes().startswith(b"PK")
    officer.write("/menu")
    officer.press("辖区概况", "图片")
    expect(officer.page.locator(".photo img").last).to_be_visible()
    officer.write("/menu")
    officer.press("辖区概况", "告知使用单位", "发超期告知", "全部超期电梯")
    officer.sees("共 2 家单位 2 台")
    with database.read() as session:
        assert session.exec(select(Notice)).all() == []
    officer.press("确认发送")
    officer.sees("待发送 2")
    with database.read() as session:
        assert {(one.step, one.template) for one in session.exec(select(Notice))} == {("pushed", "gz.overdue")}
    assert officer.fits
