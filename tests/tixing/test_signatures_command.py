"""`tixing signatures`: shown, set, refused, and looked after by the doctor where messages go live."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.people.signatures import SETTING
from notifier.writer import SIGNATURES_SETTING
from tixing.cli import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert invoke("init").exit_code == 0
    return invoke


def test_who_writes_and_who_reads_mean_the_same_setting() -> None:
    assert SETTING == SIGNATURES_SETTING


def test_a_signature_is_set_without_its_brackets_and_shown(run: Run) -> None:
    assert "demo's" in run("signatures").stdout
    shown = json.loads(run("signatures", "--zh", "【市特检院】", "--en", "Lift Office", "--json").stdout)
    assert shown["body"] == {"zh": "市特检院", "en": "Lift Office"}
    assert run("signatures", "--signer", "regulator:440106", "--zh", "天河市场监管").exit_code == 0
    assert "regulator:440106   天河市场监管" in run("signatures").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--zh", "梯"),
        ("--zh", "一二三四五六七八九十一二三"),
        ("--zh", "市【特】检"),
        ("--signer", "me", "--zh", "市特检院"),
    ],
)
def test_what_operators_would_refuse_is_refused(run: Run, words: tuple[str, ...]) -> None:
    assert run("signatures", *words).exit_code != 0
    assert "市特检院" not in run("signatures").stdout


def test_the_doctor_calls_the_demos_names_wrong_where_messages_go_live(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "signatures" not in run("doctor").stdout
    monkeypatch.setenv("TIXING_MODE", "live")
    monkeypatch.setenv("TIXING_TELEGRAM_TOKEN", "123456:AAH-example")
    found = run("doctor")
    assert "messages would go out as 梯信演示, 演示市场监管" in found.stdout
    assert found.exit_code == 1
    run("signatures", "--zh", "市特检院")
    run("signatures", "--signer", "regulator", "--zh", "市场监管局")
    assert "names that were set here" in run("doctor").stdout
