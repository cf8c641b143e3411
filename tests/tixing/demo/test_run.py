"""Starting, going on and stopping."""

import re
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import httpx
import pytest

from store.database import Database
from tixing.demo import run
from tixing.errors import TixingError

A_NEW_MONTH = date(2026, 11, 3)
SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from tixing.demo import run
run.MONTHS_OF_HISTORY = 0
folder = Path(sys.argv[1]) if sys.argv[1] else None
run.run_demo(folder=folder, port=None, open_browser=False, on=date(2026, 11, 2))
"""


def start(folder: str, temporary: Path) -> tuple[subprocess.Popen[str], str]:
    """A demo in a process of its own and the address that it printed."""
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(temporary), "PATH": "", "PYTHONUTF8": "1"},
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found:
            return process, found[0]
    raise AssertionError(process.communicate()[1])


def wait_for(address: str) -> httpx.Response:
    deadline = time.monotonic() + 30
    while True:
        try:
            return httpx.get(address, timeout=10)
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("stop", [pytest.param(signal.SIGTERM, marks=pytest.mark.full), signal.SIGINT])
def test_it_prints_its_address_serves_and_stops_without_a_trace(stop: signal.Signals, tmp_path: Path) -> None:
    process, address = start("", tmp_path / "tmp")
    assert wait_for(address + "api/state").json()["clock"]["date"] == "2026-11-02"
    assert process.stdout is not None
    looked_up = process.stdout.readline().split()[-1].replace("/query?", "/query.json?")
    assert wait_for(looked_up).json()["conclusion"] == "pass", "anybody may look up a lift"
    process.send_signal(stop)
    _, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in complaints
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
def test_a_named_folder_is_kept_and_the_city_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    process, address = start(str(folder), tmp_path / "tmp")
    wait_for(address)
    assert httpx.post(address + "api/clock", json={"to": "day"}, timeout=30).status_code == 200
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    process, address = start(str(folder), tmp_path / "tmp")
    assert wait_for(address + "api/state").json()["clock"]["date"] == "2026-11-03"
    back = httpx.post(address + "api/clock", json={"to": "start"}, timeout=30)
    assert back.json()["clock"]["date"] == "2026-11-02"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert (folder / "demo.sqlite").exists()


def test_a_city_that_was_interrupted_while_it_lived_lives_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MONTHS_OF_HISTORY", 0)
    database = Database(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    assert run.open_city(database, tmp_path, date(2026, 11, 2)).today == date(2026, 11, 2)
    assert run.open_city(database, tmp_path, A_NEW_MONTH).today == A_NEW_MONTH
    assert run.open_city(database, tmp_path, date(2026, 11, 2)).today == A_NEW_MONTH
    database.close()


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(TixingError, match=f"port {port} cannot be used"):
            run.run_demo(folder=tmp_path / "city", port=port, open_browser=False)


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TixingError, match="cannot be made"):
        run.run_demo(folder=tmp_path / "file" / "city", port=None, open_browser=False)
