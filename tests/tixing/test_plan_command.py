"""`tixing plan`: a year is planned, shown with what is on no day, and published; bad input is one sentence."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from phones.world import found_world
from typer.testing import CliRunner, Result

from store.database import Database
from tixing.cli import app

Run = Callable[..., Result]
YEAR = ("2027", "--office", "440106")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """On the small city, on the day on which it was founded."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    monkeypatch.setenv("TIXING_DATABASE_URL", url)
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    monkeypatch.setattr("tixing.commands.year_plan.now_utc", lambda: now)
    database = Database(url)
    database.migrate()
    with database.write() as session:
        found_world(session)
    database.close()
    return lambda *words: CliRunner().invoke(app, ["plan", *words])


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_gz_04_a_year_is_planned_with_every_lift_on_a_day_or_with_its_reason(run: Run) -> None:
    (made,) = lines(run("make", *YEAR, "--json"))
    assert (made["planned"], made["refused"]) == (9, {"validity_past": 6})
    shown = lines(run("show", *YEAR, "--json"))
    rounds, refused = [one for one in shown if "round" in one], [one for one in shown if "why" in one]
    assert sum(len(one["lifts"]) for one in rounds) == 9
    assert {one["why"] for one in refused} == {"validity_past"}
    assert all(date.fromisoformat(one["day"]).year == 2027 for one in rounds)
    assert "not planned, validity_past: 6" in run("make", *YEAR).stdout
    assert run("publish", *YEAR).stdout == "2 units will be told, and may answer\n"
    assert run("publish", *YEAR).stdout == "units could see their rounds already\n"


def test_gz_34_inspectors_of_a_file_take_the_lifts_of_an_address_in_one_go(run: Run, tmp_path: Path) -> None:
    team = tmp_path / "team.csv"
    team.write_text("name,am,pm,away\n甲,3,3,2027-01-01/2027-01-20;2027-01-22 am\n乙,2,2,\n", encoding="utf-8")
    run("make", *YEAR, "--inspectors", str(team))
    rounds = [one for one in lines(run("show", *YEAR, "--json")) if "round" in one]
    soon = [one for one in rounds if one["lifts"][0]["valid_until"] == "2027-02-28"]
    assert sorted(len(one["lifts"]) for one in soon) == [1, 6]
    assert len({one["day"] for one in soon}) == 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("name,am,pm,away\n甲,x,3,\n", "line 2: 'x' is not a number of lifts"),
        ("name,am,pm,away\n甲,1,3,2027-01-09/2027-01-02\n", "ends before it begins"),
        ("name,am,pm,away\n甲,1,3,2027-13-09\n", "is not a date"),
        ("name,am,pm,away\n甲,1,3,\n甲,1,3,\n", "has '甲' twice"),
        ("name,am,pm,away\n,1,3,\n", "there is no name"),
    ],
)
def test_a_file_of_inspectors_that_cannot_be_read_is_one_sentence(
    run: Run, tmp_path: Path, text: str, wrong: str
) -> None:
    team = tmp_path / "team.csv"
    team.write_text(text, encoding="utf-8")
    assert wrong in str(run("make", *YEAR, "--inspectors", str(team)).exception)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("make", "2027"), "--office"),
        (("make", "2025", "--office", "440106"), "2025 is over"),
        (("show", *YEAR), "no plan for 2027"),
        (("make", *YEAR, "--exempt", "nobody"), "is no unit"),
        (("make", *YEAR, "--inspectors", "missing.csv"), "cannot be read"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(run: Run, words: tuple[str, ...], wrong: str) -> None:
    assert wrong in str(run(*words).exception)


def test_nobody_and_no_places_are_a_plan_too(run: Run, tmp_path: Path) -> None:
    team = tmp_path / "team.csv"
    team.write_text("name,am,pm,away\n甲,0,0,\n", encoding="utf-8")
    (made,) = lines(run("make", *YEAR, "--inspectors", str(team), "--json"))
    assert (made["planned"], made["refused"]) == (0, {"no_capacity": 9, "validity_past": 6})
