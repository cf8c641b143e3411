"""`tixing alerts` and `tixing rescue`: shown and set; what is odd is said in one sentence."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from store.alerts import Alert
from store.database import Database
from store.lifts import City, Lift
from tixing.cli import app

Run = Callable[..., Result]
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def run(store_kind: str, stores: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    url = stores.migrated(store_kind, tmp_path)
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    monkeypatch.setenv("TIXING_MODE", "demo")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    assert invoke("init").exit_code == 0
    database = Database(url)
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        session.add(Lift(city_id="guangzhou", key="31109900120170001"))
        session.flush()
        lift_id = session.exec(select(Lift.id)).one()
        session.add(Alert(city_id="guangzhou", kind="fault", key="k", lift_id=lift_id, reported_at=NOW))
    database.close()
    return invoke


def test_open_alerts_are_listed(run: Run) -> None:
    [shown] = json.loads(run("alerts", "--json").stdout)
    assert (shown["kind"], shown["state"], shown["lift"], shown["told"]) == (
        "fault",
        "reported",
        "31109900120170001",
        [],
    )
    assert "told: nobody" in run("alerts").stdout
    assert run("alerts", "--city", "zhoushan").stdout.strip() == "no alert is open"


def test_the_minutes_of_a_rung_are_set(run: Run) -> None:
    assert run("alerts", "--set", "fault.dispatcher=20").exit_code == 0


def test_an_operator_ends_an_alert(run: Run) -> None:
    assert run("alerts", "--end", "1", "--by", "周八").stdout.strip() == "no alert is open"
    refused = run("alerts", "--end", "1", "--by", "周八")
    assert "it is over" in f"{refused.stderr}{refused.exception}"


def test_what_else_is_open_of_the_lift_stays_so_and_is_named(run: Run) -> None:
    database = Database(os.environ["TIXING_DATABASE_URL"])
    with database.write() as session:
        for key in ("l", "m"):
            row = {"city_id": "guangzhou", "kind": "fault", "key": key, "lift_id": session.exec(select(Lift.id)).one()}
            session.add(Alert(**row, reported_at=NOW))
    database.close()
    ended = run("alerts", "--end", "1", "--end", "3", "--by", "周八", "--json")
    assert [one["alert"] for one in json.loads(ended.stdout)] == [2]
    assert "alert 2 of the same lift stays open" in ended.stderr


def test_a_rescue_centre_is_set_and_shown(run: Run) -> None:
    assert "named no rescue centre" in run("rescue", "--city", "guangzhou").stdout
    words = ("--name", "应急救援", "--shown", "96333", "--dialled", "+862096333")
    assert run("rescue", "--city", "guangzhou", *words).exit_code == 0
    shown = json.loads(run("rescue", "--city", "guangzhou", "--json").stdout)
    assert shown == {"name": "应急救援", "shown": "96333", "dialled": "+862096333"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("alerts", "--end", "1"), "give both"),
        (("alerts", "--end", "77", "--by", "周八"), "no such alert"),
        (("alerts", "--set", "fault"), "must be KIND.RUNG=MINUTES"),
        (("alerts", "--set", "fault.dispatcher=soon"), "must be KIND.RUNG=MINUTES"),
        (("alerts", "--set", "fault.moon=5"), "has no rung"),
        (("alerts", "--set", "noise.dispatcher=5"), "noise"),
        (("rescue", "--city", "atlantis"), "there is no register"),
        (("rescue", "--city", "guangzhou", "--name", "x"), "give both"),
        (("rescue", "--city", "guangzhou", "--name", "x", "--shown", "1", "--dialled", "?"), "no phone number"),
    ],
)
def test_what_is_odd_is_one_sentence(run: Run, words: tuple[str, ...], says: str) -> None:
    refused = run(*words)
    assert refused.exit_code != 0
    assert says in f"{refused.stderr}{refused.exception}"
