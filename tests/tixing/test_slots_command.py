"""`tixing slots`: listed, changed, closed, and put right where visits and bookings differ."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from actions.running.cities import ensure_city
from store.database import Database
from tixing.cli import app
from tixing.errors import UsageError

Run = Callable[..., Result]
WEEK = ("--from", "2026-04-07", "--to", "2026-04-12")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    database = Database(url)
    database.migrate()
    with database.write() as session:
        ensure_city(session, "guangzhou", date(2026, 1, 1))
    database.close()

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["slots", *words])

    return invoke


def places(run: Run, *words: str) -> dict[str, int]:
    (department,) = json.loads(run(*WEEK, "--json", *words).stdout)["departments"]
    return {f"{slot['day']} {slot['half']}": slot["capacity"] for slot in department["slots"]}


def test_the_working_days_are_listed(run: Run) -> None:
    found = places(run)
    assert list(found) == [f"2026-04-{day:02} {half}" for day in range(7, 11) for half in ("am", "pm")]
    assert set(found.values()) == {40}
    assert "2026-04-07 am  0/40" in run(*WEEK).stdout


def test_days_are_closed_opened_and_given_a_number(run: Run) -> None:
    run("--default", "12")
    run("--from", "2026-04-07", "--to", "2026-04-12", "--close")
    run("--from", "2026-04-08", "--half", "am", "--capacity", "5")
    run("--from", "2026-04-09", "--open")
    found = places(run)
    assert (found["2026-04-07 am"], found["2026-04-08 am"], found["2026-04-08 pm"]) == (0, 5, 0)
    assert (found["2026-04-09 pm"], "2026-04-12 am" in found) == (12, False)
    assert "2026-04-07 am  closed" in run(*WEEK).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--close", "--open"),
        ("--half", "night"),
        ("--from", "2026-04-09", "--to", "2026-04-01"),
        ("--late", "perhaps"),
        ("nowhere", "--close"),
    ],
)
def test_what_makes_no_sense_is_said(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code != 0


def test_visits_are_put_right(run: Run) -> None:
    assert json.loads(run("--settle", "--late", "refuse", "--json").stdout)["settled"] == 0
    assert "counted anew: 0 half days" in run("--settle").stdout


def test_without_a_matching_department_it_says_which_there_are(run: Run) -> None:
    for words in (("nowhere",), ("nowhere", "--close"), ("nowhere", "--json")):
        said = run(*WEEK, *words)
        assert (type(said.exception), said.stdout) == (UsageError, "")
        assert re.fullmatch(r"no department is 'nowhere'; there is: o-\w+ \(.*检验.*\)", str(said.exception))
    assert places(run)["2026-04-07 am"] == 40, "nothing was closed"


def test_what_a_department_does_not_want_is_said_and_kept(run: Run) -> None:
    said = ("--rush-until", "none", "--sheltered", "医院，学校", "--no-spread", "--fee", "exempt", "--json")
    for words in (said, ("--json",)):
        (department,) = json.loads(run(*WEEK, *words).stdout)["departments"]
        assert department["rules"] == {"rush_until": "", "kinds": ["医院", "学校"], "spread": False, "fee": "exempt"}
    for wrong in (("--rush-until", "early"), ("--fee", "500")):
        assert run(*wrong).exit_code != 0


def test_a_day_is_closed_for_a_typhoon(run: Run) -> None:
    found = json.loads(run("--typhoon", "2099-01-05", "--from", "2099-01-05", "--json").stdout)
    assert found["typhoon"] == {"day": "2099-01-05", "moved": [], "stuck": [], "planned": []}
    assert {slot["capacity"] for slot in found["departments"][0]["slots"] if slot["day"] == "2099-01-05"} == {0}
    assert run("--typhoon", "2020-01-06").exit_code != 0
