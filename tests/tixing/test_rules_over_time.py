"""The rules of a register over time, on the command line: regimes, the kinds of a year, what-if."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tixing.cli import app
from tixing.errors import UsageError

HEADER = "设备代码,区,项目名,内部编号,安装监督检验合格日期,下次检验日期,使用单位名称,使用单位联系人手机号"
NATIONAL = ("--rulebook", "national", "--from", "2024-04-02", "--beside", "guangzhou")


def row(number: int, passed: str, valid: str) -> str:
    return f"3110990012017{number:04},天河区,云荔花园,{number}梯,{passed},{valid},示例物业有限公司,14000000001"


class Shell:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def ask(self, *words: str) -> list[Any]:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def take(self, *rows: str, city: str = "guangzhou", as_of: str = "2024-01-05") -> None:
        path = self.folder / "register.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        self.ask("import", str(path), "--city", city, "--as-of", as_of)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("TIXING_MODE", "demo")
    return Shell(tmp_path)


@pytest.fixture
def two_lifts(shell: Shell) -> Shell:
    """One lift in its 9th year in 2026, which the national rule inspects, and one in its 10th, which it tests."""
    shell.take(row(1, "2017-05-20", "2026年05月"), row(2, "2016-05-20", "2027年05月"), as_of="2025-12-05")
    return shell


def test_a_pilot_city_is_handed_over_to_the_national_rule_by_itself(shell: Shell) -> None:
    shell.take(row(1, "2017-05-20", "2023年05月"), city="zhoushan", as_of="2023-01-05")
    assert shell.ask("regime", "zhoushan") == [
        [
            {"id": "zhoushan", "from": None, "beside": None},
            {"id": "national", "from": "2024-04-02", "beside": None},
        ]
    ]


def test_a_regime_that_does_not_exist_is_one_sentence(two_lifts: Shell) -> None:
    result = two_lifts.run("regime", "guangzhou", "--rulebook", "nowhere")
    assert isinstance(result.exception, UsageError)
    assert "there is no rulebook 'nowhere'" in str(result.exception)


def test_what_says_which_lift_is_inspected_in_which_year_stands_beside_nothing(two_lifts: Shell) -> None:
    result = two_lifts.run("regime", "guangzhou", "--rulebook", "guangzhou", "--beside", "zhoushan")
    assert isinstance(result.exception, UsageError)
    assert "'zhoushan' says itself which lift is inspected in which year" in str(result.exception)


def test_a_register_of_a_day_to_come_is_warned_of(shell: Shell) -> None:
    path = shell.folder / "register.csv"
    path.write_text("\n".join([HEADER, row(1, "2017-05-20", "2199年05月")]), encoding="utf-8")
    result = shell.run("import", str(path), "--as-of", "2198-01-05")
    assert "warning: 2198-01-05 has not come yet" in result.stderr


def test_a_regime_is_taken_back_by_its_first_day(two_lifts: Shell) -> None:
    two_lifts.run("regime", "guangzhou", *NATIONAL)
    assert "the next pass hands the lifts over" in two_lifts.run("regime", "guangzhou", "--end", "2024-04-02").stderr
    assert two_lifts.ask("regime", "guangzhou") == [[{"id": "guangzhou", "from": None, "beside": None}]]
    again = two_lifts.run("regime", "guangzhou", "--end", "2024-04-02")
    assert "no regime of 'guangzhou' begins on 2024-04-02" in str(again.exception)


def test_under_the_national_rule_the_year_says_which_lift_is_inspected_and_which_is_tested(two_lifts: Shell) -> None:
    two_lifts.ask("regime", "guangzhou", *NATIONAL)
    two_lifts.run("tick", "--at", "2026-01-05T09:00")
    kinds = {line["lift"][-4:]: (line["kind"], line["inspection_due"], line["test_due"]) for line in year(two_lifts)}
    assert kinds == {"0001": ("inspection", "2026-05-31", None), "0002": ("self_test", None, "2026-05-31")}


def test_a_year_before_the_register_spoke_is_unknown_and_not_without_duties(two_lifts: Shell) -> None:
    two_lifts.ask("regime", "guangzhou", *NATIONAL)
    two_lifts.run("tick", "--at", "2026-01-05T09:00")
    for early in ("2024", "2025"):
        assert {line["kind"] for line in two_lifts.ask("year", early, "--city", "guangzhou")} == {"unknown"}


def test_the_years_after_its_validity_are_unknown_for_a_lift_of_unknown_age(shell: Shell) -> None:
    shell.take(row(1, "", "2026年05月"), as_of="2025-12-05")
    shell.ask("regime", "guangzhou", *NATIONAL)
    shell.run("tick", "--at", "2026-01-05T09:00")
    kinds = [line["kind"] for number in ("2026", "2027") for line in shell.ask("year", number, "--city", "guangzhou")]
    assert kinds == ["inspection", "unknown"]


def doubts(shell: Shell) -> list[str]:
    findings = shell.ask("doctor")
    rows = [row for found in findings for row in (found if isinstance(found, list) else [found])]
    return [row["message"] for row in rows if "the clauses don't give" in row["message"]]


def tasks(shell: Shell) -> list[tuple[str, int]]:
    with sqlite3.connect(shell.folder / "store.sqlite") as store:
        rows = store.execute("SELECT status, detail FROM task WHERE kind = 'validity_disagrees'").fetchall()
    return [(status, json.loads(detail)["lifts"]) for status, detail in rows]


def test_a_register_that_the_clauses_contradict_is_shown_to_the_operator_and_the_department(shell: Shell) -> None:
    """0001 would be inspected in 2026 and the register leaves that out; 0002 is tested in 2026, 0003 agrees."""
    rows = [row(1, "2017-05-20", "2028年05月"), row(2, "2018-05-20", "2026年05月"), row(3, "2017-05-20", "2026年05月")]
    shell.take(*rows, as_of="2025-12-05")
    shell.ask("regime", "guangzhou", *NATIONAL)
    shell.run("tick", "--at", "2026-01-05T09:00")
    (said,) = doubts(shell)
    assert said.startswith("2 lifts of guangzhou")
    assert "0001: periodic_inspection 2026-05-31, stated 2028-05-31" in said
    assert "0002: self_test 2026-05-31, stated 2026-05-31" in said
    assert tasks(shell) == [("open", 2)]
    rows[:2] = [row(1, "2017-05-20", "2026年05月"), row(2, "2018-05-20", "2027年05月")]
    shell.take(*rows, as_of="2026-01-06")
    shell.run("tick", "--at", "2026-01-06T09:00")
    assert doubts(shell) == []
    assert tasks(shell) == [("done", 2)]


def test_the_campaign_s_ladder_is_for_the_lifts_whose_inspection_year_it_is(two_lifts: Shell) -> None:
    two_lifts.ask("regime", "guangzhou", *NATIONAL)
    lines = two_lifts.ask("rehearse", "--from", "2026-01-05", "--to", "2026-06-30")
    inspected = [line for line in lines if line["duty"] == "periodic_inspection" and line["step"] in ("sms", "call")]
    assert {line["rule"] for line in inspected} == {"gz.inspection"}
    assert {lift[-4:] for line in inspected for lift in line["lifts"]} == {"0001"}
    tested = [line for line in lines if line["duty"] == "self_test"]
    assert {lift[-4:] for line in tested for lift in line["lifts"]} == {"0002"}


def test_what_if_shows_the_dates_before_and_after_with_their_clauses(two_lifts: Shell) -> None:
    two_lifts.ask("regime", "guangzhou", *NATIONAL)
    event = json.dumps({"kind": "renovated", "passed_on": "2026-02-10"})
    answer = two_lifts.ask("whatif", "31109900120170001", "--event", event, "--on", "2026-03-01")[0]
    assert [one["due"] for one in answer["before"] if one["duty"] == "periodic_inspection"][:1] == ["2026-05-31"]
    assert [one["due"] for one in answer["after"] if one["duty"] == "periodic_inspection"][:1] == ["2027-02-28"]
    assert all(one["clause"] for one in answer["before"] + answer["after"])
    assert answer["changes"]
    again = two_lifts.ask("whatif", "31109900120170001", "--event", event, "--on", "2026-03-01")[0]
    assert again == answer  # nothing was stored


def test_what_if_knows_what_is_owed_by_the_rules_before(shell: Shell) -> None:
    shell.take(row(1, "2018-10-10", "2026年10月"), as_of="2026-09-01")
    shell.ask("regime", "guangzhou", "--rulebook", "national", "--from", "2026-11-24")
    event = json.dumps({"kind": "inspection_ended", "on": "2026-11-26", "conclusion": "pass"})
    [answer] = shell.ask("whatif", "31109900120170001", "--event", event, "--on", "2026-11-26")
    [change] = [change for change in answer["changes"] if change["before"]["due"] == "2026-10-31"]
    assert (change["before"]["rule"], change["before"]["closed_on"]) == ("gz.inspection", None)
    assert change["after"]["closed_on"] == "2026-11-26"


def test_rules_that_only_stand_beside_others_are_no_regime(two_lifts: Shell) -> None:
    result = two_lifts.run("regime", "guangzhou", "--rulebook", "guangzhou-paperless", "--from", "2026-12-01")
    assert isinstance(result.exception, UsageError)
    assert "'guangzhou-paperless' only stands beside 'guangzhou'" in str(result.exception)


def test_what_if_names_each_document_once(two_lifts: Shell) -> None:
    two_lifts.ask("regime", "guangzhou", "--rulebook", "national", "--from", "2024-04-02")
    event = json.dumps({"kind": "renovated", "passed_on": "2026-02-10"})
    said = two_lifts.run("whatif", "31109900120170001", "--event", event, "--on", "2026-03-01").stdout
    assert "(TSG T7001-2023 4.1)" in said
    assert "TSG TSG" not in said


def test_what_if_says_that_rules_without_years_follow_the_register(two_lifts: Shell) -> None:
    event = json.dumps({"kind": "renovated", "passed_on": "2026-02-10"})
    said = two_lifts.run("whatif", "31109900120170001", "--event", event, "--on", "2026-03-01").stdout
    assert "no date changes: these rules count no years" in said


def test_what_if_refuses_what_is_no_event_in_one_sentence(two_lifts: Shell) -> None:
    result = two_lifts.run("whatif", "31109900120170001", "--event", '{"kind": "exploded"}')
    assert isinstance(result.exception, UsageError)
    assert "unknown kind 'exploded'" in str(result.exception)


def test_what_if_refuses_a_renovation_of_a_lift_that_was_not_there_yet(two_lifts: Shell) -> None:
    event = json.dumps({"kind": "renovated", "passed_on": "1999-02-10"})
    result = two_lifts.run("whatif", "31109900120170001", "--event", event)
    assert isinstance(result.exception, UsageError)
    assert "renovated passed_on 1999-02-10 is before installed_pass_on" in str(result.exception)


def year(shell: Shell) -> list[Any]:
    return shell.ask("year", "2026", "--city", "guangzhou")


def test_a_register_of_a_day_before_other_rules_began_brings_the_old_ones_back_for_nobody(shell: Shell) -> None:
    place = "3110990012017{0:04},定海区,云荔花园,{1},2018-05-10,2024年05月,示例物业有限公司,14000000001"
    shell.take(place.format(1, "1梯"), city="zhoushan", as_of="2024-03-20")
    shell.run("tick", "--at", "2024-03-25T09:00")
    shell.run("tick", "--at", "2024-04-02T09:00")
    shell.take(place.format(1, "甲梯"), city="zhoushan", as_of="2024-03-31")
    [told] = shell.ask("explain", "31109900120170001")
    rules = {duty["rule"] for duty in told["duties"] if not duty["withdrawn"]}
    assert "nat.test" in rules
    assert not {"zs.inspection", "zs.test"} & rules
    assert "handover.2024" not in shell.run("explain", "31109900120170001").stdout
    result = shell.run("tick", "--at", "2024-05-28T09:00", "--json")
    assert json.loads(result.stdout)["planned"]["notices"] > 0
