"""`tixing contacts`: the contact check switched on and off, and numbers in doubt."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from store.database import Database
from store.doubted import key_of_number
from store.lifts import City
from store.tasks import Task, TaskKind
from tixing.cli import app

NUMBER = "+8613900000001"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ask(*words: str) -> Any:
    result = run("contacts", *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def register(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A city with one number in doubt."""
    url = stores.migrated(store_kind, tmp_path)
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_MODE", "demo")
    assert run("init").exit_code == 0
    database = Database(url)
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        session.add(
            Task(
                kind=TaskKind.BAD_PHONE,
                key=key_of_number(NUMBER),
                city_id="guangzhou",
                opened_on=date(2026, 11, 23),
                detail={"unit": "云荔物业", "who": "李小满", "said_by": "sms"},
            )
        )
    database.close()


def test_the_check_is_off_until_a_city_switches_it_on() -> None:
    assert ask()["checked"] == []
    assert ask("--city", "guangzhou", "--check")["checked"] == ["guangzhou"]
    assert ask()["checked"] == ["guangzhou"]
    assert "new contacts are greeted in: guangzhou" in run("contacts").output
    assert ask("--city", "guangzhou", "--no-check")["checked"] == []


def test_a_number_in_doubt_is_listed_until_somebody_has_decided() -> None:
    assert ask()["in_doubt"] == [
        {"number": NUMBER, "unit": "云荔物业", "who": "李小满", "since": "2026-11-23", "said_by": "sms"}
    ]
    assert ask("--city", "zhoushan")["in_doubt"] == []
    assert NUMBER in run("contacts").output
    assert ask("--keep", NUMBER, "--by", "陈一鸣")["in_doubt"] == []
    assert "is not in doubt" in str(run("contacts", "--keep", NUMBER, "--by", "陈一鸣").exception)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--check",), "say for which city"),
        (("--check", "--city", "nowhere"), "there is no register of 'nowhere'"),
        (("--keep", NUMBER), "say who decided"),
    ],
)
def test_what_is_missing_is_said(words: tuple[str, ...], sentence: str) -> None:
    result = run("contacts", *words)
    assert result.exit_code != 0
    assert sentence in str(result.exception)
