"""The commands, and the script of docs/records.md that needs nothing of ours."""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from store.chain import fingerprint
from store.records import RecordRoot
from tixing.cli import app

DOC = Path(__file__).resolve().parents[3] / "docs" / "records.md"


@pytest.mark.one_store
def test_commands_check_prove_and_restore(kept, tmp_path, monkeypatch):
    monkeypatch.setenv("TIXING_DATABASE_URL", kept.database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("TIXING_RECORDS_KEY", str(kept.key))
    runner = CliRunner()

    def run(*words: str, code: int = 0) -> str:
        done = runner.invoke(app, words)
        assert done.exit_code == code, done.output
        return done.output

    assert "good: 13 entries, 3 lifts, 3 days" in run("records", "verify")
    assert json.loads(run("records", "verify", "--anchor", str(kept.anchors), "--json"))["anchors"] == 3
    with kept.database.read() as session:
        said = f"2026-11-18：{fingerprint(session.get_one(RecordRoot, date(2026, 11, 18)).root)}"
    assert "good" in run("records", "verify", "--fingerprint", said)
    assert "noted was 0" in run("records", "verify", "--fingerprint", f"{said[:11]}{'0' * 16}", code=1)
    run("records", "verify", "--fingerprint", "2026-11-18:", code=1)
    assert "good" in run("records", "verify", "--lift", "2")
    assert "good" in run("records", "verify", "--record", "3")
    proof = tmp_path / "proof.json"
    run("records", "prove", "3", "--out", str(proof))
    assert "good" in run("records", "verify", "--proof", str(proof))
    run("backup", "--to", str(tmp_path / "one"))
    [made] = (tmp_path / "one").iterdir()
    assert "good" in run("records", "verify", "--from", str(made))
    run("restore", str(made), "--to", f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert json.loads(run("restore", str(made), "--check", "--json"))["entries"] == 13
    run("restore", str(made), code=1)
    assert json.loads(run("records", "erase", "--person", "何师傅", "--by", "王五", "--reason", "x", "--json")) == {
        "lifts": 3, "values": 10,
    }  # fmt: skip
    assert json.loads(run("records", "cut", "--by", "王五", "--reason", "x", "--json"))["entries"] == 0
    assert "good" in run("records", "verify")

    script = tmp_path / "check.py"
    script.write_text(re.findall(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)[0])
    root = json.loads(proof.read_text())["root"]["root"]
    command = [sys.executable, str(script), str(proof)]
    assert "good" in subprocess.run([*command, root[:20]], capture_output=True, text=True, check=True).stdout
    proof.write_text(proof.read_text().replace('\\"all\\":31', '\\"all\\":30'))
    assert subprocess.run([*command, root[:20]], capture_output=True, check=False).returncode == 1
