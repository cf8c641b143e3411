"""Phones with a real browser, and a server of this machine that they open."""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import uvicorn
from phones.world import NOW, World, found_world
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from bot.dispatcher import build_dispatcher
from bot.webchat import WebDoor
from portal.app import make_app
from portal.chat_door import Bot, ChatDoor
from portal.chat_watch import Watch
from store.database import Database

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ON_FILE = "14000000001"
UNSEEN = 350  # milliseconds in which a button is not pressed that has just come under the finger
OLD_PHONE = {"width": 360, "height": 640}
expect.set_options(timeout=20_000)  # milliseconds, where the machine has much else to do
CUT_OFF = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|status of 4")


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


Serve = Callable[[Database, Callable[[], datetime], Bot, Any], str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(database, clock, bot, post)`: the address of a page, which shows the code to a browser of this machine.

    It ends before the folder of the store is removed.
    """
    with ExitStack() as running:

        def start(database: Database, clock: Callable[[], datetime], bot: Bot, post: Any) -> str:
            watch = Watch(database, every=0.1)
            app = make_app(database, clock, chat_door=ChatDoor(bot, post, b"k" * 32, watch, tries_out=True))
            return running.enter_context(listening(app, watch))

        yield start


@contextmanager
def listening(app: Any, watch: Watch) -> Iterator[str]:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/chat"
        watch.close()
        server.should_exit = True
        thread.join()


@pytest.fixture
def make_context(
    browser: Browser | None, require: Callable[[str, str], None]
) -> Iterator[Callable[..., BrowserContext]]:
    """A phone; an error in the page's scripts fails the test."""
    if browser is None:
        require("browser", "no Chromium found for the web chat's page")
    assert browser is not None
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def complain(line: ConsoleMessage) -> None:
        if line.type == "error" and not CUT_OFF.search(line.text):
            faults.append(line.text)

    def make(size: dict[str, int], locale: str, **options: Any) -> BrowserContext:
        context = browser.new_context(viewport=size, locale=locale, has_touch=True, **options)  # type: ignore[arg-type]
        context.on("console", complain)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """`sign_in(page, phone)`: by the code that the page shows."""

    def do(page: Page, phone: str) -> None:
        page.locator("#phone").fill(phone)
        page.locator("#phone-form .strong").click()
        expect(page.locator("#demo-code")).to_be_visible()
        code = re.search(r"\d{6}", page.locator("#demo-code").inner_text())
        assert code is not None
        page.locator("#code").fill(code[0])
        expect(page.locator("#talk")).to_be_visible()

    return do


@pytest.fixture
def open_page(make_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None]) -> Callable[..., Page]:
    """`open_page(address, size, phone=…)`: the page; signed in where a number is given."""

    def open_one(
        address: str, size: dict[str, int] | None = None, *, phone: str = "", locale: str = "zh-CN", **options: Any
    ) -> Page:
        page = make_context(size or OLD_PHONE, locale, **options).new_page()
        page.goto(address)
        if phone:
            sign_in(page, phone)
        return page

    return open_one


class Codes:
    """The way of the codes; the page shows them as well."""

    async def __call__(self, number: str, code: str, language: str) -> None:
        """Take it."""


class Phone:
    """A page with the talk of somebody."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *labels: str | re.Pattern[str]) -> None:
        """One after the other, each time the newest button that has this in it, twice as people do."""
        for label in labels:
            button = self.page.locator(".keys:not([aria-busy]) .key", has_text=label).last
            expect(button).to_be_visible()
            self.page.wait_for_timeout(UNSEEN)
            button.dblclick()
            expect(self.page.locator(".keys[aria-busy]")).to_have_count(0)

    def write(self, text: str) -> None:
        """Say something."""
        self.page.locator("#text").fill(text)
        self.page.locator("#send").click()

    def sees(self, text: str) -> None:
        """It stands in the newest line that is not their own."""
        expect(self.page.locator("#lines .line:not(.mine)").last).to_contain_text(text)

    def shot(self, name: str) -> None:
        """A picture of the screen, for people who look at them."""
        folder = os.environ.get("SHOTS")
        if folder:
            self.page.wait_for_timeout(UNSEEN)
            self.page.screenshot(path=f"{folder}/{name}.png")

    @property
    def fits(self) -> bool:
        """Nothing is wider than the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"))


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as session:
        return found_world(session)


@pytest.fixture
def city_page(serve: Serve, database: Database, world: World) -> str:
    """The address of the real bot's page in the small city."""
    return serve(database, lambda: NOW, WebDoor(database, build_dispatcher(), lambda: NOW), Codes())


@pytest.fixture
def phone(open_page: Callable[..., Page], city_page: str, world: World) -> Callable[..., Phone]:
    """`phone("unit_contact")`: the page of somebody of the city, signed in and greeted."""

    def open_one(who: str, **options: Any) -> Phone:
        made = Phone(open_page(city_page, phone=world.people[who].phone, **options))
        expect(made.page.locator(".keys .key").first).to_be_visible()
        return made

    return open_one


@pytest.fixture
def address(serve: Any, town: Any, echo: Any) -> str:
    """The page of a bot that says back what it is told."""
    started: str = serve(town.database, town.now, echo, town)
    return started


@pytest.fixture
def open_chat(open_page: Any, address: str) -> Any:
    """The page of somebody who has signed in."""

    def open_one(size: dict[str, int] | None = None, *, signs_in: bool = True, **options: Any) -> Page:
        page: Page = open_page(address, size, phone=ON_FILE if signs_in else "", **options)
        return page

    return open_one
