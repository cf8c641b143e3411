"""A worker's visit on a phone 390 pixels wide, from the QR code on the lift to the upload, and a day of sixty lifts.

With SHOTS=<folder> in the environment each stop leaves a picture there, for people who look at them.
"""

import os
import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, TODAY, World, add_many_lifts
from playwright.sync_api import Page, expect
from sqlmodel import select

from actions.maintaining.labels import Labels
from bot.dispatcher import build_dispatcher
from bot.services import Services
from bot.webchat import WebDoor
from schedules.duties import rebuild
from store.database import Database
from store.events import Event, EventKind
from store.lifts import Lift
from store.records import MaintenanceRecord

pytestmark = [pytest.mark.sqlite, pytest.mark.full]

PHONE = {"width": 390, "height": 844}
COMPOUND = "示例星海名苑国际花园二期西区含商业裙楼及地下车库区"
PICTURE = "() => document.createElement('canvas').toDataURL('image/jpeg').split(',')[1]"
UNSEEN = 350  # milliseconds in which a button is not pressed that has just come under the finger
LABELS = Labels(b"k" * 32)


@pytest.fixture
def lifts(database: Database, world: World) -> list[int]:
    """Sixty lifts: five are late, twenty due today, the others within two weeks."""
    with database.write() as session:
        lifts = add_many_lifts(session, world, 60, compound=COMPOUND)
        for number, lift_id in enumerate(lifts):
            days = 18 if number < 5 else 15 if number < 25 else 14 - (number - 25) % 12
            on = TODAY - timedelta(days=days)
            session.get_one(Lift, lift_id).kind = "曳引驱动乘客电梯"
            about = {"on_date": on, "known_on": on, "recorded_at": NOW, "payload": {"on": on.isoformat()}}
            session.add(Event(kind=EventKind.ONSITE_VISIT, lift_id=lift_id, **about))
        session.flush()
        rebuild(session, city_id="guangzhou", today=TODAY, now=NOW, lift_ids=lifts)
    return lifts


@pytest.fixture
def labelled_page(serve: Any, database: Database, world: World) -> str:
    """The real bot's page, of a process that reads labels."""

    async def no_post(*_: Any) -> None:
        return None

    door = WebDoor(database, build_dispatcher(), lambda: NOW, Services(no_post, b"key", labels=LABELS))
    address: str = serve(database, lambda: NOW, door, no_post)
    return address


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_visit_from_the_label_to_the_upload(
    open_page: Callable[..., Page], labelled_page: str, lifts: list[int], database: Database, world: World, locale: str
) -> None:
    zh = locale == "zh-CN"
    at_lift = f"{labelled_page}?lift={LABELS.token(lifts[0])}"
    page = open_page(at_lift, PHONE, phone=world.people["worker"].phone, locale=locale)

    def key(*labels: str) -> None:
        for label in labels:
            press(page, re.compile(label))

    def shot(name: str) -> None:
        folder = os.environ.get("SHOTS")
        if folder:
            page.wait_for_timeout(UNSEEN)
            page.screenshot(path=f"{folder}/visit_{locale[:2]}_{name}.png")

    expect(page.locator("#lines")).to_contain_text("已扫电梯二维码" if zh else "label on the lift was scanned")
    shot("1_begin")
    key("开始半月维保|begin half-monthly")
    shot("2_form")
    write(page, "8")
    key("有问题的项目|What is not fine")
    shot("3_items")
    write(page, "13 11")
    key("故障$|Fault$")
    content = b64decode(page.evaluate(PICTURE))
    page.set_input_files("#pick-picture", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}])
    expect(page.locator("#lines")).to_contain_text("📷1")
    write(page, "油杯破裂" if zh else "oil cup broken")
    shot("4_item")
    key("下一项|Next item", "已修复|Put right", "回到记录|To the record")
    shot("5_form")
    key("其余正常|The rest is fine")
    shot("6_sign")
    key("签名并上传|Sign and upload")
    shot("7_done")
    key("下一台|Next lift")
    shot("8_today")
    key("两周安排|Two weeks")
    shot("9_plan")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    with database.read() as session:
        assert session.exec(select(MaintenanceRecord)).one().faults == 1


def press(page: Page, label: re.Pattern[str]) -> None:
    """The newest button that has this in it."""
    button = page.locator(".keys:not([aria-busy]) .key", has_text=label).last
    expect(button).to_be_visible()
    page.wait_for_timeout(UNSEEN)
    button.dblclick()
    expect(page.locator(".keys[aria-busy]")).to_have_count(0)


def write(page: Page, text: str) -> None:
    """Say something, and wait until it is answered."""
    before = page.locator("#lines .line:not(.mine)").count()
    page.locator("#text").fill(text)
    page.locator("#send").click()
    expect(page.locator("#lines .line:not(.mine)")).to_have_count(before + 1)
    page.wait_for_timeout(UNSEEN)
