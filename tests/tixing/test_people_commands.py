"""`tixing invite`, `paper-links`, `doors`: invitations, links on paper, and who has come in where."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlmodel import select
from typer.testing import CliRunner

from actions.identity.bindings import bind_people
from actions.identity.sign_in import admit, is_somebody, open_session
from actions.people.parties import add_contact, find_or_add_party
from store.database import Database
from store.identity import Invitation, PaperLink
from store.lifts import City
from store.parties import ContactRole
from tixing.cli import app
from tixing.times import now_utc

UNIT, OFFICE, PHONE = "广州示例云荔物业服务有限公司", "示例检验所", "+8614000000001"


@pytest.fixture(autouse=True)
def database(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A unit with two people, one without a telephone, and an office."""
    url = stores.migrated(store_kind, tmp_path)
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_MODE", "demo")
    monkeypatch.setenv("TIXING_PUBLIC_URL", "https://lifts.example.org/")
    database = Database(url)
    database.migrate()
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        unit = find_or_add_party(session, city_id="guangzhou", name=UNIT, kind="u")
        find_or_add_party(session, city_id="guangzhou", name=OFFICE, kind="o")
        for name, phone in (("陈一鸣", PHONE), ("李二", None)):
            add_contact(
                session,
                party_id=unit,
                role=ContactRole.UNIT_CONTACT,
                name=name,
                phone=phone,
                as_of=date(2026, 1, 5),
            )
    yield database
    database.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def told(*words: str) -> list[dict[str, Any]]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_inspector_is_invited_and_the_invitation_is_withdrawn(database: Database) -> None:
    wanted = ("--role", "inspector", "--phone", "14000000031", "--name", "孙八")
    for _ in range(2):
        [shown] = told("invite", OFFICE, *wanted)
        assert (shown["role"], shown["name"], shown["phone"]) == ("inspector", "孙八", "140****0031")
    assert "孙八 140****0031 until" in run("invite", OFFICE).stdout
    assert run("invite", UNIT, "--withdraw", str(shown["invitation"])).exit_code == 1
    assert told("invite", OFFICE, "--withdraw", str(shown["invitation"])) == []
    with database.read() as session:
        assert [one.revoked_at is not None for one in session.exec(select(Invitation))] == [True]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((OFFICE, "--role", "inspector"), "--role and --phone together"),
        ((OFFICE, "--role", "boss", "--phone", PHONE), "is not known"),
        ((OFFICE, "--role", "inspector", "--phone", "12"), "no telephone number"),
        ((OFFICE, "--role", "unit_contact", "--phone", PHONE), "is an office"),
        ((UNIT, "--role", "inspector", "--phone", PHONE), "is no office"),
        ((UNIT, "--role", "unit_contact", "--phone", PHONE), "in that role there already"),
        (("无人公司",), "no parties are called"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_one_clear_line(words: tuple[str, ...], reason: str) -> None:
    result = run("invite", *words)
    assert result.exit_code != 0
    assert reason in str(result.exception)


def test_links_are_printed_for_who_has_a_telephone_and_the_earlier_ones_end(database: Database) -> None:
    for _ in range(2):
        [link] = told("paper-links", UNIT)
    assert link["name"] == "陈一鸣"
    address, _, token = link["link"].partition("#k=")
    assert address == "https://lifts.example.org/chat"
    assert link["telegram"] == f"/start k_{token}"
    with database.read() as session:
        links = session.exec(select(PaperLink).order_by(PaperLink.id)).all()  # type: ignore[arg-type]
        assert [one.revoked_at is None for one in links] == [False, True]
    shown = run("paper-links", UNIT).stdout
    assert "good once, until" in shown
    assert PHONE not in shown


def test_a_link_needs_an_address_and_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nobody with a telephone" in str(run("paper-links", OFFICE).exception)
    monkeypatch.delenv("TIXING_PUBLIC_URL")
    assert "TIXING_PUBLIC_URL" in str(run("paper-links", UNIT).exception)


def test_doors_are_listed_and_closed(database: Database) -> None:
    assert run("doors").stdout == "nobody has come in yet\n"
    now = now_utc()
    with database.write() as session:
        bind_people(session, channel="telegram", address="123456789", phone=PHONE, now=now)
        open_session(session, admit(session, PHONE, now), "Firefox", now)
    shown = told("doors", UNIT)
    assert [(one["channel"], one.get("browser", "")) for one in shown] == [
        ("telegram", ""),
        ("webchat", ""),
        ("webchat", "Firefox"),
    ]
    assert "123456789" not in run("doors").output
    assert PHONE not in run("doors").output
    assert told("doors", OFFICE) == []
    result = run("doors", "--revoke", str(shown[0]["contact"]))
    assert "2 doors closed" in result.output
    assert told("doors") == []
    with database.read() as session:
        assert not is_somebody(session, PHONE, now_utc())
    assert run("doors", "--restore", str(shown[0]["contact"])).exit_code == 0
    with database.read() as session:
        assert is_somebody(session, PHONE, now_utc())
    assert "no contact 999 with a telephone" in str(run("doors", "--revoke", "999").exception)
