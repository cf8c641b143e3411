"""The page in a real browser: a real server, a real city, what a visitor does and sees."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from socket import socket

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright

from tixing.demo.chat import make_site
from tixing.demo.play import DemoCity

CHINESE = re.compile(r"[\u3400-\u9fff]")
PHONE_WIDTH = {"width": 375, "height": 812}
DESK_WIDTH = {"width": 1440, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FIRST_SMS = re.compile("22台电梯")

# Texts on the page that lie in no part which is marked as Chinese, or as what was said to somebody.
WORDS_OF_THE_PAGE = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const { parentElement, data } = walker.currentNode;
        if (!parentElement.closest('script, template, [lang^=zh], [data-said]')) found.push(data);
    }
    return found.join(' ');
}"""


def is_complaint(line: ConsoleMessage) -> bool:
    """A request that a test itself cut off is none."""
    return line.type == "error" and "ERR_FAILED" not in line.text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser | None]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=program, args=QUIET)
        except Error:
            yield None
            return
        yield started
        started.close()


@pytest.fixture
def address(city: DemoCity) -> Iterator[str]:
    """The page of a city that opens on 2026-11-23."""
    city.keep_start()
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(make_site(city), log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def open_page(
    browser: Browser | None, address: str, require: Callable[[str, str], None]
) -> Iterator[Callable[..., Page]]:
    """Opens the page in a language at a size; an error in its scripts fails the test."""
    if browser is None:
        require("browser", "no Chromium found for the demo's page")
    assert browser is not None
    complaints: list[str] = []
    context = browser.new_context(viewport=DESK_WIDTH)

    def open_at(language: str = "zh", size: dict[str, int] = DESK_WIDTH) -> Page:
        page = context.new_page()
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict of width and height
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
        page.goto(f"{address}?lang={language}")
        expect(page.locator("#date")).not_to_be_empty()
        return page

    yield open_at
    context.close()
    assert complaints == []


def test_the_clock_moves_and_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(page.locator("#date")).to_have_text("2026年11月23日 星期一")
    expect(page.locator("#mark")).to_have_text("工作日")
    page.get_by_role("button", name="+1天").click()
    expect(page.locator("#date")).to_have_text("2026年11月24日 星期二")
    expect(page.locator("#live")).to_contain_text("11月24日")
    page.get_by_role("button", name="重新开始").click()
    expect(page.locator("#date")).to_have_text("2026年11月23日 星期一")


def test_a_message_appears_when_its_day_comes(open_page: Callable[..., Page]) -> None:
    page = open_page()
    before = page.locator("[data-thread=sms] .message").count()
    expect(page.locator(".message[data-new]")).to_have_count(1)  # a record of the opening day is to be signed
    page.get_by_role("button", name="到下一件事").click()
    expect(page.locator("#live")).to_contain_text("条新消息")
    page.get_by_role("button", name="+1周").click()
    page.get_by_role("button", name="+1周").click()
    expect(page.locator("#date")).not_to_contain_text("11月")
    assert page.locator("[data-thread=sms] .message").count() > before


def test_a_click_on_a_message_shows_its_clause_its_dates_and_its_lifts(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.locator("[data-thread=sms] .message", has_text=FIRST_SMS).click()
    panel = page.get_by_role("dialog", name="为什么收到这条")
    expect(panel).to_contain_text("提前3个月发送短信至使用单位联系人")
    expect(panel).to_contain_text("《广州机电院关于创建国家安全发展示范城市的工作方案》四5")
    expect(panel.locator("tr[data-this]")).to_contain_text("2026/11/27")
    expect(panel.locator("tbody tr")).to_have_count(5)
    expect(panel.get_by_text("暂定")).to_have_count(3)
    expect(panel.locator(".lifts li")).to_have_count(22)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("[data-thread=sms] .message", has_text=FIRST_SMS)).to_be_focused()


def test_a_call_is_answered_with_a_day_and_leaves_the_list(open_page: Callable[..., Page]) -> None:
    page = open_page()
    card = page.locator(".call").first
    unit = card.locator("h3").inner_text()
    calls = page.locator(".call").count()
    card.get_by_role("button", name="已约").click()
    day = card.get_by_label("检验日期")
    expect(day).to_be_focused()
    day.select_option(index=2)
    card.get_by_role("button", name="确认约检").click()
    expect(page.locator("#live")).to_have_text("已记录：已约")
    expect(page.locator(".call")).to_have_count(calls - 1)
    expect(page.locator(".rows li").first).to_contain_text(unit)


def test_another_unit_brings_its_own_department_and_regulator(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_label("选择使用单位").select_option(label="28台 · 广州示例岭上物业服务有限公司")
    expect(page.locator("[data-party=regulator]")).to_have_text("黄埔区市场监督管理局")
    expect(page.locator("[data-party=department]")).to_have_text("检验四部")
    page.get_by_role("link", name="English").click()
    expect(page.locator("[data-party=regulator]")).to_have_text("黄埔区市场监督管理局")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_never_scrolls_sideways(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(language, PHONE_WIDTH)
    for name in ("manager", "department", "regulator", "maintainer"):
        page.locator(f"#tab-{name}").click()
        expect(page.locator(f"#{name}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH["width"], name
    page.locator("#tab-manager").click()
    page.locator("[data-thread=sms] .message").first.click()
    expect(page.locator("#why")).to_be_visible()
    assert page.evaluate("document.getElementById('why-body').scrollWidth") <= PHONE_WIDTH["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH["width"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_clock_stays_in_reach_on_a_phone(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(language, PHONE_WIDTH)
    expect(page.locator("[data-thread=sms] .message").first).to_be_visible()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 0
    expect(page.locator("#date")).to_be_in_viewport(ratio=1)
    expect(page.locator("#tab-department")).to_be_in_viewport(ratio=1)
    before = page.locator("#date").inner_text()
    page.locator("[data-to=day]").click()
    expect(page.locator("#date")).not_to_have_text(before)


def test_a_long_notice_is_shown_whole(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(page.locator("#regulator .message").first).to_be_visible()
    cut = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    assert page.locator("#regulator .message .body").evaluate_all(cut) == 0


def test_a_clock_that_stops_fails_the_health_check_and_reaches_the_operator(open_page: Callable[..., Page]) -> None:
    page = open_page("zh", PHONE_WIDTH)
    line = page.locator("#watch-open")
    expect(line).to_contain_text("今天的计划已于 09:00 完成")
    line.click()
    panel = page.get_by_role("dialog", name="谁来看守梯信")
    expect(panel.locator("#watch-status")).to_have_text("200")
    panel.get_by_role("button", name="让时钟停住").click()
    expect(panel.locator("#watch-status")).to_have_text("503")
    expect(panel.locator("#watch-body")).to_contain_text("no plan was completed today (2026-11-24)")
    expect(panel.locator(".alarm")).to_have_text(re.compile("11月24日的计划没有完成"))
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH["width"]
    panel.get_by_role("button", name="关闭").click()
    expect(line).to_be_focused()
    page.get_by_role("button", name="+1天").click()
    expect(line).to_contain_text("今天的计划已于 09:00 完成")
    line.click()
    expect(panel.locator(".alarm")).to_have_count(2)
    expect(panel.locator(".alarm").first).to_contain_text("恢复")


def test_tabs_answer_to_the_arrow_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("zh", PHONE_WIDTH)
    page.locator("#tab-manager").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-department")).to_be_focused()
    expect(page.locator("#department")).to_be_visible()
    expect(page.locator("#manager")).to_be_hidden()


def test_english_has_no_chinese_words_but_names_and_what_was_said(open_page: Callable[..., Page]) -> None:
    page = open_page("en")
    page.get_by_role("button", name="Next event").click()
    expect(page.locator("#live")).to_contain_text("new messages")
    assert not CHINESE.search(page.evaluate(WORDS_OF_THE_PAGE))
    page.locator("[data-thread=sms] .message").first.click()
    expect(page.get_by_role("dialog", name="Why did I get this?")).to_be_visible()
    assert not CHINESE.search(page.evaluate(WORDS_OF_THE_PAGE))
    page.keyboard.press("Escape")
    page.locator("#watch-open").click()
    page.get_by_role("button", name="Let the clock stop").click()
    expect(page.locator(".alarm")).to_contain_text("was not completed")
    assert not CHINESE.search(page.evaluate(WORDS_OF_THE_PAGE))
    page.get_by_role("button", name="Close").last.click()
    page.locator("[data-thread=sms] .message").first.click()
    expect(page.locator(".clause blockquote")).to_have_attribute("lang", "zh-CN")


def test_play_goes_on_by_itself_until_paused(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_role("button", name="播放").click()
    expect(page.locator("#date")).to_contain_text("11月25日", timeout=15_000)
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="播放")).to_be_visible()


def test_a_demo_that_has_stopped_is_said_on_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_role("button", name="+1天").click()
    expect(page.locator("#live")).to_contain_text("演示程序仍在运行")


def test_one_sits_down_at_a_desk_and_does_it_oneself(open_page: Callable[..., Page]) -> None:
    page = open_page()
    with page.expect_popup() as opened:
        page.locator("[data-chat=manager]").click()
    chat = opened.value
    chat.locator("#link-form .strong").click()
    expect(chat.locator("#demo-code")).to_be_visible()
    code = re.search(r"\d{6}", chat.locator("#demo-code").inner_text())
    assert code is not None
    chat.locator("#code").fill(code[0])
    expect(chat.locator("#lines")).to_contain_text("广州示例云荔物业服务有限公司")
    expect(chat.locator(".keys .key", has_text="困人求救")).to_be_visible()
    page.locator("[data-to=day]").click()  # the page goes on beside it
    expect(page.locator("#date")).to_have_attribute("datetime", "2026-11-24")
