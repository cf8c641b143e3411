"""Rulebooks in force together."""

import pytest

from schedules.answers import answer
from schedules.calendar import WorkingCalendar
from schedules.facts import OutsideFacts
from schedules.regimes import join, refuse_contradictions
from schedules.rulebook import load_rulebook, rulebook_ids


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
