"""docs/coverage.md accounts for every obligation of the documents, and says the same as the rulebooks."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from schedules.coverage import Table, read_table, rules_by_obligation, write_coverage

Read = Callable[[str], str]
OBLIGATIONS = Path(__file__).resolve().parents[3] / "shared" / "domain" / "obligations.md"
OBLIGATION = r"(?:GZ|PL|ZS|GP|CQ)-\d+[a-z]?"


@pytest.fixture(scope="module")
def table(root: Path) -> Table:
    return read_table(root / "docs" / "coverage.toml")


@pytest.fixture(scope="module")
def printed(read: Read) -> dict[str, set[str]]:
    """Obligation → the rules that the document shows for it."""
    rows = re.findall(rf"^\| ({OBLIGATION}) \|(.*)$", read("docs/coverage.md"), re.M)
    found = {obligation: set(re.findall(r"`([a-z]+\.[\w.]+)`", rest.split(" | ")[2])) for obligation, rest in rows}
    assert len(found) == len(rows), "an obligation stands there twice"
    return found


def test_the_document_says_what_rulebooks_and_table_say(read: Read, table: Table):
    written = read("docs/coverage.md")
    assert written == write_coverage(table), "run: python -m schedules.coverage docs/coverage.toml docs/coverage.md"


def test_every_obligation_that_a_rule_names_stands_there_with_that_rule(printed: dict[str, set[str]]):
    assert [
        (obligation, rule)
        for obligation, rules in rules_by_obligation().items()
        for rule in rules
        if rule not in printed.get(obligation, set())
    ] == []


def test_every_rule_that_stands_there_names_the_obligation(printed: dict[str, set[str]]):
    named = rules_by_obligation()
    assert [
        (obligation, rule)
        for obligation, rules in printed.items()
        for rule in rules
        if rule not in named.get(obligation, [])
    ] == []


def test_a_row_has_a_rule_or_a_reason_and_never_both(table: Table):
    named = rules_by_obligation()
    assert [row for row, data in table.by_id.items() if (row in named) == (data.because is not None)] == []
    assert {row.because for row in table.by_id.values()} - {None} == set(table.reasons)


def test_what_is_said_to_exist_exists(root: Path, rooms: tuple[str, ...], table: Table):
    homes = {row.home for row in table.by_id.values()}
    assert [home for home in homes if "/" in home and not (root / home).exists()] == []
    assert [home for home in homes if "/" not in home and home.split(": ")[0] not in (*rooms, "outside")] == []
    assert [row for row, data in table.by_id.items() if data.state == "built" and "/" not in data.home] == []


def test_every_obligation_of_the_list_is_there_once_and_none_is_invented(
    printed: dict[str, set[str]], require: Callable[[str, str], None]
):
    if not OBLIGATIONS.exists():
        require("shared", "the list of obligations is not beside this checkout")
    listed = set(re.findall(rf"^\| ({OBLIGATION}) \|", OBLIGATIONS.read_text(encoding="utf-8"), re.M))
    assert set(printed) == listed
    assert len(listed) == 250


@pytest.mark.parametrize(
    ("obligation", "words"),
    [
        pytest.param("GZ-10", "no stop-use", id="before the validity ends the district is told and no more"),
        pytest.param("GZ-14", "the same working day is the aim", id="five working days are the outer limit"),
        pytest.param("GZ-29", "only proposed", id="a lapse does not decide the conclusion"),
        pytest.param("ZS-24", "not the maintainer", id="a lapsed policy puts the project out"),
        pytest.param("ZS-26", "first an order to rectify", id="an order first, then the exit"),
        pytest.param("ZS-54", "no month is named", id="from 15 years on the test has no month"),
        pytest.param("ZS-91", "only its own lifts", id="a unit or maintainer tests its own lifts"),
        pytest.param("GP-14", "never for own or third-party", id="default signing in the city's platform only"),
        pytest.param("GP-21", "the day after", id="kept through the fourth anniversary"),
        pytest.param("GP-25", "lift by lift", id="the paper waiver is per contractor and lift"),
    ],
)
def test_rows_say_what_a_second_reading_found(table: Table, obligation: str, words: str):
    row = table.by_id[obligation]
    assert words in f"{row.asks}; {row.note}"
