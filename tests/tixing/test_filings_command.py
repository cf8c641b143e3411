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
    monkeypatch.setenv("TIXING_DATABASE_URL", stores.migrated(store_kind, tmp_path))
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


def test_the_doctor_says_what_has_no_id_where_aliyun_is_configured(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = tmp_path / "register.csv"
    register.write_text(
        "使用登记证编号,区,下次检验日期,使用单位名称\n梯11粤A00001(20),天河区,2027-05,示例公司", encoding="utf-8"
    )
    shell = CliRunner()
    assert shell.invoke(app, ["import", str(register), "--city", "guangzhou"]).exit_code == 0

    def filings() -> list[str]:
        lines = [json.loads(line) for line in shell.invoke(app, ["doctor", "--json"]).stdout.splitlines()]
        return [line["level"] for line in lines if line["check"] == "filings"]

    assert filings() == []
    monkeypatch.setenv("TIXING_ALIYUN_KEY_ID", "LTAI0000test")
    monkeypatch.setenv("TIXING_ALIYUN_KEY_SECRET", "secret")
    assert filings() == ["doubt"]
    rows = [json.loads(line) for line in run("--used", "--json").stdout.splitlines()]
    assert {"gz", "contact", "reply", "alarm", "alert", "reg"} <= {row["template"].partition(".")[0] for row in rows}
    assert "cq" not in {row["template"].partition(".")[0] for row in rows}
    path = tmp_path / "filed.toml"
    path.write_text(
        "\n".join(
            f'[[filing]]\nkind = "sms"\ncode = "SMS_{number}"\ntext = {json.dumps(row["text"], ensure_ascii=False)}'
            for number, row in enumerate(rows)
            if row["kind"] == "sms"
        ),
        encoding="utf-8",
    )
    assert run("--store", str(path)).exit_code == 0
    assert filings() == ["good"]
    monkeypatch.setenv("TIXING_CALLS_BY", "machine")
    monkeypatch.setenv("TIXING_ALIYUN_VOICE_FROM", "02012345678")
    monkeypatch.setenv("TIXING_PUBLIC_URL", "https://lifts.example.org")
    monkeypatch.setenv("TIXING_SECRET", "long-enough-for-a-secret")
    assert filings() == ["doubt"]
