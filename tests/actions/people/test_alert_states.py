"""docs/alerts.md draws the states of an alert: exactly the steps that there are."""

import re
from pathlib import Path

from actions.alerts.rungs import PACES, ROUNDS, RUNGS
from actions.alerts.steps import ENDS, STEPS
from store.alerts import ENDED, AlertKind, AlertState

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
ARROW = re.compile(r"^\s+(\S+) --> (\S+)$", re.MULTILINE)
POINT = "[*]"


def test_the_page_draws_every_step_and_no_other():
    drawn = {(before, after) for before, after in ARROW.findall(PAGE) if POINT not in (before, after)}
    assert drawn == {(before.value, after.value) for after, states in STEPS.items() for before in states}


def test_the_page_begins_and_ends_where_an_alert_does():
    arrows = set(ARROW.findall(PAGE))
    assert {after for before, after in arrows if before == POINT} == {"reported"}
    assert {before for before, after in arrows if after == POINT} == {state.value for state in ENDED}


def test_every_state_can_be_reached():
    assert set(STEPS) | {AlertState.REPORTED} == set(AlertState)


def test_every_kind_has_rungs_and_an_end():
    assert set(RUNGS) == set(ENDS) == set(AlertKind)


def test_the_page_says_the_minutes_that_hold():
    said = {
        AlertKind.FAULT: ("30 min", "60: the administrator", "120: the unit's head", "a week after they were there"),
        AlertKind.ENTRAPMENT: (
            "5 min",
            "10: a call to the unit's head",
            "15: the inspection department",
            "30: the regulator",
            "30 min on the way",
        ),
    }
    for kind, words in said.items():
        minutes = {rung.minutes for rung in RUNGS[kind] if rung.minutes}
        assert minutes == ({30, 60, 120, 7 * 13 * 60} if kind is AlertKind.FAULT else {5, 10, 15, 30})
        assert all(word in PAGE for word in words)
    [rounds] = ROUNDS.values()
    assert [one.begins for one in rounds] == [15, 20, 40]
    assert all(f"from minute {one.begins}" in PAGE for one in rounds)
    assert f"every {PACES['again']} minutes" in PAGE
    assert f"every {PACES['again_later']} minutes" in PAGE
