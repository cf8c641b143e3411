"""`tixing tasks`: what is open, in words, and what is closed by hand."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from store.database import Database
from store.doubted import key_of_number
from store.lifts import City
from store.parties import Party
from store.tasks import Task, TaskKind
from tixing.cli import app
from tixing.commands.task_words import WORDS

UNIT, NUMBER = "云荔物业", "+8613900000001"
DESK = "检验一部"
NEVER_OPENED = {TaskKind.OVER_CAPACITY, TaskKind.NO_INSTALLED_DATE, TaskKind.NO_PLAN_TODAY}
LIFTS = ["A", "B"]
DETAILS: dict[TaskKind, dict[str, Any]] = {
    TaskKind.CALL: {"unit": UNIT, "who": "李小满", "number": NUMBER, "lifts": LIFTS},
    TaskKind.NO_CONTACT: {"unit": UNIT, "lifts": LIFTS},
    TaskKind.BAD_PHONE: {"unit": UNIT, "who": "李小满", "number": NUMBER, "said_by": "sms"},
    TaskKind.BAD_CREDIT_CODE: {"party": UNIT, "stated": "9144"},
    TaskKind.UNKNOWN_DISTRICT: {"district": "云荔区"},
    TaskKind.VALIDITY_TOO_OLD: {"lifts": 2, "earliest": "2024-01-31"},
    TaskKind.USE_UNIT_CHANGED: {"from": 7, "to": 8, "count": 2, "lines": [5, 6]},
    TaskKind.NOT_THEIR_LIFTS: {"lifts": LIFTS, "way": "sms"},
    TaskKind.PEOPLE_CHANGED: {
        "said": "somebody_else",
        "who": "李小满",
        "number": NUMBER,
        "successor": "王新",
        "successor_number": NUMBER,
    },
}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["tasks", *words])


def ask(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def listed(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of each of these kinds in one city, and one of another."""
    url = stores.migrated(store_kind, tmp_path)
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_MODE", "demo")
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    database = Database(url)
    with database.write() as session:
        session.add_all([City(id="guangzhou", name="广州市"), City(id="zhoushan", name="舟山市")])
        session.flush()
        names = {7: UNIT, 8: "石榴物业", 9: DESK}
        session.add_all([Party(id=one, city_id="guangzhou", ref=f"p-{one}", name=name) for one, name in names.items()])
        session.flush()
        common: dict[str, Any] = {"city_id": "guangzhou", "party_id": 7, "owner_party_id": 9}
        for day, (kind, detail) in enumerate(DETAILS.items(), start=1):
            key = key_of_number(NUMBER) if kind is TaskKind.BAD_PHONE else f"party {day}"
            session.add(Task(kind=kind, key=key, detail=detail, opened_on=date(2026, 11, day), **common))
        year = Task(kind=TaskKind.CALENDAR_MISSING, key="2027", city_id="zhoushan", opened_on=date(2026, 11, 30))
        session.add(year)
    database.close()


def number_of(kind: TaskKind) -> int:
    [one] = ask("--kind", kind)["tasks"]
    return int(one["task"])


def test_every_task_says_whose_it_is_since_when_and_what_it_is_about() -> None:
    found = ask()
    assert [one["kind"] for one in found["tasks"]] == [*DETAILS, TaskKind.CALENDAR_MISSING]
    call, no_contact, phone, code, district, old, changed, not_theirs, people, year = found["tasks"]
    assert (call["owner"], call["since"], call["city"]) == (DESK, "2026-11-01", "guangzhou")
    assert call["about"].startswith("call 李小满 139****0001 of 云荔物业 about 2 lifts")
    assert no_contact["about"] == "云荔物业: nobody there can be reached about 2 lifts"
    assert phone["about"] == f"{NUMBER}, 李小满 of 云荔物业: somebody else's, as was said by sms"
    assert "云荔物业: '9144' is no credit code" in code["about"]
    assert "the district '云荔区' is not known" in district["about"]
    assert "2024-01-31" in old["about"]
    assert changed["about"].startswith("2 lifts went from 云荔物业 to 石榴物业")
    assert not_theirs["about"].startswith("云荔物业 says by sms that 2 lifts are not theirs")
    assert people["about"].startswith("云荔物业: 李小满 139****0001 says that somebody else does it now: 王新")
    assert (year["about"], year["owner"]) == (
        "the holidays of 2027 are not known; dates there are provisional",
        "",
    )
    said = run().output
    assert all(one["about"] in said for one in found["tasks"])


def test_every_kind_that_is_opened_has_words() -> None:
    assert set(TaskKind) - set(WORDS) == NEVER_OPENED


def test_the_list_is_cut_by_city_kind_and_owner_and_the_counts_are_of_all() -> None:
    assert ask("--city", "zhoushan")["open"] == {"calendar_missing": 1}
    assert [one["kind"] for one in ask("--owner", "一部", "--kind", "call")["tasks"]] == ["call"]
    assert len(ask("--owner", "p-9")["tasks"]) == len(DETAILS)
    assert ask("--owner", "二部") == {"tasks": [], "open": {}}
    few = run("--limit", "2").output
    assert f"{len(DETAILS) + 1} open: 1 bad_credit_code, " in few
    assert "the 2 oldest are shown" in few
    assert run("--city", "nowhere").output == "no task is open\n"


def test_what_was_seen_to_leaves_the_list_and_keeps_who_said_so_once() -> None:
    number = number_of(TaskKind.UNKNOWN_DISTRICT)
    words = (str(number), "--done", "--reason", "名称已更正", "--by", "陈一鸣")
    assert ask(*words) == {"task": number, "changed": True}
    assert ask(*words) == {"task": number, "changed": False}
    assert "unknown_district" not in ask()["open"]
    database = Database(os.environ["TIXING_DATABASE_URL"])
    with database.read() as session:
        task = session.exec(select(Task).where(Task.id == number)).one()
        assert (task.status, task.outcome) == ("done", "名称已更正 (陈一鸣)")
        assert task.detail is not None
        assert {"by": "陈一鸣", "reason": "名称已更正"}.items() <= task.detail["closed"].items()
    database.close()
    other = run(str(number), "--done", "--reason", "另一个", "--by", "陈一鸣")
    assert "was closed on" in str(other.exception)


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        (TaskKind.CALL, "`tixing calls "),
        (TaskKind.NO_CONTACT, "a person who can be reached"),
        (TaskKind.BAD_PHONE, f"`tixing contacts --keep {NUMBER} --by NAME`"),
        (TaskKind.CALENDAR_MISSING, "`tixing calendar import FILE`"),
    ],
)
def test_what_something_else_ends_is_not_closed_by_hand(kind: TaskKind, instead: str) -> None:
    result = run(str(number_of(kind)), "--done", "--reason", "好了", "--by", "陈一鸣")
    assert instead in str(result.exception)
    assert ask("--kind", kind)["open"] == {kind.value: 1}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--done",), "say which task"),
        (("1",), "say that it was seen to"),
        (("1", "--done", "--by", "陈一鸣"), "say what was done and who did it"),
        (("1", "--done", "--reason", "好了"), "say what was done and who did it"),
        (("4711", "--done", "--reason", "好了", "--by", "陈一鸣"), "there is no task 4711"),
        (("--kind", "odd"), "is no kind of task"),
    ],
)
def test_what_is_missing_is_said(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
