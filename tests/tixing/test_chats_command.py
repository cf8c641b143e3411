"""`tixing chats`: a group's robot and e-mail of a party, never shown whole."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from store.database import Database
from store.lifts import City
from store.parties import Chat, Contact, Party
from tixing.cli import app

UNIT = "广州示例云荔物业服务有限公司"
ROBOT = "wecombot://KEY-of-the-robot"


@pytest.fixture
def url(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address: str = stores.migrated(store_kind, tmp_path)
    monkeypatch.setenv("TIXING_DATABASE_URL", address)
    monkeypatch.setenv("TIXING_MODE", "demo")
    CliRunner().invoke(app, ["init"])
    return address


@pytest.fixture
def stored(url: str) -> Any:
    """A unit with a contact and a manager; `stored()` are its chats."""
    database = Database(url)
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        for number, name in ((1, UNIT), (2, "无人公司"), (3, "广州示例新物业服务有限公司")):
            session.add(Party(id=number, city_id="guangzhou", ref=f"u-{number}", name=name))
        session.flush()
        for number, party, role in ((5, 1, "unit_contact"), (6, 1, "safety_manager"), (7, 3, "unit_contact")):
            session.add(
                Contact(id=number, party_id=party, role=role, phone=f"+861400000000{number}", from_on=date(2026, 1, 5))
            )

    def chats() -> list[tuple[int, str, str, bool]]:
        with database.read() as session:
            rows = session.exec(select(Chat).order_by(col(Chat.id))).all()
            return [(chat.contact_id, chat.channel, chat.address, chat.active) for chat in rows]

    yield chats
    database.close()


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["chats", *words], input=typed)


def test_the_address_of_another_party_is_taken_only_when_that_has_let_it_go(stored: Any) -> None:
    assert run(UNIT, "--email", "li@example.org").exit_code == 0
    assert run(UNIT, "--email", "li@example.org", "--role", "safety_manager").exit_code == 0
    refused = run("u-3", "--email", "li@example.org")
    assert refused.exit_code == 1
    assert f"l***@example.org is where {UNIT} is told; remove it there first" in str(refused.exception)
    assert [contact for contact, _, _, active in stored() if active] == [6]
    assert run(UNIT, "--remove", "1").exit_code == 1
    assert run(UNIT, "--remove", "2").exit_code == 0
    assert run("u-3", "--email", "li@example.org").exit_code == 0
    assert [row for row in stored() if row[3]] == [(7, "email", "li@example.org", True)]


def test_a_robot_and_an_address_are_added_and_shown_masked(stored: Any) -> None:
    assert run(UNIT, "--group", "-", typed=ROBOT + "\n").exit_code == 0
    shown = run("u-1", "--email", "li@example.org", "--role", "safety_manager", "--json")
    assert [json.loads(line) for line in shown.stdout.splitlines()] == [
        {"chat": 1, "role": "unit_contact", "channel": "group", "address": "wecombot://***"},
        {"chat": 2, "role": "safety_manager", "channel": "email", "address": "l***@example.org"},
    ]
    assert stored() == [(5, "group", ROBOT, True), (6, "email", "li@example.org", True)]
    assert "KEY-of" not in run(UNIT).stdout


def test_adding_it_again_changes_nothing_and_removing_ends_it(stored: Any) -> None:
    for _ in range(2):
        run(UNIT, "--group", ROBOT)
    assert stored() == [(5, "group", ROBOT, True)]
    assert run(UNIT, "--remove", "1").stdout == ""
    assert stored() == [(5, "group", ROBOT, False)]
    assert "has no chat 1" in str(run(UNIT, "--remove", "1").exception)
    run(UNIT, "--group", ROBOT)
    assert stored() == [(5, "group", ROBOT, True)]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((UNIT, "--group", "json://127.0.0.1/x"), "no robot of WeCom, DingTalk or Feishu"),
        ((UNIT, "--email", "nobody"), "no address of e-mail"),
        ((UNIT, "--email", "a@b.cn", "--group", ROBOT), "give one of"),
        (("谁", "--email", "a@b.cn"), "no parties are called"),
        (("u-2", "--email", "a@b.cn"), "has no contact"),
        ((UNIT, "--email", "a@b.cn", "--role", "legal_rep"), "has no contact who is legal_rep"),
        ((UNIT, "--remove", "7"), "has no chat 7"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    stored: Any, words: tuple[str, ...], fault: str
) -> None:
    result = run(*words)
    assert fault in str(result.exception)
    assert "KEY-of" not in str(result.exception)
    assert stored() == []
