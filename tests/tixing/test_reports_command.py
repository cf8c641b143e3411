"""`tixing reports`: what is owed, issued, corrected and shown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from phones.world import NOW, TODAY, found_world
from typer.testing import CliRunner, Result

from actions.visits.inspections import record_inspection
from store.database import Database
from tixing.cli import app
from tixing.commands import reports

Run = Callable[..., Result]
LIFT = "31109900120171000"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setattr(reports, "now_utc", lambda: NOW)
    database = Database(url)
    database.migrate()
    with database.write() as session:
        world = found_world(session)
        by: dict[str, Any] = {"by": world.parties["department"], "now": NOW, "today": TODAY, "key": "1"}
        record_inspection(session, lift_ids=world.lifts["own"][:1], on=TODAY, conclusion="pass", **by)
    database.close()
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7 a report")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["reports", *words])

    return invoke


def test_a_report_is_listed_issued_corrected_and_shown(run: Run, tmp_path: Path) -> None:
    (owed,) = json.loads(run("list", "--json").stdout)["owed"]
    assert (owed["key"], owed["due"], owed["how"], owed["late"]) == (LIFT, "2026-11-30", "passed", False)
    assert "1 report owed" in run("list").stdout
    paper = ("--file", str(tmp_path / "report.pdf"), "--json")
    wrong = run("issue", LIFT, "--number", "1", "--conclusion", "fail", *paper)
    assert "its report cannot say that it failed" in str(wrong.exception)
    passed = ("--conclusion", "pass", "--valid-until", "2028-02-29", "--mark", "B-1")
    for _ in range(2):
        (issued,) = json.loads(run("issue", LIFT, "--number", "1", *passed, *paper).stdout)["reports"]
        assert (issued["number"], issued["conclusion"]) == ("1", "pass")
    assert "no report is owed" in str(run("issue", LIFT, "--number", "2", *passed, *paper).exception)
    corrected = ("--number", "2", "--conclusion", "fail", "--corrects", "1", "--why", "typed wrongly")
    run("issue", LIFT, *corrected, *paper)
    found = json.loads(run("show", LIFT, "--json").stdout)["reports"]
    assert [(one["number"], one["conclusion"], one["corrected_by"]) for one in found] == [
        ("2", "fail", ""),
        ("1", "pass", "2"),
    ]
    assert "corrected by 2" in run("show", LIFT).stdout
    assert "give the code of one" in str(run("show", "nowhere").exception)
