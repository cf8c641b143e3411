"""The real bot behind the page, in the small city: what somebody does with nothing but a browser."""

import re
from typing import Any

import pytest
from phones.world import NOW, World, add_many_lifts
from playwright.sync_api import expect

from store.chats import Line, write_line
from store.database import Database

pytestmark = pytest.mark.sqlite


def test_from_the_sign_in_to_the_dates_of_a_lift_and_why(phone: Any) -> None:
    unit = phone("unit_contact")
    unit.sees("广州示例云荔物业服务有限公司")  # greeted without a word
    unit.press("我的电梯")
    unit.press("云荔花园1栋")
    unit.press("1栋1梯")
    unit.sees("定期检验：2月28日")
    unit.press("为什么")
    unit.sees("短信提醒")
    assert unit.fits
    expect(unit.page.locator("#lines .line")).to_have_count(2)  # what was asked, and one window that changed


def test_sixty_lifts_fit_an_old_phone_in_both_languages(phone: Any, world: World, database: Database) -> None:
    with database.write() as session:
        add_many_lifts(session, world, 60)
    for who, locale, lifts in (("safety_manager", "zh-CN", "我的电梯"), ("legal_rep", "en-GB", "My lifts")):
        unit = phone(who, locale=locale)
        unit.press(lifts)
        expect(unit.page.locator(".keys .key", has_text="星海名苑").first).to_be_visible()
        assert unit.fits


def test_a_long_text_is_shown_from_its_beginning(phone: Any, database: Database) -> None:
    unit = phone("unit_contact")
    unit.sees("广州示例云荔物业服务有限公司")
    with database.write() as session:
        write_line(session, Line("1", "out", "从这里读起。" + "很长的一段话。" * 120), at=NOW)
    unit.sees("从这里读起")
    top = unit.page.locator("#lines .line .bubble").last.evaluate(
        "bubble => bubble.getBoundingClientRect().top - document.getElementById('thread').getBoundingClientRect().top"
    )
    assert 0 <= top < 40


def test_another_language_that_the_bot_is_told_is_the_pages_too(phone: Any) -> None:
    unit = phone("unit_contact")
    unit.page.locator("#text").fill("/language")
    unit.page.locator("#send").click()
    expect(unit.page.locator("#bot-menu")).to_have_text("Menu")
    expect(unit.page).not_to_have_url(re.compile("lang="))


def test_people_shut_in_from_two_presses_to_everybody_out(phone: Any) -> None:
    guard, worker = phone("unit_contact"), phone("worker")
    guard.press("困人求救")
    guard.press("1栋1梯")
    guard.press("确认，马上求救")
    guard.sees("不要扒门")
    assert guard.fits
    worker.press("报警处理")
    worker.press("困人 云荔花园1栋1梯")
    worker.press("已收到")
    worker.sees("已收到：")
    worker.press("已到场")
    guard.press("刷新")
    guard.sees("维保人员已到场")
    guard.press("已全部救出")
    guard.sees("已救出：")


def test_a_head_agrees_to_default_signing_and_takes_it_back(phone: Any) -> None:
    head = phone("legal_rep")
    head.press("默认签名同意书")
    head.sees("24时前没有签名")
    head.press("已阅读，代表单位同意")
    head.sees("可以随时撤回")
    assert head.fits
    head.press("撤回同意")
    head.press("确认撤回")
    head.sees("尚未同意")


def test_a_picture_for_the_house_is_shown(phone: Any) -> None:
    unit = phone("unit_contact")
    unit.press("小区公告")
    unit.press("1栋1梯")
    unit.press("下一步")
    unit.press("检验情况")
    expect(unit.page.locator("#lines")).to_contain_text("检验2027年2月到期")
    expect(unit.page.locator("#lines .line img").first).to_be_visible()
    assert unit.fits
