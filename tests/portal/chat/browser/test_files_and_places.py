"""Photos, files and locations in a real browser."""

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.sqlite

WECHAT = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.30"


def test_a_photo_is_made_smaller_and_shown(open_chat: Any, echo: Any, town: Any, tmp_path: Path) -> None:
    page = open_chat()
    large = page.evaluate(
        """async () => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [3000, 2000];
            const pen = canvas.getContext('2d');
            for (let x = 0; x < 3000; x += 10) {
                pen.fillStyle = `hsl(${x % 360},80%,50%)`;
                pen.fillRect(x, 0, 10, 2000);
            }
            return canvas.toDataURL('image/jpeg', 0.95);
        }"""
    )
    page.set_input_files(
        "#pick-picture", [{"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b64decode(large.partition(",")[2])}]
    )
    image = page.locator(".photo img")
    expect(image).to_be_visible()
    expect(page.locator(".line")).to_have_count(2)
    page.wait_for_function("document.querySelector('.photo img').naturalWidth > 0")
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1600, 1067]
    image.click()
    expect(page.locator(".picture img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".picture img")).to_have_count(0)
    assert echo.told == ["file 现场.jpg"]


def test_a_file_that_is_not_taken_is_said(open_chat: Any, echo: Any) -> None:
    page = open_chat()
    page.set_input_files("#pick-file", [{"name": "a.exe", "mimeType": "application/x", "buffer": b"MZ\x90\x00"}])
    expect(page.locator("#toast")).to_contain_text("不能发送这种文件")
    assert echo.told == []


def test_a_location_is_sent_or_the_reason_given(open_chat: Any, echo: Any, town: Any, address: str) -> None:
    page = open_chat()
    town.say("1", "电梯在哪里？", keyboard={"reply": [[{"text": "发送位置", "request_location": True}]]})
    page.locator("#replies .key").click()
    expect(page.locator("#toast")).to_contain_text("没有允许取得位置")
    page.context.grant_permissions(["geolocation"], origin=address.rpartition("/")[0])
    page.context.set_geolocation({"latitude": 23.13, "longitude": 113.26})
    page.locator("#replies .key").click()
    expect(page.locator(".place")).to_contain_text("23.13000, 113.26000")
    assert echo.told == ["place 23.13 113.26"]


def test_in_wechat_a_download_is_explained(open_chat: Any, town: Any) -> None:
    page = open_chat(user_agent=WECHAT)
    town.say(
        "1", "日历", media={"kind": "document", "file": 5, "name": "检验.ics", "mime": "text/calendar", "size": 900}
    )
    page.locator(".file").click()
    expect(page.locator(".sheet")).to_contain_text("在浏览器打开")
    page.locator(".sheet .close").click()
    expect(page.locator(".sheet")).to_have_count(0)
