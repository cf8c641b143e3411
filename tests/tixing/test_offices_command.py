"""`tixing offices`: whoever is named there is told what waited for nobody."""

import json
import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from actions.people.parties import bind_chat
from store.database import Database
from store.events import Event, EventKind
from store.notices import Delivery
from store.parties import Chat, Contact
from tixing.cli import app
from tixing.errors import UsageError

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
ROW = "C1,31109900120170001,天河区,云荔花园,1梯,2026年12月,广州示例云荔物业服务有限公司,陈一鸣,020-12345678"
WHO = ("--by", "陈一鸣", "--reason", "人员调整")
DEPARTMENT = ("--city", "guangzhou", "--role", "inspection_department")
DISTRICT = ("--city", "guangzhou", "--role", "district_regulator", "--district", "天河区")
OFFICER = ("--officer", "李小满", "--phone", "14000000009")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ask(*words: str) -> Any:
    result = run("offices", *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def lines(*words: str) -> list[Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def office(role: str, district: str) -> Any:
    [found] = [one for one in ask()["offices"] if (one["role"], one["district_name"] or "*") == (role, district)]
    return found


def rows(model: Any, *where: Any) -> list[Any]:
    database = Database(os.environ["TIXING_DATABASE_URL"])
    with database.read() as session:
        found = list(session.exec(select(model).where(*where).order_by(col(model.id))))
    database.close()
    return found


def import_at(address: str) -> None:
    """The first import of a register."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv("TIXING_DATABASE_URL", address)
        patch.setenv("TIXING_MODE", "demo")
        path = Path(folder) / "register.csv"
        path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
        lines("import", str(path), "--city", "guangzhou", "--as-of", "2026-09-01")


@pytest.fixture(autouse=True)
def register(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register as it is after its first import: offices by their names, and nobody there."""
    address, _ = stores.founded(store_kind, tmp_path, "offices", import_at)
    monkeypatch.setenv("TIXING_DATABASE_URL", address)
    monkeypatch.setenv("TIXING_MODE", "demo")


@pytest.mark.parametrize("district", ["天河", "天河区", "440106"])
def test_a_district_is_known_by_what_a_register_may_call_it(district: str) -> None:
    words = ("--city", "guangzhou", "--role", "district_regulator", "--district", district)
    ask(*words, *OFFICER, *WHO)
    assert [one["name"] for one in office("district_regulator", "天河区")["officers"]] == ["李小满"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--role", "inspector", "--officer", "李小满", "--phone", "14000000009"),
        ("--role", "inspection_department", "--officer", "李小满", "--phone", "+1234"),
        ("--role", "inspection_department", "--language", "fr"),
        ("--role", "district_regulator", "--district", "天津", "--rename", "示例局"),
    ],
)
def test_a_wrong_command_ends_with_the_code_of_one(wrong: tuple[str, ...]) -> None:
    error = run("offices", "--city", "guangzhou", *wrong, *WHO).exception
    assert isinstance(error, UsageError)
    assert error.exit_code == 2


def test_the_list_shows_every_office_and_that_nobody_is_told_there() -> None:
    found = ask("--city", "guangzhou")["offices"]
    assert {one["role"] for one in found} == {"inspection_department", "district_regulator", "city_regulator"}
    assert office("district_regulator", "天河区")["officers"] == []
    assert "nobody is told there" in run("offices").output
    assert ask("--city", "zhoushan")["offices"] == []


def test_the_list_of_unanswered_calls_reaches_the_officer_who_is_named() -> None:
    for moment in ("2026-09-30T10:00", "2026-10-08T10:00", "2026-10-08T10:01"):
        run("tick", "--at", moment)
    [left] = [one for one in lines("outbox") if one["step"] == "unanswered"]
    assert left["status"] == "no_contact"
    assert office("inspection_department", "*")["waiting"] == 1
    [task] = [one for one in json.loads(run("tasks", "--json").stdout)["tasks"] if one["notice"] == left["notice"]]
    assert task["about"].endswith(f": nobody there can be reached about notice {left['notice']} (unanswered)")
    assert task["ended_by"] == "a person who is named there ends it, by `tixing offices`"
    refused = run("tasks", str(task["task"]), "--done", "--reason", "好了", "--by", "陈一鸣")
    assert "by `tixing offices`" in str(refused.exception)
    assert ask(*DEPARTMENT, *OFFICER, *WHO)["changed"] == ["officer"]
    assert office("inspection_department", "*")["officers"] == [{"name": "李小满", "phone": "140****0009"}]
    for moment in ("2026-10-08T10:02", "2026-10-08T10:03"):
        run("tick", "--at", moment)
    [sent] = rows(Delivery, Delivery.notice_id == left["notice"])
    assert (sent.channel, sent.address) == ("sms", "+8614000000009")


def test_the_same_wish_twice_changes_nothing_and_leaves_one_record() -> None:
    wish = (*DISTRICT, *OFFICER, "--rename", "天河区市场监督管理局特设科", "--language", "en", *WHO)
    assert ask(*wish)["changed"] == ["language", "officer", "renamed"]
    assert ask(*wish)["changed"] == []
    said = run("offices", *wish).output
    assert "that was so already" in said
    assert said.count("guangzhou") == 1  # the office that was meant, not all of the city
    [event] = rows(Event, Event.kind == EventKind.OFFICE_CHANGED)
    assert event.payload is not None
    assert (event.payload["by"], event.payload["reason"], event.payload["district"]) == ("陈一鸣", "人员调整", "440106")
    now = office("district_regulator", "天河区")
    assert (now["name"], now["language"]) == ("天河区市场监督管理局特设科", "en")
    assert len(now["officers"]) == 1


def test_another_officer_stands_for_the_former_and_the_same_person_keeps_the_chat() -> None:
    ask(*DISTRICT, *OFFICER, *WHO)
    [contact] = rows(Contact, Contact.name == "李小满")
    database = Database(os.environ["TIXING_DATABASE_URL"])
    with database.write() as session:
        bind_chat(session, channel="telegram", address="4711", contact_id=contact.id)
    database.close()
    ask(*DISTRICT, "--officer", "李小满", "--phone", "+8614000000010", *WHO)
    [_, again] = rows(Contact, Contact.name == "李小满")
    assert [chat.contact_id for chat in rows(Chat)] == [again.id]
    ask(*DISTRICT, "--officer", "周宁", "--phone", "+8614000000011", *WHO)
    assert [one["name"] for one in office("district_regulator", "天河区")["officers"]] == ["周宁"]
    assert [chat.contact_id for chat in rows(Chat)] == [again.id]


def test_another_department_takes_the_district_with_its_open_tasks() -> None:
    run("tick", "--at", "2026-09-30T10:00")
    [before] = json.loads(run("tasks", "--kind", "call", "--json").stdout)["tasks"]
    assert before["owner"] != "检验九部"
    said = run("offices", *DEPARTMENT, "--district", "440106", "--name", "检验九部", *OFFICER, *WHO).output
    assert "1 open task handed to the new office" in said
    [after] = json.loads(run("tasks", "--kind", "call", "--json").stdout)["tasks"]
    assert (after["task"], after["owner"]) == (before["task"], "检验九部")
    assert office("inspection_department", "*")["name"] == before["owner"]
    assert office("inspection_department", "天河区")["since"] >= date(2026, 1, 1).isoformat()


def test_a_new_office_may_have_the_former_name_of_another() -> None:
    founded = office("inspection_department", "*")
    ask(*DEPARTMENT, "--rename", "检验一部", *OFFICER, *WHO)
    ask(
        *DEPARTMENT,
        "--district",
        "天河区",
        "--name",
        founded["name"],
        "--officer",
        "王强",
        "--phone",
        "14000000008",
        *WHO,
    )
    city, district = office("inspection_department", "*"), office("inspection_department", "天河区")
    assert (city["name"], city["office"]) == ("检验一部", founded["office"])
    assert district["name"] == founded["name"]
    assert district["office"] != city["office"]
    assert [one["officers"][0]["name"] for one in (city, district)] == ["李小满", "王强"]


def test_an_office_is_found_by_its_present_name() -> None:
    ask(*DEPARTMENT, "--rename", "检验一部", *OFFICER, *WHO)
    ask(*DEPARTMENT, "--district", "天河区", "--name", "检验一部", *WHO)
    city, district = office("inspection_department", "*"), office("inspection_department", "天河区")
    assert district["office"] == city["office"]
    assert [one["name"] for one in district["officers"]] == ["李小满"]


def test_no_two_offices_get_one_name() -> None:
    ask(*DEPARTMENT, "--district", "天河区", "--name", "检验二部", *WHO)
    before = ask()
    refused = run("offices", *DEPARTMENT, "--rename", "检验二部", *WHO)
    assert "another office is called '检验二部'; with --name it takes over" in str(refused.exception)
    assert ask() == before
    assert ask(*DEPARTMENT, "--district", "天河区", "--rename", "检验二部", "--language", "en", *WHO)["changed"] == [
        "language"
    ]


def test_who_takes_over_a_district_keeps_the_officer_of_its_others() -> None:
    ask(*DEPARTMENT, "--rename", "检验一部", *OFFICER, *WHO)
    ask(*DEPARTMENT, "--district", "天河区", "--name", "检验二部", *WHO)
    wish = (*DEPARTMENT, "--district", "天河区", "--name", "检验一部")
    other = ("--officer", "王强", "--phone", "14000000008", *WHO)
    before = ask()
    assert "检验一部 is an office already, where 李小满 is told" in str(run("offices", *wish, *other).exception)
    assert ask() == before
    assert ask(*wish, *OFFICER, *WHO)["changed"] == ["office"]
    assert ask(*wish, *other)["changed"] == ["officer"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*DISTRICT[:-1], "天津", *OFFICER, *WHO), "'天津' is no district of guangzhou; it has "),
        ((*DISTRICT, "--officer", "李小满", "--phone", "12", *WHO), "'12' is no telephone number; write it with"),
        ((*DISTRICT, "--officer", "李小满", *WHO), "an officer is named with a phone"),
        ((*DISTRICT, "--language", "fr", *WHO), "the language 'fr' is not known"),
        (("--city", "guangzhou", "--role", "district_regulator", *OFFICER, *WHO), "give --district"),
        (("--city", "zhoushan", *DISTRICT[2:], *OFFICER, *WHO), "there is no register of 'zhoushan'"),
        ((*DEPARTMENT, "--district", "天河区", *OFFICER, *WHO), "yet: give --name"),
        ((*DISTRICT, *OFFICER), "say who changes it and why"),
        ((*DISTRICT, *WHO), "say what is to change"),
        (("--role", "regulator", *OFFICER, *WHO), "is no office; it is one of"),
        ((*OFFICER, *WHO), "say which office is meant"),
        ((*DISTRICT, "--name", " ", *WHO), "--name is empty"),
        ((*DISTRICT, "--name", "一", "--rename", "二", *WHO), "give one of them"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_changes(words: tuple[str, ...], sentence: str) -> None:
    before = ask()
    result = run("offices", *words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
    assert ask() == before
    assert rows(Event, Event.kind == EventKind.OFFICE_CHANGED) == []


STREET = ("--city", "guangzhou", "--district", "天河区", "--street", "演示街一所")


def test_a_street_office_stands_below_a_bureau() -> None:
    for _ in range(2):
        told = ask(*STREET, *OFFICER, *WHO)
    assert [(one["name"], one["district_code"]) for one in told["streets"]] == [("演示街一所", "440106")]
    assert [one.name for one in rows(Contact, Contact.role == "street_officer")] == ["李小满"]
    assert len(rows(Event, Event.kind == EventKind.OFFICE_CHANGED)) == 1
    assert "演示街一所" in run("offices").output
    assert json.loads(run("cases", "--json").stdout) == {"cases": []}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*STREET[:2], *STREET[4:], *WHO), "say below which bureau it stands"),
        ((*STREET, "--role", "district_regulator", *WHO), "--street makes a street office"),
        (STREET, "who says so and why"),
        ((*STREET[:3], "天津", *STREET[4:], *WHO), "is no district of guangzhou"),
        ((*STREET, "--officer", "李小满", *WHO), "named with a phone"),
        ((*STREET, "--officer", "李小满", "--phone", "12", *WHO), "is no telephone number"),
        ((*STREET[:5], "天河区市场监督管理局", *WHO), "is a bureau or a department"),
    ],
)
def test_a_street_office_that_cannot_be_is_refused(words: tuple[str, ...], sentence: str) -> None:
    result = run("offices", *words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
    assert ask()["streets"] == []
