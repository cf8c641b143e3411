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


def test_another_language_is_the_whole_pages_and_the_last_windows_too(phone: Any) -> None:
    unit = phone("unit_contact")
    unit.press("我的电梯")
    unit.page.locator("#menu-open").click()
    unit.page.get_by_text("切换到 English").click()
    expect(unit.page.locator("#bot-menu")).to_have_text("Menu")
    expect(unit.page).not_to_have_url(re.compile("lang="))
    expect(unit.page.locator(".keys .key", has_text="By date").last).to_be_visible()
    expect(unit.page.locator(".unread")).to_have_count(0)
