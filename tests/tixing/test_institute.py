"""A year of an institute by its working days: benchmarks/soak.py institute in small; with --full every day of it."""

import pytest
from institute.year import Outcome, Trial, play

from store.database import Database

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
MUST_SHOW = {
    *("book_visit", "confirm_attendance", "move_booking", "cancel_visit", "enter_call", "pass_inspections"),
    *("fail_inspections", "abort_inspections", "find_items", "sign_records", "object_to_record", "add_evidence"),
    *("submit_rectification", "return_items", "confirm_items", "conclude_lapsed", "issue_report", "correct_report"),
    *("confirm_stopped", "acknowledge", "say_inspected", "confirm_saying", "refute_saying", "say_not_ours"),
    *("say_out_of_use", "say_restart", "name_person", "end_person", "set_places", "propose_taking"),
    *("confirm_handover", "close_for_weather", "agree_to_round", "decline_round"),
}


def year(database: Database, *, working_days: bool) -> Outcome:
    return play(database, Trial(seed=7, lifts=300, units=36, inspectors=30, working_days=working_days))


def test_a_year_forgets_nobody_tells_nobody_twice_and_nobody_else(database: Database) -> None:
    outcome = year(database, working_days=True)
    assert outcome.faults == []
    done = outcome.figures["done"]
    assert {verb for verb in MUST_SHOW if not done.get(verb)} == set()


@pytest.mark.full
def test_a_year_with_its_days_off_does_neither(database: Database) -> None:
    assert year(database, working_days=False).faults == []
