"""Makes docs/demo.png, the picture in the README, from the demo itself: `uv run python docs/picture.py`.

Needs a Chromium and a font with Chinese letters (Debian: chromium, fonts-noto-cjk).
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

PICTURE = Path(__file__).with_name("demo.png")
SIZE = {"width": 1440, "height": 900}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Start a demo, move its clock to a lively day, take the picture, stop the demo."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("no Chromium found; on Debian: apt-get install chromium fonts-noto-cjk")
    command = [sys.executable, "-c", "from tixing.cli import main; main()", "demo", "--no-browser"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = wait_for_address(demo)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=QUIET)
            page = chromium.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a dict of width and height
            page.goto(f"{address}?lang=zh")
            move_to_december(page)
            page.screenshot(path=PICTURE)
            chromium.close()
    finally:
        demo.terminate()
        demo.wait()


def wait_for_address(demo: subprocess.Popen[str]) -> str:
    """The address that the demo prints when its page is there."""
    assert demo.stdout is not None
    for line in demo.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    sys.exit("the demo did not start")


def move_to_december(page: Page) -> None:
    """From Monday 23 November to Tuesday 1 December, the first working day of a month: all rungs open."""
    date = page.locator("#date")
    for step, day in (("week", "2026-11-30"), ("day", "2026-12-01")):
        page.locator(f"[data-to={step}]").click()
        expect(date).to_have_attribute("datetime", day, timeout=30_000)
    page.wait_for_timeout(800)  # the new messages fade in


if __name__ == "__main__":
    main()
