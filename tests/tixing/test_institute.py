"""Eight weeks of an institute, day by day: benchmarks/soak.py institute in small; with --full the whole year."""

import pytest
from institute.year import DAYS, Outcome, Trial, play

from store.database import Database

pytestmark = pytest.mark.sqlite
EIGHT_WEEKS = 58  # days, of which some thirty are worked: each costs half a second
MUST_SHOW = {
    *("book_visit", "confirm_attendance", "enter_call", "pass_inspections", "fail_inspections"),
    *("abort_inspections", "find_items", "sign_records", "object_to_record", "submit_rectification", "return_items"),
    *("confirm_items", "conclude_lapsed", "issue_report", "acknowledge", "say_inspected", "name_person"),
}


def year(database: Database, days: int) -> Outcome:
    return play(database, Trial(seed=7, lifts=300, units=36, inspectors=30, days=days, working_days=True))


def test_eight_weeks_forget_nobody_tell_nobody_twice_and_nobody_else(database: Database) -> None:
    outcome = year(database, EIGHT_WEEKS)
    assert outcome.faults == []
    done = outcome.figures["done"]
    assert {verb for verb in MUST_SHOW if not done.get(verb)} == set()


@pytest.mark.full
def test_a_year_does_neither(database: Database) -> None:
    assert year(database, DAYS).faults == []
