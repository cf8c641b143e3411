"""The page in a real browser, on a phone: sign-in, the conversation, buttons, a network that comes and goes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from actions.identity.links import make_link

pytestmark = pytest.mark.sqlite

SEEN = 350  # milliseconds after which a new button can be pressed
NARROW = {"width": 320, "height": 568}
CHEN = "14000000001"


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))


def test_signing_in_writing_and_an_answer(open_chat: Any, echo: Any) -> None:
    page = open_chat()
    page.locator("#text").fill("我的电梯")
    page.locator("#send").click()
    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator(".line").nth(0)).to_contain_text("我的电梯")
    expect(page.locator(".line").nth(1)).to_contain_text("echo: text 我的电梯")
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator("#typing")).to_be_hidden()
    assert echo.told == ["text 我的电梯"]


def test_a_wrong_code_and_no_number_are_said_in_a_sentence(open_chat: Any) -> None:
    page = open_chat(signs_in=False)
    page.locator("#phone-form .strong").click()
    expect(page.locator("#sign-in-fault")).to_have_text("这不像手机号，请核对。")
    page.locator("#phone").fill("14000000009")
    page.locator("#phone-form .strong").click()
    page.locator("#code").fill("123456")
    expect(page.locator("#sign-in-fault")).to_have_text("验证码不对或已过期。请核对，或重新获取。")


def test_a_link_on_paper_leaves_the_address_and_asks_for_the_code(open_page: Any, address: str, town: Any) -> None:
    with town.database.write() as session:
        printed = make_link(session, town.contacts["+86" + CHEN], town.moment)
    assert printed is not None
    page = open_page(f"{address}#k={printed.token}")
    expect(page.locator("#link-form")).to_be_visible()
    assert page.url == address
    page.locator("#link-form .strong").click()
    expect(page.locator("#code-sent")).to_contain_text("登记的手机号")
    assert town.sent[0][1] in page.locator("#demo-code").inner_text()
    page.locator("#code").fill(town.sent[0][1])
    expect(page.locator("#talk")).to_be_visible()


def test_what_is_new_is_marked_counted_and_told_as_read(open_chat: Any, town: Any, in_time: Any) -> None:
    page = open_chat()
    page.context.new_page().goto("about:blank")
    line, attempt = town.notify("1")
    expect(page.locator(".line")).to_have_count(1)
    page.bring_to_front()
    in_time(lambda: town.state_of(attempt) == ("delivered", "delivered"))
    assert town.account("1").read_to == line
    expect(page).to_have_title("梯信")
    for number in range(30):
        town.say("1", f"第 {number} 条消息\n" * 3)
    page.reload()
    expect(page.locator(".unread")).to_have_count(1)
    expect(page).to_have_title(re.compile(r"\(\d+\) 梯信"))
    assert town.account("1").read_to < line + 30
    page.locator("#thread").evaluate("thread => { thread.scrollTop = thread.scrollHeight }")
    in_time(lambda: town.account("1").read_to == line + 30)


def test_older_lines_come_when_one_looks_for_them(open_chat: Any, town: Any) -> None:
    page = open_chat()
    for number in range(100):
        town.say("1", f"第 {number} 条")
    page.reload()
    expect(page.locator(".line")).to_have_count(40)
    top = page.locator(".line").first.inner_text()
    for count in (80, 100):
        page.locator("#thread").evaluate("thread => { thread.scrollTop = 0 }")
        expect(page.locator(".line")).to_have_count(count)
    expect(page.locator("#older")).to_contain_text("对话从这里开始")
    assert top in page.locator(".line").nth(60).inner_text()


def test_a_button_is_pressed_once_however_it_is_tapped(open_chat: Any, town: Any, echo: Any) -> None:
    page = open_chat()
    town.say("1", "约哪天？", keyboard={"inline": [[{"text": "确定", "data": "d:ok"}]]})
    expect(page.locator(".key")).to_be_visible()
    page.wait_for_timeout(SEEN)
    page.locator(".key").dblclick()
    expect(page.locator(".line .text").first).to_have_text("pressed d:ok")
    expect(page.locator("#toast")).to_have_text("toast d:ok")
    assert [what for what in echo.told if what.startswith("press")] == ["press 1 d:ok"]


def test_a_second_tap_never_meets_the_button_that_came_under_it(open_chat: Any, town: Any, echo: Any) -> None:
    page = open_chat()
    town.say("1", "约哪天？", keyboard={"inline": [[{"text": "1日", "data": "d:1"}]]})
    expect(page.locator(".key")).to_be_visible()
    page.evaluate(
        """() => new MutationObserver(() => document.querySelectorAll('.key').forEach((key) => key.click()))
            .observe(document.getElementById('lines'), { childList: true })"""
    )
    town.change("1", 1, text="确定？", keyboard={"inline": [[{"text": "确定", "data": "d:yes"}]]})
    expect(page.locator(".key")).to_have_text("确定")
    page.wait_for_timeout(SEEN)
    assert echo.told == []
    page.locator(".key").click()
    expect(page.locator("#toast")).to_have_text("toast d:yes")


def test_the_answer_is_looked_for_where_one_has_pressed(open_chat: Any, town: Any) -> None:
    page = open_chat()
    town.say("1", "哪一台？", keyboard={"inline": [[{"text": "2梯", "data": "d:2"}]]})
    town.say("1", "正式通知\n" * 8)
    expect(page.locator(".line")).to_have_count(2)
    page.wait_for_timeout(SEEN)
    page.route("**/chat/press", lambda route: route.fulfill(json={"toast": ""}))
    page.locator(".key").click()
    town.change("1", 1, text="2梯\n" * 40)
    expect(page.locator(".line .text").first).to_contain_text("2梯\n2梯")
    above = """() => document.querySelector('.line').getBoundingClientRect().top
        - document.getElementById('thread').getBoundingClientRect().top"""
    assert 0 <= page.evaluate(above) < 40


def test_a_button_that_is_gone_is_said_to_be(open_chat: Any, town: Any, echo: Any) -> None:
    page = open_chat()
    town.say("1", "约哪天？", keyboard={"inline": [[{"text": "确定", "data": "d:ok"}]]})
    page.route("**/chat/lines*", lambda route: route.abort())
    expect(page.locator(".key")).to_be_visible()
    town.change("1", 1, keyboard=None)
    page.wait_for_timeout(SEEN)
    page.locator(".key").click()
    expect(page.locator("#toast")).to_contain_text("过时")
    assert echo.told == []


def test_without_a_network_nothing_is_lost_and_nothing_sent_twice(open_chat: Any, echo: Any, town: Any) -> None:
    page = open_chat()
    page.context.set_offline(True)
    page.locator("#text").fill("电梯困人")
    page.locator("#send").click()
    expect(page.locator(".pending")).to_contain_text("网络恢复后发送")
    expect(page.locator("#banner")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".line:not(.pending)")).to_have_count(2)
    expect(page.locator("#banner")).to_be_hidden()
    assert echo.told == ["text 电梯困人"]


def test_an_answer_that_was_lost_on_its_way_is_not_acted_on_twice(open_chat: Any, echo: Any) -> None:
    page = open_chat()
    tries: list[str] = []

    def lose_first(route: Any) -> None:
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.fetch()  # it arrives, and its answer does not
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/text", lose_first)
    page.locator("#text").fill("报修")
    page.locator("#send").click()
    expect(page.locator(".line:not(.pending)")).to_have_count(2)
    expect(page.locator(".pending")).to_have_count(0)
    assert (len(tries), len(set(tries)), echo.told) == (2, 1, ["text 报修"])


def test_text_of_others_is_shown_and_never_run(open_chat: Any, town: Any) -> None:
    page = open_chat()
    town.say("1", "<img src=x onerror=alert(1)><b>粗</b><script>document.title='hacked'</script>", is_html=True)
    town.say("1", "<b>不是标签</b>")
    expect(page.locator(".line .text").nth(0)).to_have_text(
        "<img src=x onerror=alert(1)>粗<script>document.title='hacked'</script>"
    )
    expect(page.locator(".line .text").nth(1)).to_have_text("<b>不是标签</b>")
    expect(page.locator(".text b")).to_have_count(1)
    expect(page).to_have_title(re.compile("梯信"))


def test_a_month_of_days_fits_the_narrowest_phone(open_chat: Any, town: Any) -> None:
    page = open_chat(NARROW)
    days = [[{"text": str(week * 7 + day + 1), "data": f"d:{week}{day}"} for day in range(7)] for week in range(5)]
    town.say(
        "1", "选一天", keyboard={"inline": [[{"text": "一二三四五六日"[i], "data": f"w:{i}"} for i in range(7)], *days]}
    )
    expect(page.locator(".key")).to_have_count(42)
    assert fits(page)
    sizes = page.locator(".key").evaluate_all("keys => keys.map(key => [key.offsetWidth, key.offsetHeight])")
    assert min(width for width, _ in sizes) >= 36
    assert {height for _, height in sizes} == {42}


def test_the_text_for_the_house_can_be_copied(open_chat: Any, town: Any) -> None:
    page = open_chat()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    town.say("1", "可转发：<pre>停梯公告\n3栋1梯 11月28日检验</pre>", is_html=True)
    page.locator(".copy").click()
    expect(page.locator("#toast")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "停梯公告\n3栋1梯 11月28日检验"


def test_a_code_asked_for_twice_leaves_the_form_for_the_first(open_chat: Any, town: Any) -> None:
    page = open_chat(signs_in=False)
    for opened in range(2):
        if opened:
            page.reload()  # the phone came back from the SMS, and the page was opened anew
        page.locator("#phone").fill(CHEN)
        page.locator("#phone-form .strong").click()
        expect(page.locator("#code-form")).to_be_visible()
    expect(page.locator("#code-sent")).to_contain_text("1 分钟后可重新获取")
    page.locator("#code").fill(town.sent[0][1])
    expect(page.locator("#talk")).to_be_visible()


def test_a_browser_of_another_language_follows_the_chat_and_says_so(open_chat: Any, town: Any) -> None:
    open_chat(locale="en-GB")
    town.moment += timedelta(minutes=2)
    page = open_chat()
    expect(page.locator("#bot-menu")).to_have_text("Menu")
    expect(page.locator("#toast")).to_contain_text("换中文")


def test_only_what_came_while_nobody_looked_is_marked_as_new(open_chat: Any, town: Any) -> None:
    page = open_chat()
    hide = "is => { Object.defineProperty(document, 'hidden', { value: is, configurable: true });"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    town.say("1", "早上好")
    page.locator("#text").fill("我的电梯")
    page.locator("#send").click()
    expect(page.locator(".line")).to_have_count(3)
    expect(page.locator(".unread")).to_have_count(0)
    page.evaluate(hide, True)
    town.say("1", "有新安排")
    expect(page.locator(".line")).to_have_count(4)
    page.evaluate(hide, False)
    expect(page.locator(".unread + .line")).to_contain_text("有新安排")
    page.locator("#text").fill("收到")
    page.locator("#send").click()
    expect(page.locator(".line")).to_have_count(6)
    expect(page.locator(".unread")).to_have_count(0)
    town.notify("1")  # nobody's answer
    expect(page.locator(".unread + .line")).to_contain_text("1台电梯")


def test_devices_are_listed_and_signing_out_leaves_nothing_on_the_screen(open_chat: Any, town: Any) -> None:
    page = open_chat()
    town.say("1", "私密的话")
    expect(page.locator(".line")).to_have_count(1)
    page.locator("#menu-open").click()
    page.get_by_text("已登录的设备").click()
    expect(page.locator(".devices li")).to_have_count(1)
    expect(page.locator(".devices")).to_contain_text("本机")
    page.keyboard.press("Escape")
    page.locator("#menu-open").click()
    page.get_by_text("退出登录").click()
    expect(page.locator("#sign-in")).to_be_visible()
    assert "私密的话" not in page.content()
    page.reload()
    expect(page.locator("#phone")).to_be_visible()


def test_a_session_that_was_ended_elsewhere_ends_here(open_chat: Any, town: Any) -> None:
    page = open_chat()
    town.say("1", "hello")
    expect(page.locator("#lines")).to_contain_text("hello")  # it has read its first lines: it was in
    with town.database.write() as session:
        session.connection().exec_driver_sql("UPDATE web_session SET revoked_at = '2026-11-23 02:00:00'")
    town.say("1", "secret")
    expect(page.locator("#sign-in-fault")).to_have_text("登录已失效，请重新登录。")


def test_everything_can_be_reached_by_keys_and_has_a_name(open_chat: Any, town: Any) -> None:
    page = open_chat()
    town.say("1", "?", keyboard={"inline": [[{"text": "确定", "data": "d:ok"}]]})
    expect(page.locator(".key")).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, textarea')]
            .filter((one) => one.offsetParent && !one.closest('[aria-hidden=true]'))
            .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || (one.labels || []).length))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, textarea')]
            .filter((one) => one.offsetParent && (one.offsetHeight < 36 || one.offsetWidth < 36))
            .map((one) => one.outerHTML)"""
    )
    assert small == []
