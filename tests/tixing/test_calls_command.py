"""`tixing calls`: what callers read, and what they enter."""

import json
import os
import re
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from notifier.modes import Mode
from notifier.text import read_source
from store.database import Database
from tixing.cli import app
from tixing.commands.calls import CODES, OUTCOMES
from tixing.process import keep_mode

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
ROWS = [
    f"C{n},3110990012017{n:04},天河区,云荔花园,{n}梯,2026年12月,广州示例云荔物业服务有限公司,陈一鸣,020-12345678"
    for n in (1, 2)
]
CALLING_DAY = "2026-09-30T10:00"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ask(*words: str) -> list[Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def live_to_the_call(address: str) -> Any:
    """A register whose only number is a landline, up to the day on which somebody is to call it."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("TIXING_DATABASE_URL", address)
        patch.setenv("TIXING_MODE", "demo")
        path = Path(folder) / "register.csv"
        path.write_text("\n".join([HEADER, *ROWS]), encoding="utf-8")
        ask("import", str(path), "--city", "guangzhou", "--as-of", "2026-09-01")
        ask("tick", "--at", CALLING_DAY)
        return ask("calls")


@pytest.fixture
def called(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A register whose only number is a landline, on the day on which somebody is to call it."""
    address, calls = stores.founded(store_kind, tmp_path, "calls", live_to_the_call)
    monkeypatch.setenv("TIXING_DATABASE_URL", address)
    monkeypatch.setenv("TIXING_MODE", "demo")
    return calls


def test_the_list_says_whom_to_call_about_what_and_in_which_words(called: Any) -> None:
    [one] = called
    assert (one["number"], one["unit"], len(one["lifts"])) == ("+862012345678", "广州示例云荔物业服务有限公司", 2)
    assert one["script"].startswith("您好，这里是检验部门。请问是广州示例云荔物业服务有限公司的陈一鸣吗？")
    assert "· 云荔花园1梯（C1），2026年12月到期" in one["script"]
    assert "记录结果：已告知" in one["script"]
    said = run("calls", "--city", "guangzhou").output
    assert "+862012345678" in said
    assert one["script"].splitlines()[0] in said
    assert run("calls", "--city", "zhoushan").output == "no call is to be made\n"


def test_the_call_of_a_later_rung_stands_for_the_earlier_one_to_that_number(called: Any) -> None:
    ask("tick", "--at", "2026-10-08T10:00")
    [later] = ask("calls")
    assert later["call"] != called[0]["call"]
    assert later["lifts"] == called[0]["lifts"]
    said = str(run("calls", str(called[0]["call"]), "told", "--by", "陈一鸣").exception)
    assert f"call {later['call']} of a later rung stands for it" in said


def test_the_script_names_the_officer_who_is_there_by_now(called: Any) -> None:
    office = ("offices", "--city", "guangzhou", "--role", "inspection_department", "--by", "陈一鸣", "--reason", "调整")
    named = run(*office, "--officer", "周宁", "--phone", "14000000007")
    assert named.exit_code == 0, named.output
    ask("tick", "--at", "2026-09-30T10:05")
    [again] = ask("calls")
    assert again["call"] == called[0]["call"]
    assert again["script"].startswith("您好，我是检验部门的周宁。")
    assert "记录结果：已告知" in again["script"]


def test_an_outcome_is_entered_once_and_takes_the_call_off_the_list(called: Any) -> None:
    words = ("calls", str(called[0]["call"]), "will-book", "--by", "陈一鸣", "--at", CALLING_DAY)
    entered = {"call": called[0]["call"], "outcome": "will-book", "changed": True, "counts": True}
    entered |= {"too_late": None, "over": 0}
    assert ask(*words) == [entered]
    assert ask(*words)[0]["changed"] is False
    assert ask("calls") == []
    [notice] = [one for one in ask("outbox") if one["notice"] == called[0]["notice"]]
    assert notice["status"] == "delivered"


def test_a_call_that_was_not_answered_stays_with_the_time_of_the_next(called: Any) -> None:
    ask("calls", str(called[0]["call"]), "no-answer", "--by", "陈一鸣", "--at", CALLING_DAY)
    [again] = ask("calls")
    assert (again["missed"], again["again_at"]) == (1, "2026-09-30T12:00:00+08:00")
    assert "not answered 1 time; again from 2026-09-30 12:00" in run("calls").output


def test_who_wants_another_call_is_on_the_list_with_the_time(called: Any) -> None:
    ask(
        "calls",
        str(called[0]["call"]),
        "call-again",
        "--by",
        "陈一鸣",
        "--back",
        "2026-10-09T15:00",
        "--at",
        CALLING_DAY,
    )
    [again] = ask("calls")
    assert (again["call"] != called[0]["call"], again["again_at"]) == (True, "2026-10-09T15:00:00+08:00")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("fine", "--by", "陈一鸣"), "say how call"),
        (("told",), "say who made the call: --by NAME"),
        (("no-answer", "--by", "陈一鸣", "--back", "2026-10-09T15:00"), "--back goes with call-again"),
        (("call-again", "--by", "陈一鸣"), "say when to call again"),
        (("booked", "--by", "陈一鸣"), "say which day was agreed"),
        (("told", "--by", "陈一鸣", "--on", "2026-10-09"), "--on goes with booked"),
        (("refused", "--by", "陈一鸣"), "say with --note why"),
        (("unit-changed", "--by", "陈一鸣"), "say with --note which unit"),
        (("special", "--by", "陈一鸣", "--note", " "), "say with --note the reason"),
    ],
)
def test_what_is_missing_is_said(called: Any, words: tuple[str, ...], sentence: str) -> None:
    result = run("calls", str(called[0]["call"]), *words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
    assert len(ask("calls")) == 1


@pytest.mark.parametrize(("language", "between"), [("zh", "／"), ("en", " / ")])
@pytest.mark.parametrize("script", ["gz.call", "inspection.call", "call.back", "call.any"])
def test_the_scripts_offer_the_outcomes_that_can_be_entered_and_no_others(
    language: str, between: str, script: str
) -> None:
    assert "{% include '_outcomes.j2' %}" in (read_source(f"voice/{language}/{script}.card") or "")
    words = tomllib.loads((files("templates") / "documents" / "paper" / f"{language}.toml").read_text("utf-8"))["call"]
    offered = (read_source(f"voice/{language}/_outcomes") or "").strip().replace("：", ": ").partition(": ")[2]
    plain = [re.sub(r" ?[（(].*?[）)]", "", one) for one in offered.split(between)]
    assert plain == [words[CODES.get(one, one.replace("-", "_"))] for one in OUTCOMES]


def test_a_day_that_was_agreed_is_booked_by_the_department(called: Any) -> None:
    words = ("calls", str(called[0]["call"]), "booked", "--on", "2026-11-10", "--by", "陈一鸣", "--at", CALLING_DAY)
    assert ask(*words)[0]["changed"] is True
    assert ask(*words)[0]["changed"] is False
    for lift in called[0]["lifts"]:
        [about] = ask("explain", lift)
        assert "2026-11-10" in {duty["booked_on"] for duty in about["duties"]}
    [notice] = [one for one in ask("outbox") if one["notice"] == called[0]["notice"]]
    assert notice["status"] == "delivered"


def booked_days(lifts: list[str]) -> set[str | None]:
    return {ask("explain", lift)[0]["duties"][0]["booked_on"] for lift in lifts}


def test_a_day_that_was_entered_wrongly_is_put_right_by_the_same_call(called: Any) -> None:
    call, by = str(called[0]["call"]), ("--by", "陈一鸣", "--at", CALLING_DAY)
    for day in ("2026-11-10", "2026-11-09"):
        assert ask("calls", call, "booked", "--on", day, *by)[0]["changed"] is True
        assert ask("calls", call, "booked", "--on", day, *by)[0]["changed"] is False
        assert booked_days(called[0]["lifts"]) == {day}
    assert len([one for one in ask("outbox") if one["notice"] == called[0]["notice"]]) == 1


def test_another_word_about_a_settled_call_is_refused_and_what_stands_is_said(called: Any) -> None:
    call, by = str(called[0]["call"]), ("--by", "陈一鸣", "--at", CALLING_DAY)
    ask("calls", call, "booked", "--on", "2026-11-10", *by)
    for words in (("told",), ("booked", "--on", "2026-11-10", "--note", "上午")):
        result = run("calls", call, *words, *by)
        assert result.exit_code == 1
        assert f"call {call} was settled on 2026-09-30: booked for 2026-11-10" in str(result.exception)
    assert booked_days(called[0]["lifts"]) == {"2026-11-10"}


@pytest.mark.parametrize(
    ("at", "back", "sentence"),
    [
        (
            "2020-01-01T10:00",
            "2026-10-09T15:00",
            "was opened on 2026-09-30; at 2020-01-01 10:00 it can't have been made",
        ),
        ("2089-01-01T10:00", "2089-10-09T15:00", "--at 2089-01-01 10:00 has not come yet"),
        (CALLING_DAY, CALLING_DAY, "lies before the call, which was made at 2026-09-30 10:00"),
    ],
)
def test_a_call_is_made_after_it_was_opened_and_not_in_days_to_come(
    called: Any, at: str, back: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tixing.commands.calls.now_utc", lambda: datetime(2026, 10, 1, tzinfo=UTC))
    result = run("calls", str(called[0]["call"]), "call-again", "--by", "陈一鸣", "--back", back, "--at", at)
    assert sentence in str(result.exception)
    assert [one["call"] for one in ask("calls")] == [called[0]["call"]]


def test_a_call_that_came_too_early_is_said_not_to_count(called: Any) -> None:
    words = ("calls", str(called[0]["call"]), "no-answer", "--by", "陈一鸣", "--at")
    assert ask(*words, CALLING_DAY)[0]["counts"] is True
    assert "kept but not counted" in run(*words, "2026-09-30T10:30").output
    assert ask("calls")[0]["missed"] == 1


@pytest.mark.parametrize(
    ("language", "missed", "told"), [("zh", "无人接听", "将约检"), ("en", "no answer", "will book")]
)
def test_why_a_notice_came_says_what_was_answered_and_tried_in_order_and_by_whom(
    called: Any, language: str, missed: str, told: str
) -> None:
    for outcome, moment in (("no-answer", CALLING_DAY), ("will-book", "2026-09-30T12:30")):
        ask("calls", str(called[0]["call"]), outcome, "--by", "李小满", "--at", moment)
    said = run("explain", f"notice:{called[0]['notice']}", "--language", language).stdout.splitlines()
    course = [line for line in said if line.startswith("  2026-09-30 1")]
    [first] = [line for line in course if missed in line]
    [last, *_] = [line for line in course if told in line]
    assert course.index(first) < course.index(last)
    assert first.startswith("  2026-09-30 10:00")
    assert "陈**" in first
    assert "+862***5678" in first
    assert "陈一鸣" not in "".join(course)
    assert any("陈** +862***5678" in line for line in said if line not in course), "to whom the message went"
    [data] = ask("explain", f"notice:{called[0]['notice']}")
    assert [one["to"] for one in data["deliveries"]] == ["陈** +862***5678"]


def test_a_day_that_has_passed_is_refused_and_the_call_stays(called: Any) -> None:
    words = (str(called[0]["call"]), "booked", "--on", "2026-09-01", "--by", "陈一鸣", "--at", CALLING_DAY)
    assert "2026-09-01 has passed" in str(run("calls", *words).exception)
    assert len(ask("calls")) == 1


def test_a_day_after_the_last_one_is_said_to_be_too_late(called: Any) -> None:
    words = (str(called[0]["call"]), "booked", "--on", "2026-12-31", "--by", "陈一鸣", "--at", CALLING_DAY)
    said = run("calls", *words).output.splitlines()
    assert said == [f"call {called[0]['call']}: booked", "    too late for 2 lifts: the last day was 2026-12-20"]
    [again] = ask("calls", *words)
    assert again["too_late"] == {"lifts": 2, "by": "2026-12-20"}


def test_a_special_reason_is_a_task_until_it_was_reported(called: Any) -> None:
    words = (str(called[0]["call"]), "special", "--by", "陈一鸣", "--note", "等待业主大会决定", "--at", CALLING_DAY)
    ask("calls", *words)
    [tasks] = ask("tasks", "--kind", "special_reason")
    assert "2 lifts can't be inspected in time: 等待业主大会决定; report it" in tasks["tasks"][0]["about"]


def test_a_call_that_is_not_there_is_said(called: Any) -> None:
    result = run("calls", "4711", "told", "--by", "陈一鸣")
    assert "there is no call 4711" in str(result.exception)


def test_the_next_working_day_tells_the_department_what_is_left_and_a_rehearsal_knows_nothing_of_it(
    called: Any,
) -> None:
    next_day = "2026-10-08"  # after the holidays
    assert [one for one in ask("rehearse", "--from", next_day, "--to", next_day) if one["step"] == "unanswered"] == []
    ask("tick", "--at", f"{next_day}T10:00")
    ask("tick", "--at", f"{next_day}T10:01")
    lists = [one for one in ask("outbox") if one["step"] == "unanswered"]
    assert [(one["on"], one["audience"]) for one in lists] == [(next_day, "inspection_department")]
    [why] = ask("explain", f"notice:{lists[0]['notice']}")
    assert why["clause"]
    assert why["facts"]["left"]["calls"] == 1


def test_when_real_messages_begin_nobody_is_called_for_what_the_demo_said(called: Any) -> None:
    database = Database(os.environ["TIXING_DATABASE_URL"])
    keep_mode(database, Mode.LIVE, now=datetime(2026, 9, 30, 3, tzinfo=UTC))
    database.close()
    assert len(called) == 1
    assert ask("calls") == []
