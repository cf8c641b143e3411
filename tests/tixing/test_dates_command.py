"""`tixing dates` and `tixing rules` as other people's scripts call them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from schedules.rulebook import load_rulebook, rulebook_ids
from tixing.cli import app

RUNNER = CliRunner()


CYCLES = json.loads(
    (Path(__file__).parents[1] / "schedules" / "cycles" / "cycle_examples.json").read_text(encoding="utf-8")
)
YEARLY = ("periodic_inspection", "legacy_inspection", "self_test")


def dates(lines: list[Any], *options: str, city: str = "guangzhou") -> tuple[int, list[Any]]:
    """Exit code and one answer a line."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    result = RUNNER.invoke(app, ["dates", "--city", city, "--facts", "-", "--json", *options], input=text)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def passed(on: str) -> dict[str, str]:
    return {"kind": "inspection_ended", "on": on, "conclusion": "pass"}


def find(rows: list[dict[str, Any]], duty: str) -> dict[str, Any]:
    return next(row for row in rows if row["duty"] == duty)


def test_g01_the_whole_answer_is_as_the_contract_has_it() -> None:
    code, (rows,) = dates([{"lift": {"valid_until": "2026-05-31"}}])
    assert code == 0
    assert rows == [
        {
            "duty": "periodic_inspection",
            "due": "2026-05-31",
            "practical": "2026-05-29",
            "window": None,
            "steps": [
                {"step": "sms", "opens": "2026-02-02", "on": "2026-02-28", "practical": "2026-02-28"},
                {"step": "call", "opens": "2026-03-02", "on": "2026-03-31", "practical": "2026-03-31"},
                {"step": "target", "opens": "2026-04-01", "on": "2026-04-30", "practical": "2026-04-30"},
                {"step": "backstop", "opens": "2026-05-06", "on": "2026-05-20", "practical": "2026-05-20"},
                {"step": "list", "opens": "2026-05-06", "on": "2026-05-19", "practical": "2026-05-19"},
            ],
            "rule": "gz.inspection",
            "clause": "四5、四7",
            "seed": "000",
            "provisional": False,
            "closed_on": None,
        }
    ]


@pytest.mark.parametrize(
    ("valid_until", "practical"),
    [
        ("2026-02-28", {"call": "2025-12-26", "backstop": "2026-02-14", "list": "2026-02-14"}),  # G07
        ("2026-03-10", {"call": "2026-01-09", "backstop": "2026-03-10", "list": "2026-03-09"}),  # G13
    ],
)
def test_g07_g13_practical_days(valid_until: str, practical: dict[str, str]) -> None:
    _, (rows,) = dates([{"lift": {"valid_until": valid_until}}])
    steps = {step["step"]: step["practical"] for step in rows[0]["steps"]}
    assert practical.items() <= steps.items()


@pytest.mark.parametrize(
    ("ended_on", "month", "due"),
    [
        ("2026-02-13", "2026-02", "2026-02-27"),  # G15
        ("2026-02-24", "2026-02", "2026-02-28"),  # G17
        ("2025-01-24", "2025-01", "2025-01-31"),  # G20
    ],
)
def test_g15_g17_g20_reports(ended_on: str, month: str, due: str) -> None:
    _, (rows,) = dates([{"lift": {"valid_until": month}, "events": [passed(ended_on)]}])
    assert find(rows, "inspection_report")["due"] == due
    assert find(rows, "periodic_inspection")["closed_on"] == ended_on


def test_g35_g36_rectification() -> None:
    notice = {"kind": "opinion_notice_issued", "on": "2026-05-11", "deadline": "2026-05-20"}
    confirmed = {"kind": "rectification_confirmed", "on": "2026-05-19"}
    lift = {"valid_until": "2026-06"}
    _, (done, lapsed) = dates([{"lift": lift, "events": [notice, confirmed]}, {"lift": lift, "events": [notice]}])
    assert find(done, "inspection_report")["due"] == "2026-05-26"
    assert find(lapsed, "rectification")["due"] == "2026-05-20"
    assert [row["duty"] for row in lapsed if row["due"] is None] == ["inspection_report"]
    assert lapsed[-1]["due"] is None, "no date comes last"


def test_from_and_until_include_their_days_and_speak_of_the_due_date() -> None:
    facts = [{"lift": {"valid_until": "2026-05-31"}}]
    assert len(dates(facts, "--from", "2026-05-31", "--until", "2026-05-31")[1][0]) == 1
    assert dates(facts, "--from", "2026-06-01")[1] == [[]]
    assert dates(facts, "--until", "2026-05-30")[1] == [[]]


def test_a_bad_line_is_an_error_line_and_the_later_ones_are_answered() -> None:
    code, rows = dates(
        [
            "not json",
            {"events": [{"kind": "exploded"}]},
            {"lift": {"colour": "red"}},
            {"events": [{"kind": "inspection_ended", "on": "2026-02-30"}]},
            [],
            {"lift": {"valid_until": "2026-05"}},
        ]
    )
    assert code == 1
    assert [list(row) for row in rows[:5]] == [["error"]] * 5
    assert rows[1]["error"].startswith("line 2: events.0: unknown kind 'exploded'; known are renovated, ")
    assert rows[2]["error"] == "line 3: lift.colour: unknown key"
    assert "2026-02-30" in rows[3]["error"]
    assert rows[5][0]["due"] == "2026-05-31"


def test_a_number_of_thousands_of_digits_is_one_sentence() -> None:
    line = '{"lift": {"inspection_month": ' + "9" * 5000 + "}}"
    assert dates([line]) == (1, [{"error": "line 1: the line holds a number of too many digits"}])


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            {"kind": "opt_in", "filed_on": "2026-03-02", "accepted_on": "2026-03-01"},
            "accepted_on 2026-03-01 is before filed_on 2026-03-02; it is accepted when it was filed",
        ),
        (
            {"kind": "out_of_use", "from": "2026-03-02", "restart_on": "2026-03-01"},
            "restart_on 2026-03-01 is before from 2026-03-02; a lift restarts after it was taken out of use",
        ),
        (
            {"kind": "opinion_notice_issued", "on": "2026-03-02", "deadline": "2026-03-01"},
            "deadline 2026-03-01 is before on 2026-03-02; a notice sets its own day or a later one",
        ),
        (
            {"kind": "record_completed", "at": "2026-03-02T10:00", "uploaded_at": "2026-03-02T09:59"},
            "uploaded_at 2026-03-02T09:59:00+08:00 is before at 2026-03-02T10:00:00+08:00;"
            " records are uploaded when done",
        ),
    ],
)
def test_an_event_that_ends_before_it_begins_is_an_error_line(event: dict[str, str], sentence: str) -> None:
    code, rows = dates([{"events": [event]}])
    assert code == 1
    assert rows == [{"error": f"line 1: events.0: {sentence}"}]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"lift": {"installed_pass_on": "2021-W10-3"}},
            "lift.installed_pass_on: '2021-W10-3' is not a date; write YYYY-",
        ),
        ({"lift": {"valid_until": "20210310"}}, "lift.valid_until: '20210310' is not a date"),
        ({"lift": {"valid_until": "2021-1-3"}}, "lift.valid_until: '2021-1-3' is not a date"),
        ({"lift": {"valid_until": "2021-13"}}, "lift.valid_until: '2021-13' is not a date"),
        ({"lift": {"valid_until": "2021-0５"}}, "lift.valid_until: '2021-0５' is not a date"),
        ({"lift": {"valid_until": 20210310}}, "lift.valid_until: write the date as text"),
        ({"lift": {"inspection_month": "5"}}, "lift.inspection_month: write a whole number, without quotation marks"),
        ({"lift": {"inspection_month": True}}, "lift.inspection_month: write a whole number"),
        ({"lift": {"inspection_month": 5.5}}, "lift.inspection_month: Input should be a valid integer"),
        ({"lift": {"inspection_month": 13}}, "lift.inspection_month: Input should be less than or equal to 12"),
        ({"maintenance": {"on_demand": "yes"}}, "maintenance.on_demand: write true or false, without quotation marks"),
        ({"maintenance": {"iot": 1}}, "maintenance.iot: write true or false"),
        ({"maintenance": {"iot": None}}, "maintenance.iot: write true or false"),
        (
            {"events": [{"kind": "out_of_use", "from": "2026-01-01", "formal": "true"}]},
            "events.0.formal: write true or false",
        ),
        (
            {"events": [{"kind": "record_completed", "at": "2026-01-01T10:00", "consent": 0}]},
            "events.0.consent: write true or false",
        ),
        (
            {"events": [{"kind": "record_completed", "at": "2021-W10-3T10:00"}]},
            "events.0.at: '2021-W10-3T10:00' is not a moment",
        ),
        ({"events": [{"kind": "record_completed", "at": "2021-03-10"}]}, "events.0.at: '2021-03-10' is not a moment"),
        ({"events": [{"kind": "record_completed", "at": "0001-01-01T00:00"}]}, "events.0.at: the year of 0001-01-01"),
        (
            {"lift": {"installed_pass_on": "2021-03-10"}, "events": [{"kind": "renovated", "passed_on": "2021-03-09"}]},
            "renovated passed_on 2021-03-09 is before installed_pass_on 2021-03-10; a lift is installed first",
        ),
        (
            {"lift": {"installed_pass_on": "2021-03"}, "events": [{"kind": "major_repair", "passed_on": "2020-03"}]},
            "major_repair passed_on 2020-03-31 is before installed_pass_on 2021-03-31; a lift is installed first",
        ),
        (
            {
                "events": [
                    {"kind": "inspection_ended", "on": "2026-05-11", "conclusion": "rectify"},
                    {"kind": "rectification_confirmed", "on": "2026-05-10"},
                ]
            },
            "rectification_confirmed on 2026-05-10 is before the first items to rectify, of 2026-05-11; "
            "give the inspection that it confirms, or leave it out",
        ),
    ],
)
def test_input_that_its_schema_or_its_order_forbids_is_one_sentence(facts: dict[str, Any], sentence: str) -> None:
    code, (row,) = dates([facts])
    assert code == 1
    assert row["error"].startswith(f"line 1: {sentence}")


def test_input_that_its_schema_allows_is_answered() -> None:
    lift = {"installed_pass_on": "2021-03-10", "inspection_month": 5.0, "valid_until": "2026-05", "district": None}
    events = [
        {"kind": "renovated", "passed_on": "2021-03-10"},
        {"kind": "record_completed", "at": "2026-03-05T10:20:30.5Z", "uploaded_at": "2026-03-05T18:21"},
    ]
    assert dates([{"lift": lift, "maintenance": {"iot": True}, "events": events}], city="zhoushan")[0] == 0


def test_every_event_kind_of_the_contract_is_accepted() -> None:
    events = [
        {"kind": "renovated", "passed_on": "2026-01-01"},
        {"kind": "major_repair", "passed_on": "2026-01"},
        {"kind": "out_of_use", "from": "2022-01-10", "restart_on": "2023-06-01", "formal": True},
        {"kind": "opt_in", "filed_on": "2026-01-01", "accepted_on": "2026-01-02"},
        {"kind": "opt_out", "filed_on": "2026-01-01"},
        passed("2026-01-01"),
        {"kind": "rectification_confirmed", "on": "2026-01-01"},
        {"kind": "opinion_notice_issued", "on": "2026-01-01", "deadline": "2026-01-09"},
        *({"kind": kind, "on": "2026-01-01"} for kind in ("test_done", "onsite_visit", "remote_check", "iot_outage")),
        *({"kind": kind, "on": "2026-01-01"} for kind in ("notice_posted", "put_into_use", "pilot_published")),
        {"kind": "policy_issued", "until": "2026-12-31"},
        {"kind": "certificate_issued", "until": "2026-12-31"},
        {"kind": "pilot_exited", "on": "2026-01-01", "maintainer": "same"},
        {"kind": "record_completed", "at": "2026-03-05T10:20", "uploaded_at": "2026-03-05T10:40+08:00"},
    ]
    code, rows = dates([{"events": [event]} for event in events])
    assert code == 0, [row for row in rows if isinstance(row, dict)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--city", "atlantis", "--facts", "-"], "no rulebook 'atlantis'"),
        (["--city", "guangzhou"], "--facts"),
        (["--city", "guangzhou", "--facts", "no-such-file"], "no-such-file cannot be read"),
        (["--city", "guangzhou", "--facts", "-", "--from", "2026-2-3"], "--from '2026-2-3' is not a date"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(options: list[str], sentence: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from tixing.cli import main; main()", "dates", *options]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_schema_describes_input_and_output() -> None:
    result = RUNNER.invoke(app, ["dates", "--schema"])
    schema = json.loads(result.stdout)
    assert set(schema) == {"input", "output"}
    assert "valid_until" in json.dumps(schema["input"])
    assert "practical" in json.dumps(schema["output"])


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(JSON | st.builds(lambda value: {"lift": {"valid_until": value}}, JSON), min_size=1, max_size=4))
def test_whatever_comes_in_one_line_comes_out_for_each(lines: list[Any]) -> None:
    code, rows = dates([json.dumps(line) for line in lines])
    assert len(rows) == len(lines)
    assert code in (0, 1)
    assert all(isinstance(row, list) or list(row) == ["error"] for row in rows)


def test_rules_cite_seed_clause_and_quote_that_stand_in_the_document(documents: dict[str, str]) -> None:
    rules = json.loads(RUNNER.invoke(app, ["rules", "--json"]).stdout)
    assert {"id", "city", "duty", "seed", "clause", "quote", "obligations", "steps"} <= set(rules[0])
    quoted = [(rule["seed"], part["quote"]) for rule in rules for part in (rule, *rule["steps"])]
    books = [load_rulebook(name) for name in rulebook_ids()]
    quoted += [(book.seed, basis.quote) for book in books for basis in book.bases.values()]
    assert {seed for seed, _ in quoted} >= set(documents)
    for seed, quote in quoted:
        for part in quote.replace("……", "；").split("；"):
            assert seed not in documents or "".join(part.split()).rstrip("。") in documents[seed], quote


@pytest.mark.parametrize("example", CYCLES, ids=lambda example: f"{example['city']} {example['id']}")
def test_years_of_inspections_and_tests(example: dict[str, Any]) -> None:
    _, (rows,) = dates([example["facts"]], "--until", example["until"], city=example["city"])
    assert [[row["due"], row["duty"], row["window"]] for row in rows if row["duty"] in YEARLY] == example["expected"]


@pytest.fixture
def documents(require: Callable[[str, str], None]) -> dict[str, str]:
    """The text of each seed without its blanks."""
    found = sorted((Path(__file__).resolve().parents[3] / "shared" / "seeds").glob("00*.txt"))
    if not found:
        require("shared", "the documents of the seeds are not beside this checkout")
    return {path.name[:3]: "".join(path.read_text(encoding="utf-8").split()) for path in found}
