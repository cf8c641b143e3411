"""`tixing ways`: listed, set and taken back; what is odd is said in one sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tixing.cli import app

HEADER = "使用登记证编号,设备代码,区,使用单位名称,使用单位负责人手机号"
ROW = "梯11粤A00001(20),31109900120170001,天河区,广州示例云荔物业服务有限公司,14000000001"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    path = tmp_path / "register.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert invoke("import", str(path), "--city", "guangzhou", "--as-of", "2026-11-02").exit_code == 0
    return invoke


def test_a_persons_way_is_set_shown_masked_and_taken_back(run: Run) -> None:
    shown = json.loads(run("ways", "--phone", "140 0000 0001", "--first", "chat", "--json").stdout)
    assert shown == [{"first": "chat", "city": "", "duty": "", "phone": "140****0001"}]
    assert run("ways").stdout.split() == ["chat", "140****0001"]
    assert json.loads(run("ways", "--phone", "+8614000000001", "--first", "rung", "--json").stdout) == []


def test_a_kind_of_duty_has_a_way_of_its_own(run: Run) -> None:
    shown = run("ways", "--city", "guangzhou", "--kind", "self_test", "--first", "sms").stdout
    assert shown.split() == ["sms", "guangzhou:", "self_test"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--first", "fax", "--phone", "+8614000000001"), "must be sms, chat or rung"),
        (("--first", "chat"), "give one of them"),
        (("--first", "chat", "--phone", "+8614000000001", "--kind", "self_test"), "give one of them"),
        (("--phone", "+8614000000001"), "give it too"),
        (("--first", "chat", "--phone", "no number"), "holds no phone number"),
        (("--first", "chat", "--kind", "self_test"), "give --city too"),
        (("--first", "chat", "--kind", "dance", "--city", "guangzhou"), "is no kind of duty"),
        (("--city", "atlantis"), "there is no register"),
    ],
)
def test_what_is_odd_is_one_sentence(run: Run, words: tuple[str, ...], says: str) -> None:
    refused = run("ways", *words)
    assert refused.exit_code != 0
    assert says in f"{refused.stderr}{refused.exception}"
