"""`tixing summary` on the small city."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from phones.world import CITY, found_world_at
from typer.testing import CliRunner

from actions.summary.closing import close_day
from store.database import Database
from tixing.cli import app


def test_gz_09_the_command_shows_a_closed_day_and_its_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    database = Database(url)
    database.migrate()
    found_world_at(url)
    closed = date(2026, 11, 23)
    with database.write() as session:
        close_day(session, CITY, today=closed, now=datetime(2026, 11, 23, 9, tzinfo=UTC))
    database.close()
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setattr("tixing.commands.summary.now_utc", lambda: datetime(2026, 11, 24, 2, tzinfo=UTC))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["summary", *words])
        assert result.exception is None, result.output
        return result.stdout

    day = json.loads(run("--day", "2026-11-23", "--json"))
    assert day["is_open"] is False
    assert day["total"]["overdue"] == {
        "opening": 0, "new": 3, "cleared": 0, "corrected": 0, "done": 0, "closing": 3,
    }  # fmt: skip
    sheet = tmp_path / "week.xlsx"
    said = run("--week", "2026-11-24", "--office", "检验一部", "--xlsx", str(sheet))
    assert said.startswith("2026-11-23 to 2026-11-24, not closed yet: as of now\n检验一部\n")
    assert "Overdue                  0 + 2 - 0 = 2  (done 0)" in said
    assert [one.title for one in load_workbook(sheet).worksheets] == ["统计", "电梯"]
    refused = CliRunner().invoke(app, ["summary", "--day", "2027-11-23"])
    assert "has not come yet" in str(refused.exception)
