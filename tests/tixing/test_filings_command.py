"""`tixing filings`: printed, filled in, stored, printed again."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tixing.cli import app


@pytest.fixture
def run(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TIXING_DATABASE_URL", stores.url(store_kind, tmp_path))
    monkeypatch.setenv("TIXING_MODE", "demo")

    def do(*words: str) -> Result:
        return CliRunner().invoke(app, ["filings", *words])

    CliRunner().invoke(app, ["init"])
    return do


def test_the_printed_file_is_filled_in_and_stored_and_then_nothing_is_missing(run: Any, tmp_path: Path) -> None:
    printed = run("--template", "gz.sms").stdout
    rows = tomllib.loads(printed)["filing"]
    assert {row["kind"] for row in rows} == {"sms", "voice"}  # what is said to people who answer is among them
    assert {row["template"] for row in rows} == {"gz.sms", "gz.sms.maint", "reply", "alarm"}
    path = tmp_path / "filed.toml"
    numbers = iter(range(1, 1000))
    lines = [
        f'code = "{kind}{next(numbers)}"' if line == 'code = ""' else line
        for kind, table in (("SMS_" if 'kind = "sms"' in one else "TTS_", one) for one in printed.split("[[filing]]"))
        for line in ((["[[filing]]"] if table.strip() else []) + table.splitlines())
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    stored = run("--store", str(path), "--json")
    assert json.loads(stored.stdout) == {"stored": len(rows)}
    assert run("--template", "gz.sms", "--missing").stdout == ""
    again = [json.loads(line) for line in run("--template", "gz.sms", "--json").stdout.splitlines()]
    assert [row["code"] for row in again] == [row["code"] for row in tomllib.loads(path.read_text("utf-8"))["filing"]]


def test_a_wrong_file_changes_nothing_and_is_one_sentence(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "filed.toml"
    path.write_text('[[filing]]\nkind = "sms"\ncode = "TTS_1"\ntext = "a"', encoding="utf-8")
    result = run("--store", str(path))
    assert (result.exit_code, "is no id of a text for sms" in str(result.exception)) == (1, True)
    assert "cannot be read" in str(run("--store", str(tmp_path / "none.toml")).exception)
    assert "'fr' is not known" in str(run("--language", "fr").exception)
