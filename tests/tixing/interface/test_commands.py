"""The commands around the data interface, as an operator uses them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tixing.cli import app
from tixing.errors import TixingError
from tixing.interface.sandbox import made_up

OURS = made_up()["ours"]
WHY = ("--by", "陈一鸣", "--reason", "对接测试")


def run(*command: str, code: int = 0) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, [*command, "--json"])
    assert result.exit_code == code or (code and result.exception is not None), result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.mark.sqlite
def test_a_sandbox_has_a_key_that_is_rotated_and_revoked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "sandbox.sqlite"
    [made] = run("sandbox", str(file))
    assert (len(made["lifts"]), made["key"][:3]) == (6, "tx_")
    run("sandbox", str(file), code=2)
    run("sandbox", str(file), "--object", "1", code=1)
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{file}")
    [key] = run("api-keys")
    assert (key["state"], key["party"], key["scopes"]) == ("good", OURS, ["records:write", "records:read", "webhooks"])
    run("api-keys", "--make", OURS, code=2)
    rotated = run("api-keys", "--rotate", key["prefix"], *WHY)
    assert [one["state"] for one in rotated] == ["good", "good"]
    run("api-keys", "--make", OURS, *WHY, code=1)
    revoked = run("api-keys", "--revoke", key["prefix"], *WHY)
    assert [one["state"] for one in revoked] == ["good", "revoked"]
    assert run("webhooks-out") == []
    run("webhooks-out", "--test", OURS, code=1)
    with pytest.raises(TixingError, match=r"no such key in sqlite:.*sandbox\.sqlite; TIXING_DATABASE_URL"):
        CliRunner().invoke(app, ["conformance", "nobody"], catch_exceptions=False, standalone_mode=False)
    assert {line["passed"] for line in run("conformance", rotated[0]["prefix"], code=1)} == {False}
