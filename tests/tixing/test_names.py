"""Everything that `explain` and the papers name has a name, in both languages."""

import tomllib
from importlib.resources import files
from typing import get_args

import pytest

from schedules.offices.rules import find_office_rule
from schedules.rulebook import Corrections, Ladder, load_rulebook, rulebook_ids
from schedules.vocabulary import DutyKind

NAMES = tomllib.loads((files("templates") / "documents" / "names.toml").read_text(encoding="utf-8"))
BOOKS = [load_rulebook(book_id) for book_id in rulebook_ids()]


def ladders() -> list[Ladder]:
    offices = (find_office_rule(entry.id) for book in BOOKS for entry in book.programme)
    return [*(rule for book in BOOKS for rule in book.rules), *(rule for rule in offices if rule is not None)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rung_of_every_rulebook_has_a_name(language: str) -> None:
    rungs = {step.step: rule.id for rule in ladders() for step in rule.steps}
    assert len(rungs) > 20
    nameless = {rung: rule for rung, rule in rungs.items() if not NAMES[language]["step"].get(rung)}
    assert nameless == {}
    assert set(Corrections.model_fields) <= set(NAMES[language]["step"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_duty_has_a_name(language: str) -> None:
    duties = {*get_args(DutyKind), *(rule.duty for rule in ladders())}
    assert duties - set(NAMES[language]["duty"]) == set()


@pytest.mark.parametrize("table", ["duty", "step", "status", "channel"])
def test_the_languages_name_the_same_things(table: str) -> None:
    assert set(NAMES["zh"][table]) == set(NAMES["en"][table])
