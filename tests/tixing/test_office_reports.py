"""Reports of offices on the command line: rehearsed, explained, compared."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tixing.cli import app

REGISTER = """使用登记证编号,设备代码,区,项目名,内部编号,"下次检验日期\n（格式yyyy-mm-dd）",使用单位名称
梯11浙L00001(20),31109900120170001,定海区,示例花园,1栋1梯,2023年05月,舟山示例物业服务有限公司"""


def run(*words: str) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result


def ask(*words: str) -> list[Any]:
    return [json.loads(line) for line in run(*words, "--json").stdout.splitlines()]


@pytest.fixture(autouse=True)
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register of Zhoushan as of 20 November 2022."""
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("TIXING_MODE", "demo")
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    ask("import", str(path), "--city", "zhoushan", "--as-of", "2022-11-20")


def test_rules_show_an_office_s_paper_like_a_rule():
    rows = {row["id"]: row for row in ask("rules")[0]}
    summary, inspection = rows["zs.summary"], rows["gz.inspection"]
    assert (summary["duty"], summary["obligations"], summary["seed"]) == ("report", ["ZS-19"], "002")
    assert [(step["step"], step["at"]["days"]) for step in summary["steps"]] == [("d14", 14), ("d3", 3), ("overdue", 0)]
    assert set(summary["steps"][0]) == set(inspection["steps"][0])
    assert rows["zs.target.on_demand.2020"]["steps"] == []
    assert "when: day 2022-12-15, kind on_day" in run("rules").stdout


def papers(first: str, last: str) -> list[dict[str, Any]]:
    return [line for line in ask("rehearse", "--from", first, "--to", last) if line["duty"] in ("report", "review")]


def test_a_rehearsal_has_the_reminders_with_clause_and_words_and_without_lifts():
    lines = papers("2022-11-20", "2022-12-31")
    told = sorted({(line["on"], line["step"], line["rule"], line["clause"]) for line in lines})
    assert told == [
        ("2022-12-01", "d14", "zs.quarter", "五(四)"),
        ("2022-12-01", "d14", "zs.summary", "四(四)"),
        ("2022-12-12", "d3", "zs.quarter", "五(四)"),
        ("2022-12-12", "d3", "zs.summary", "四(四)"),
        ("2022-12-16", "d14", "zs.half_year", "附件1 六(一)"),
        ("2022-12-16", "overdue", "zs.quarter", "五(四)"),
        ("2022-12-16", "overdue", "zs.summary", "四(四)"),
        ("2022-12-28", "d3", "zs.half_year", "附件1 六(一)"),
    ]
    assert all(line["lifts"] == [] and line["audience"] == "district_regulator" for line in lines)
    assert len({line["recipient"] for line in lines}) == 4
    assert "请于12月15日前向舟山市市场监督管理局报送试点工作总结" in lines[0]["body"] + lines[1]["body"]


def test_a_rehearsal_from_before_the_register_was_known_has_them_too():
    assert {line["on"] for line in papers("2021-03-01", "2021-03-31")} == {"2021-03-01", "2021-03-12", "2021-03-16"}


def test_a_notice_to_an_office_is_explained():
    run("tick", "--at", "2022-12-01T09:00")
    number = next(row["notice"] for row in ask("outbox") if row["step"] == "d14")
    explained = ask("explain", f"notice:{number}")[0]
    assert (explained["rule"], explained["seed"], explained["lifts"]) == ("zs.summary", "002", [])
    assert "于2022年12月15日前报送市局" in explained["quote"]
    for language, words in (
        ("zh", "试点工作总结，最迟 2022-12-15"),
        ("en", "the summary of the pilot, by 2022-12-15"),
    ):
        said = run("explain", f"notice:{number}", "--language", language).stdout
        assert words in said
        assert "lifts:" not in said
        assert "台电梯" not in said


def test_the_check_up_compares_what_offices_owe(tmp_path: Path):
    def level() -> str:
        result = CliRunner().invoke(app, ["doctor", "--json"])
        return {row["check"]: row["level"] for row in map(json.loads, result.stdout.splitlines())}["duties"]

    run("tick")  # by now other rules are in force, and the papers of the pilot are withdrawn
    assert level() == "good"
    with sqlite3.connect(tmp_path / "store.sqlite") as store:
        store.execute("UPDATE duty SET withdrawn_at = NULL WHERE rule = 'zs.summary'")
    assert level() == "wrong"
