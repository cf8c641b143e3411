"""`tixing heartbeat` from the command line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from store.database import Database
from store.notices import ChatMessage
from store.watch import Beat, beat
from tixing.cli import app
from tixing.errors import UsageError

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("TIXING_MODE", "demo")
    monkeypatch.setenv("TIXING_OPERATOR", "+8614000000099")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert invoke("init").exit_code == 0
    return invoke


def test_a_tick_makes_it_good_for_that_day_and_its_absence_is_told_once(run: Run, tmp_path: Path) -> None:
    assert run("tick", "--at", "2026-11-23T09:00").exit_code == 0
    good = run("heartbeat", "--at", "2026-11-23T09:05", "--json")
    assert (good.exit_code, json.loads(good.stdout)["status"]) == (0, "ok")
    for minute in (20, 21, 22):
        bad = run("heartbeat", "--at", f"2026-11-24T00:{minute}")
        assert bad.exit_code == 1
        assert "no plan was completed today (2026-11-24)" in bad.stdout
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with database.read() as session:
        lines = session.exec(select(ChatMessage)).all()
    database.close()
    assert [line.address for line in lines] == ["sms:+8614000000099"]


def test_silence_is_a_matter_of_how_often_passes_are_made(run: Run) -> None:
    run("tick", "--at", "2026-11-23T09:00")
    assert run("heartbeat", "--at", "2026-11-23T12:00").exit_code == 1
    assert run("heartbeat", "--at", "2026-11-23T12:00", "--silence", "1500").exit_code == 0


def test_an_address_that_does_not_answer_is_failing(run: Run) -> None:
    result = run("heartbeat", "--url", "http://127.0.0.1:1/healthz")
    assert result.exit_code == 1
    assert "127.0.0.1" in result.stdout


def test_a_process_that_will_not_come_back_is_forgotten_once(run: Run, tmp_path: Path) -> None:
    run("tick", "--at", "2026-11-23T09:20")
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite'}")
    nine = datetime(2026, 11, 23, 1, tzinfo=UTC)
    with database.write() as session:
        beat(session, Beat.DISPATCH, "worker@gone", day=nine.date(), now=nine)
    database.close()
    missed = run("heartbeat", "--at", "2026-11-23T09:20")
    assert (missed.exit_code, "worker@gone" in missed.stdout) == (1, True)
    forgotten = run("heartbeat", "--at", "2026-11-23T09:20", "--forget", "worker@gone")
    assert (forgotten.exit_code, forgotten.stdout[:3]) == (0, "ok:")
    for name in ("worker@gone", "tick"):
        refused = run("heartbeat", "--forget", name)
        assert isinstance(refused.exception, UsageError)
