"""`tixing inspections`: what staff enter for an inspector, from the result to the confirmation."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from phones.world import World, found_world
from typer.testing import CliRunner, Result

from actions.inspecting.lapses import lapse_overdue
from store.database import Database
from store.inspections import Inspection
from tixing.cli import app
from tixing.errors import UsageError
from tixing.times import business_day, now_utc

BY = ("--by", "Chen Yiming")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Database, World]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    database = Database(url)
    database.migrate()
    with database.write() as session:
        return database, found_world(session)


@pytest.fixture
def run(store: Any) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(app, ["inspections", *words])


def test_from_the_result_to_the_confirmation_and_a_lapse(run: Callable[..., Result], store: Any) -> None:
    database, _ = store
    now = now_utc()
    today = business_day(now)
    deadline, past = (today + timedelta(days=30)).isoformat(), today - timedelta(days=30)
    items = ("--conclusion", "items", "--item", "门锁失效", "--deadline", deadline, "--anyway")
    done = json.loads(run("result", "31109900120171000", "31109900120171001", *BY, *items, "--json").stdout)
    first, second = done["inspections"]
    assert isinstance(run("confirm", str(first), *BY).exception, UsageError)  # nothing was handed in
    assert "submitted" in run("papers", str(first), *BY, "--note", "窗口收件").stdout
    assert "confirmed" in run("confirm", str(first), *BY).stdout
    assert [line["inspection_id"] for line in json.loads(run("list", "--json").stdout)["inspections"]] == [second]
    with database.write() as session:
        one = session.get_one(Inspection, second)
        one.begun_on = one.deadline = past
        session.flush()
        assert lapse_overdue(session, now=now, today=today) == 1
    assert "fail" in run("conclude", str(second), *BY, "--conclusion", "fail").stdout
    assert "there is no open inspection" in run("list").stdout
    shown = json.loads(run("show", str(second), "--json").stdout)
    assert [step["deed"] for step in shown["steps"]] == ["started", "found_items", "lapsed", "failed"]
    assert (shown["state"], shown["ended_on"]) == ("failed", past.isoformat())
    assert "item 1: 门锁失效" in run("show", str(second)).stdout
    assert isinstance(run("answer", str(second), *BY, "--note", "…").exception, UsageError)  # nobody has objected
    taken = json.loads(run("take-back", str(second), *BY, "--note", "点错了", "--inspected", "--json").stdout)
    assert "it goes on as" in taken["done"]
    assert "under_way" in run("list").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("result", "x", *BY, "--conclusion", "pass"),
        ("result", "31109900120171000", *BY, "--conclusion", "odd"),
        ("result", "31109900120171000", *BY, "--conclusion", "aborted"),
        ("result", "31109900120171000", *BY, "--conclusion", "items"),
        ("show", "9"),
        ("conclude", "9", *BY, "--conclusion", "pass"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(run: Callable[..., Result], words: tuple[str, ...]) -> None:
    assert isinstance(run(*words).exception, UsageError)
