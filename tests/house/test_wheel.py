"""The wheel works alone: in an empty environment, from another folder, with all its data."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SECONDS_TO_START = 90
SECONDS_TO_STOP = 10
UV = os.environ.get("UV") or shutil.which("uv") or "uv"  # `uv run` says where it is


# as on a machine that was never set up
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("TIXING_", "VIRTUAL_ENV"))}


def run_anyhow(*command: str | Path, cwd: Path, timeout: int = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=timeout, check=False
    )


def run(*command: str | Path, cwd: Path, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIXING_", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(root: Path, rooms: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that the checkout stays clean."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    for room in rooms:
        shutil.copytree(root / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    run(UV, "build", "--wheel", "--out-dir", out, cwd=source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def tixing(wheel: Path, project: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment that holds the wheel and what it asks for, in the pinned versions."""
    folder = tmp_path_factory.mktemp("environment")
    pins = folder / "pins.txt"
    pins.write_text("\n".join(project["tool"]["uv"]["constraint-dependencies"]), encoding="utf-8")
    run(UV, "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--python", python, "--constraint", pins, wheel, cwd=folder, timeout=600)
    return folder / "venv" / "bin" / "tixing"


def test_everything_in_the_rooms_is_in_the_wheel(wheel: Path, rooms: tuple[str, ...], tracked_files: list[Path]):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    needed = {path.as_posix() for path in tracked_files if path.parts[0] in rooms}
    assert needed - packed == set()
    assert {name.split("/")[0] for name in packed if ".dist-info/" not in name} == set(rooms)
    assert {"templates", "schedules", "store"} <= {name.split("/")[0] for name in needed if not name.endswith(".py")}


def test_it_explains_itself(tixing: Path, tmp_path: Path):
    said = run(tixing, "--help", cwd=tmp_path).stdout
    assert "demo" in said
    assert "import" in said


def test_it_finds_its_rulebooks(tixing: Path, tmp_path: Path):
    rules = json.loads(run(tixing, "rules", "--json", cwd=tmp_path).stdout)
    assert "guangzhou" in {rule["city"] for rule in rules}
    assert all(rule["clause"] for rule in rules)


def test_it_finds_its_migrations(tixing: Path, tmp_path: Path):
    run(tixing, "init", cwd=tmp_path)
    run(tixing, "init", cwd=tmp_path)
    assert (tmp_path / "tixing.sqlite").is_file()


def test_a_command_without_a_store_says_what_to_do(tixing: Path, tmp_path: Path):
    done = run_anyhow(tixing, "outbox", cwd=tmp_path)
    assert done.returncode == 2
    assert "tixing init" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def demo(tixing: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running demo and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [tixing, "demo", "--no-browser", "--port", str(port)],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process, f"http://127.0.0.1:{port}/"
    if process.poll() is None:
        process.kill()
        process.communicate()


def wait_for_page(process: subprocess.Popen[str], address: str) -> str:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return str(answer.read().decode("utf-8"))
        except urllib.error.URLError:
            time.sleep(0.2)
    raise AssertionError(f"no page after {SECONDS_TO_START} s")


@pytest.mark.full
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_shows_its_page_and_stops_when_asked(demo: tuple[subprocess.Popen[str], str], stop: signal.Signals):
    process, address = demo
    assert "<html" in wait_for_page(process, address).lower()
    process.send_signal(stop)
    printed, errors = process.communicate(timeout=SECONDS_TO_STOP)
    assert "Traceback" not in printed + errors
    assert address.rstrip("/") in printed + errors
    assert process.returncode == 0 if stop is signal.SIGTERM else process.returncode in (0, 130)
