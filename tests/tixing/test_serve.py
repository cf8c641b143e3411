"""`tixing serve` as a process: it plans at once, says so, and stops when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

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


def test_it_is_healthy_once_it_has_planned_and_goes_when_told(served: tuple[subprocess.Popen[str], str]) -> None:
    process, address = served
    deadline = time.monotonic() + SECONDS_TO_START
    status = 0
    while status != 200:
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[1]
        try:
            status = httpx.get(address, timeout=5).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in complaints
