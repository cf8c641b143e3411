"""`tixing reach` over an imported register."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tixing.cli import app

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("TIXING_MODE", "demo")
    rows = [
        f"梯11粤A{number:05}(20),3110990012017{number:04},天河区,云荔花园,{number}梯,{unit}"
        for number, unit in enumerate(
            ["广州示例云荔物业服务有限公司,陈一鸣,14000000001"] * 3 + ["广州示例岭上制造有限公司,李小满,020-8123"] * 2,
            start=1,
        )
    ]
    path = tmp_path / "register.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert invoke("import", str(path), "--as-of", "2026-11-02").exit_code == 0
    return invoke


def test_it_says_the_share_the_worst_party_and_what_the_words_mean(run: Run) -> None:
    found = json.loads(run("reach", "--at", "2026-11-23T09:00", "--json").stdout)
    units = found["total"]["use_unit"]
    assert (units["lifts"], units["reachable"], units["share"], units["unreachable"]) == (5, 3, 0.6, 2)
    assert found["districts"][0] | {"share": 0} == {"city": "guangzhou", "district": "天河区", "role": "use_unit"} | {
        **units, "share": 0
    }  # fmt: skip
    worst = found["parties"][0]
    assert (worst["name"], worst["lifts"], worst["state"]) == ("广州示例岭上制造有限公司", 2, "unreachable")
    assert worst["people"][0]["phone_unusable"] is True
    assert "bad_phone" in [task["kind"] for task in worst["tasks"]]
    assert set(found["definitions"]) >= {"reachable", "proved", "in_doubt", "unreachable"}


def test_no_number_is_shown_whole(run: Run) -> None:
    shown = run("reach", "--at", "2026-11-23T09:00").stdout
    assert "140****0001" in shown
    assert "14000000001" not in shown
    assert " 60.0 % of      5" in shown


def test_a_part_without_lifts_is_one_sentence(run: Run) -> None:
    result = run("reach", "--district", "440199")
    assert result.exit_code == 1
    assert "no lift" in str(result.exception)
