"""`tixing serve` as a process: it plans at once, says so, and stops when asked."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.people.parties import add_contact, find_or_add_party
from actions.running.cities import ensure_city
from store.database import Database
from store.parties import ContactRole

SECONDS_TO_START = 60


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIXING_")}
    environment["TIXING_DATABASE_URL"] = f"sqlite:///{tmp_path / 'store.sqlite'}"
    command = [sys.executable, "-c", "from tixing.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process, f"http://127.0.0.1:{port}/healthz"
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_it_is_healthy_once_it_has_planned_shows_the_web_chat_and_keeps_nobody_waiting_when_it_goes(
    served: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, health = served
    page = health.replace("/healthz", "/chat")
    until_healthy(process, health)
    put_on_file(f"sqlite:///{tmp_path / 'store.sqlite'}", "+8614000000001")
    with httpx.Client(headers={"Origin": page.removesuffix("/chat")}, timeout=40) as browser:
        assert "梯信" in browser.get(page, headers={"Accept-Language": "zh-CN"}).text
        code = browser.post(f"{page}/code", json={"phone": "+8614000000001"}).json()["code"]
        assert browser.post(f"{page}/sign-in", json={"phone": "+8614000000001", "code": code}).status_code == 200
        assert browser.post(f"{page}/text", json={"deed": "a-first-deed", "text": "/start"}).status_code == 200
        shown = until_answered(browser, page)
        began = time.monotonic()
        waiting = threading.Thread(target=browser.get, args=(f"{page}/lines?known={shown['tag']}&wait=25&first=0",))
        waiting.start()
        time.sleep(0.5)  # it is waiting by then; if it were not, nothing would be kept
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=30)
        waiting.join(30)
    assert (process.returncode, "Traceback" in complaints, "14000000001" in complaints) == (0, False, False)
    assert time.monotonic() - began < 20


def until_healthy(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("it did not become healthy")


def until_answered(browser: httpx.Client, page: str) -> dict[str, Any]:
    deadline, shown = time.monotonic() + SECONDS_TO_START, dict[str, Any]()
    while not any(not line["mine"] for line in shown.get("lines", [])):
        assert time.monotonic() < deadline
        shown = browser.get(f"{page}/lines").json()
    return shown


def put_on_file(url: str, phone: str) -> None:
    """Somebody of a unit, while the service runs."""
    database, today = Database(url), date(2026, 1, 1)
    with database.write() as session:
        ensure_city(session, "guangzhou", today)
        unit = find_or_add_party(session, city_id="guangzhou", name="广州示例云荔物业服务有限公司", kind="u")
        add_contact(session, party_id=unit, role=ContactRole.UNIT_CONTACT, name="陈一鸣", phone=phone, as_of=today)
    database.close()
