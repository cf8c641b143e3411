"""The years of seed 002 and of the national rule, case by case: each lists all inspections and tests up to a day."""

import json
from pathlib import Path
from typing import Any

import pytest

from schedules.answers import answer
from schedules.calendar import WorkingCalendar
from schedules.dates import parse_day
from schedules.facts import OutsideFacts
from schedules.rulebook import load_rulebook

YEARLY = ("periodic_inspection", "legacy_inspection", "self_test")
EXAMPLES = json.loads((Path(__file__).parent / "cycle_examples.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example['city']} {example['id']}")
def test_the_years_of_a_lift(example: dict[str, Any]) -> None:
    facts = OutsideFacts.model_validate(example["facts"]).facts()
    rows = answer(load_rulebook(example["city"]), facts, WorkingCalendar(), until=parse_day(example["until"]))
    found = [
        [str(row.due), row.duty, [str(day) for day in row.window] if row.window else None]
        for row in rows
        if row.duty in YEARLY
    ]
    assert found == example["expected"]
