"""Rulebooks in force together."""

from importlib.resources import files

import pytest

from schedules.answers import answer
from schedules.calendar import WorkingCalendar
from schedules.facts import OutsideFacts
from schedules.numbers import shared_numbers
from schedules.regimes import join, refuse_contradictions
from schedules.rulebook import RulebookError, load_rulebook, parse_rulebook, rulebook_ids


@pytest.mark.parametrize(
    ("beside", "rule"), [("guangzhou", "gp.onsite"), ("pingluo", "pl.onsite"), ("zhoushan", "zs.onsite")]
)
def test_the_citys_own_rule_of_visits_stands_beside_the_laws(beside: str, rule: str) -> None:
    facts = OutsideFacts.model_validate({"events": [{"kind": "onsite_visit", "on": "2026-03-15"}]}).facts()
    (row,) = answer(join("national", beside), facts, WorkingCalendar())
    assert (row.rule, str(row.due)) == (rule, "2026-03-30")


@pytest.mark.parametrize("rulebook", rulebook_ids())
def test_no_rulebook_contradicts_itself(rulebook: str) -> None:
    refuse_contradictions(load_rulebook(rulebook))


def test_a_rulebook_says_which_of_our_numbers_is_another_and_none_may_be_nothing() -> None:
    text = (files("schedules") / "rulebooks" / "guangzhou.toml").read_text(encoding="utf-8")
    numbers = parse_rulebook(f"{text}\n[numbers]\nactive_days = 40\n", "x").numbers
    assert numbers == shared_numbers().model_copy(update={"active_days": 40})
    for wrong in ("active_days = 0", "activ_days = 31"):
        with pytest.raises(RulebookError, match=r"^rulebook x: numbers\.activ"):
            parse_rulebook(f"{text}\n[numbers]\n{wrong}\n", "x")
