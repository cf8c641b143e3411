"""The command line over a store: import, rehearse, tick, outbox, explain, doctor, calendar."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from schedules.offices.rules import office_rules
from schedules.rulebook import load_rulebook, rulebook_ids
from store.database import Database
from store.notices import DeliveryStatus, NoticeStatus
from tixing.cli import COMMANDS, app
from tixing.documents import LANGUAGES, names_of

HEADER = (
    '使用登记证编号,设备代码,区,项目名,内部编号,"下次检验日期\n（格式yyyy-mm-dd）",'
    "使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
)
UNIT = "广州示例云荔物业服务有限公司,陈一鸣,14000000001"


def row(number: int, valid: str = "2026年05月", unit: str = UNIT, district: str = "天河区") -> str:
    return f"梯11粤A{number:05}(20),3110990012017{number:04},{district},云荔花园,3栋{number}梯,{valid},{unit}"


@dataclass
class Shell:
    """Calls commands on one store in a folder of its own."""

    folder: Path

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def ask(self, *words: str) -> list[Any]:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def register(self, *rows: str) -> str:
        path = self.folder / "register.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        return str(path)


@pytest.fixture
def shell(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("TIXING_DATABASE_URL", stores.migrated(store_kind, tmp_path))
    monkeypatch.setenv("TIXING_MODE", "demo")
    return Shell(tmp_path)


def import_at(address: str) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("TIXING_DATABASE_URL", address)
        patch.setenv("TIXING_MODE", "demo")
        shell = Shell(Path(folder))
        shell.ask("import", shell.register(*(row(number) for number in range(1, 15))), "--as-of", "2026-01-05")


@pytest.fixture
def imported(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    address, _ = stores.founded(store_kind, tmp_path, "commands", import_at)
    monkeypatch.setenv("TIXING_DATABASE_URL", address)
    monkeypatch.setenv("TIXING_MODE", "demo")
    return Shell(tmp_path)


def test_import_prints_what_it_did_and_importing_twice_changes_nothing(shell: Shell) -> None:
    path = shell.register(row(1), row(2))
    (first,) = shell.ask("import", path, "--as-of", "2026-01-05")
    (again,) = shell.ask("import", path, "--as-of", "2026-01-06")
    assert first == {
        "import": 1,
        "rows": 2,
        "lifts": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "parties": 1,
        "rejected": 0,
    }
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_an_older_register_after_a_newer_one_is_warned_of(imported: Shell) -> None:
    result = imported.run("import", imported.register(row(1)), "--as-of", "2025-12-01")
    assert "a register of 2026-01-05 was imported before" in result.stderr


def test_a_store_tried_out_in_demo_mode_tells_the_latest_rung_again_when_real_messages_begin(
    imported: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    imported.ask("tick", "--at", "2026-03-02T09:00")
    monkeypatch.setenv("TIXING_MODE", "guests")
    monkeypatch.setenv("TIXING_GUESTS", "+8614000000001")
    (done,) = imported.ask("tick", "--at", "2026-03-03T09:00")
    assert done["planned"]["notices"] == 1
    states = [(line["step"], line["status"]) for line in imported.ask("outbox")]
    assert states[1:] == [("call", "cancelled"), ("sms", "cancelled")]
    (again,) = imported.ask("tick", "--at", "2026-03-03T09:05")
    assert again["planned"]["notices"] == 0
    monkeypatch.setenv("TIXING_MODE", "demo")
    assert "sends real messages" in str(imported.run("tick", "--at", "2026-03-04T09:00").exception)


def test_a_refused_row_is_named_at_once(shell: Shell) -> None:
    result = shell.run("import", shell.register(row(1), row(1)))
    assert "line 4" in result.stderr


def test_a_bad_row_goes_to_the_rejects_and_the_exit_code_says_so(shell: Shell) -> None:
    path = shell.register(row(1), row(2, valid="2026年13月"), row(1))
    rejects = shell.folder / "rejects.csv"
    result = shell.run("import", path, "--rejects", str(rejects), "--json")
    summary = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (summary["rows"], summary["lifts"], summary["rejected"]) == (3, 1, 2)
    text = rejects.read_text(encoding="utf-8-sig")
    assert "bad_validity" in text
    assert "duplicate_key" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["import", "no-such-file.csv"], "no-such-file.csv"),
        (["import", "pyproject.toml", "--city", "atlantis"], "atlantis"),
        (["rehearse", "--from", "2026-02-01", "--to", "2026-01-01"], "--to"),
        (["outbox", "--status", "lost"], "lost"),
        (["tick", "--at", "yesterday"], "yesterday"),
        (["explain", "nobody's lift"], "nobody's lift"),
        (["calendar", "import", "pyproject.toml"], "pyproject.toml"),
    ],
)
def test_a_mistake_is_one_sentence(imported: Shell, words: list[str], sentence: str) -> None:
    result = imported.run(*words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)


def test_rehearse_tells_the_ladder_and_leaves_the_store_as_it_was(imported: Shell) -> None:
    lines = imported.ask("rehearse", "--from", "2026-01-05", "--to", "2026-06-30")
    unit = [line for line in lines if line["audience"] not in ("district_regulator", "maintainer")]
    assert [(line["on"], line["step"], len(line["lifts"])) for line in unit] == [
        ("2026-02-02", "sms", 14),
        ("2026-03-02", "call", 14),
        ("2026-05-06", "target", 14),
        ("2026-05-14", "backstop", 14),
        ("2026-05-19", "list", 14),
        ("2026-06-01", "overdue", 14),
    ]
    assert set(lines[0]) == {
        *("on", "duty", "step", "audience", "recipient", "channel", "template", "rule", "clause", "lifts"),
        *("segments", "body", "late"),
    }
    assert lines[0]["lifts"][0] == "31109900120170001"
    assert imported.ask("outbox") == []


def test_rehearse_knows_nothing_of_what_happened_later(imported: Shell) -> None:
    before = imported.ask("rehearse", "--from", "2026-01-05", "--to", "2026-06-30")
    imported.ask("tick", "--at", "2026-02-02T09:00")
    moved = imported.register(*(row(number, valid="2026年08月") for number in range(1, 15)))
    imported.ask("import", moved, "--as-of", "2026-03-10", "--yes")
    imported.ask("tick", "--at", "2026-03-10T09:00")
    assert imported.ask("rehearse", "--from", "2026-01-05", "--to", "2026-06-30") == before


def test_rehearse_from_the_day_of_an_import_says_what_the_tick_of_that_day_says_and_each_only_once(
    imported: Shell,
) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    newcomer = "广州示例星桥物业服务有限公司,黄秋实,14000000007"
    rows = [row(1, valid="2026年06月"), row(2, unit=newcomer), *(row(number) for number in range(3, 15))]
    imported.ask("import", imported.register(*rows), "--as-of", "2026-02-10")
    lines = imported.ask("rehearse", "--from", "2026-02-10", "--to", "2026-02-14")
    rehearsed = [(line["on"], line["step"], line["recipient"]) for line in lines]
    imported.ask("tick", "--at", "2026-02-10T09:00")
    sent = [line for line in imported.ask("outbox", "--status", "sent") if line["on"] == "2026-02-10"]
    assert sorted(rehearsed) == sorted((line["on"], line["step"], line["recipient"]) for line in sent)
    assert imported.ask("rehearse", "--from", "2026-02-10", "--to", "2026-02-14") == lines


def test_a_former_maintainer_is_not_sent_the_copy_that_still_waited_for_it(shell: Shell) -> None:
    header = HEADER + ",维保单位名称,负责人手机号"

    def write(maintainer: str) -> str:
        path = shell.folder / "register.csv"
        path.write_text("\n".join([header, f"{row(1)},{maintainer}"]), encoding="utf-8")
        return str(path)

    shell.ask("import", write("广州示例维一电梯有限公司,"), "--as-of", "2026-01-05")
    shell.ask("tick", "--at", "2026-02-02T09:00")
    shell.ask("import", write("广州示例维二电梯有限公司,14000000022"), "--as-of", "2026-02-03")
    waiting = [line for line in shell.ask("outbox") if "维一" in line["name"]]
    assert [line["status"] for line in waiting] == ["cancelled"]


def test_a_validity_from_before_the_lift_age_does_not_stop_the_other_rows(shell: Shell) -> None:
    result = shell.run(
        "import", shell.register(row(1, valid="1905-05-31"), row(2), row(3, valid="-2026-05-31")), "--json"
    )
    summary = json.loads(result.stdout)
    assert summary["rows"] == 3
    assert summary["lifts"] + summary["rejected"] == 3
    assert summary["lifts"] >= 1


@pytest.mark.parametrize(
    "words",
    [
        ["tick", "--at", "9999-12-31T23:59"],
        ["tick", "--at", "0001-01-01T00:00"],
        ["rehearse", "--from", "0001-01-01", "--to", "2026-01-01"],
    ],
)
def test_a_year_out_of_range_is_one_sentence(imported: Shell, words: list[str]) -> None:
    assert "out of range" in str(imported.run(*words).exception)


def test_tick_plans_and_sends_once(imported: Shell) -> None:
    (first,) = imported.ask("tick", "--at", "2026-02-02T09:00")
    (second,) = imported.ask("tick", "--at", "2026-02-02T09:01")
    assert (first["planned"]["notices"], first["sent"]["sent"]) == (1, 1)
    assert (second["planned"]["notices"], second["sent"]["sent"]) == (0, 0)
    (notice,) = imported.ask("outbox", "--status", "sent")
    assert (notice["step"], notice["status"]) == ("sms", "sent")


def test_explain_a_lift_by_any_of_its_names_gives_dates_and_clauses(imported: Shell) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    for name in ("31109900120170001", "梯11粤A00001(20)", "云荔花园3栋1梯"):
        text = imported.run("explain", name).stdout
        assert "四5" in text
        assert "提前3个月发送短信至使用单位联系人" in text
        assert "已告知广州示例云荔物业服务有限公司" in text
    (data,) = imported.ask("explain", "31109900120170001")
    assert data["duties"][0]["due"] == "2026-05-31"
    assert "at the latest" in imported.run("explain", "31109900120170001", "--language", "en").stdout


def test_explain_a_notice_says_why_it_was_sent(imported: Shell) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    text = imported.run("explain", "notice:1").stdout
    assert "涉及 14 台电梯" in text
    assert "2026-02-02 09:00" in text, "the clock of China, not UTC"
    assert "14000000001" not in text
    (data,) = imported.ask("explain", "1")
    assert (data["step"], data["clause"], len(data["lifts"])) == ("sms", "四5", 14)


def test_a_name_that_several_lifts_share_is_asked_back(shell: Shell) -> None:
    other = row(2).replace("3栋2梯", "3栋1梯")
    shell.ask("import", shell.register(row(1), other), "--as-of", "2026-01-05")
    result = shell.run("explain", "3栋1梯")
    assert "31109900120170001" in str(result.exception)
    assert "31109900120170002" in str(result.exception)


def test_doctor_finds_nothing_wrong_after_an_import_and_finds_a_duty_that_was_tampered_with(imported: Shell) -> None:
    findings = {finding["check"]: finding for finding in imported.ask("doctor")}
    assert findings["duties"]["level"] == "good"
    from_outside = Database(os.environ["TIXING_DATABASE_URL"])
    with from_outside.write() as session:
        session.execute(text("UPDATE duty SET due = '2026-12-31' WHERE id = 1"))
    from_outside.close()
    result = imported.run("doctor", "--json")
    assert result.exit_code == 1
    assert "1 stored duties differ" in result.stdout


def test_a_re_import_that_moves_a_validity_and_a_unit_is_told_as_one_correction_and_one_introduction(
    imported: Shell,
) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    newcomer = "广州示例星桥物业服务有限公司,黄秋实,14000000007"
    rows = [row(1, valid="2026年06月"), row(2, unit=newcomer), *(row(number) for number in range(3, 15))]
    (summary,) = imported.ask("import", imported.register(*rows), "--as-of", "2026-02-10")
    assert (summary["updated"], summary["unchanged"]) == (2, 12)
    imported.ask("tick", "--at", "2026-02-10T09:00")
    said = {(line["step"], line["name"][4:6]) for line in imported.ask("outbox") if line["on"] == "2026-02-10"}
    assert said == {("corrected", "云荔"), ("introduction", "星桥")}


def test_a_lift_that_changes_hands_and_date_in_one_import_brings_one_introduction_with_the_new_date(
    imported: Shell,
) -> None:
    imported.ask("tick", "--at", "2026-02-02T09:00")
    newcomer = "广州示例星桥物业服务有限公司,黄秋实,14000000007"
    rows = [row(1, valid="2026年06月", unit=newcomer), *(row(number) for number in range(2, 15))]
    imported.ask("import", imported.register(*rows), "--as-of", "2026-02-10")
    imported.ask("tick", "--at", "2026-02-10T09:00")
    (said,) = [line for line in imported.ask("outbox", "--status", "sent") if line["on"] == "2026-02-10"]
    assert (said["step"], said["name"][4:6]) == ("introduction", "星桥")
    (why,) = imported.ask("explain", f"notice:{said['notice']}")
    assert [entry["due"] for entry in why["lifts"]] == ["2026-06-30"]


def test_a_holiday_year_arriving_is_imported_and_moves_dates(shell: Shell, tmp_path: Path) -> None:
    shell.ask("import", shell.register(row(1, valid="2027年02月")), "--as-of", "2026-11-02")
    shell.ask("tick", "--at", "2026-11-02T09:00")
    days = [{"name": "春节", "date": f"2027-02-{day:02}", "isOffDay": True} for day in (15, 16, 17, 18, 19)]
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "papers": [], "days": days}), encoding="utf-8")
    assert any("2027" in finding["message"] for finding in shell.ask("doctor") if finding["level"] == "doubt")
    (done,) = shell.ask("calendar", "import", str(path))
    assert done["rungs_moved"] > 0
    steps = shell.ask("explain", "31109900120170001")[0]["duties"][0]["steps"]
    assert {step["step"]: step["on"] for step in steps}["list"] == "2027-02-12"
    assert not any(step["provisional"] for step in steps)


def test_a_notice_explains_itself_by_the_date_that_it_told(shell: Shell) -> None:
    """Told May, then moved to August: the first notice has May's ladder; the cancelled one says why in its language."""
    shell.ask("import", shell.register(row(1)), "--as-of", "2026-02-01")
    shell.ask("tick", "--at", "2026-02-02T09:00")
    moved = shell.register(row(1, valid="2026年08月"))
    shell.ask("import", moved, "--as-of", "2026-02-03", "--yes")
    (found,) = shell.ask("explain", "notice:1")
    assert [lift["due"] for lift in found["lifts"]] == ["2026-05-31"]
    assert {rung["on"] for rung in found["steps"] if rung["step"] == "target"} == {"2026-04-30"}
    shell.ask("import", "--undo", "2")
    assert "已取消（第2次导入已撤销）" in shell.run("explain", "notice:2").stdout
    assert "(import 2 was undone)" in shell.run("explain", "notice:2", "--language", "en").stdout


def test_every_command_explains_itself() -> None:
    runner = CliRunner()
    text = runner.invoke(app, ["--help"]).stdout
    assert all(name in text for name in COMMANDS)
    for name in COMMANDS:
        shown = runner.invoke(app, [name, "--help"])
        assert (shown.exit_code, "╭" in shown.stdout) == (0, False), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_a_person_may_read_has_a_name(language: str) -> None:
    names = names_of(language)
    rules = [rule for book in map(load_rulebook, rulebook_ids()) for rule in (*book.rules, *office_rules(book))]
    assert {rule.duty for rule in rules} <= set(names["duty"])
    assert {step.step for rule in rules for step in rule.steps} | {
        "corrected",
        "mistaken",
        "introduction",
        "handover",
    } <= set(names["step"])
    assert {*NoticeStatus, *DeliveryStatus} <= set(names["status"])


@pytest.mark.sqlite
def test_a_store_that_is_not_there_yet_is_said_and_not_made(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "none.sqlite"
    monkeypatch.setenv("TIXING_DATABASE_URL", f"sqlite:///{path}")
    result = shell.run("outbox")
    assert "tixing init" in str(result.exception)
    assert not path.exists()


def test_the_outbox_in_figures_says_what_waits_and_how_the_last_day_went(shell: Shell) -> None:
    shell.ask("import", shell.register(row(1)), "--as-of", "2026-01-05")
    [figures] = shell.ask("outbox", "--stats")
    assert (sum(figures["waiting"].values()), figures["oldest"], figures["segments"], figures["cost"]) == (0, 0, 0, 0)
    said = shell.run("outbox", "--stats").stdout.splitlines()
    assert said[0] == "waiting: nothing; the oldest that is due: 0 s"


def test_the_lint_of_the_wording_finds_nothing_and_a_preview_shows_every_channel_once() -> None:
    run = CliRunner().invoke
    checked = run(app, ["templates", "--check"])
    assert (checked.exit_code, "nothing found" in checked.stdout) == (0, True)
    shown = [json.loads(line) for line in run(app, ["templates", "--preview", "gz.call", "--json"]).stdout.splitlines()]
    assert [one["channel"] for one in shown] == ["sms", "webchat", "call_task", "voice"]
    assert shown[0]["body"].startswith("【梯信演示】")
    wrong = run(app, ["templates", "--preview", "gz.nothing"])
    assert "there is no template 'gz.nothing'" in str(wrong.exception)
