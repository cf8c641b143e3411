"""Visits, records and signatures over a quarter; with --full over a year: benchmarks/soak.py maintenance in small."""

from collections.abc import Mapping

import pytest
from contractors.year import Outcome, Trial, play

from store.database import Database

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
ORDINARY = {"begin_visit", "check_in", "measure_item", "sign_visit", "sign_maintenance", "give_consent"}
RARE = {
    *("say_item", "say_when_done", "name_second", "confirm_second", "state_delay", "object_to_maintenance"),
    *("note_on_maintenance", "remark_on_maintenance", "withdraw_consent"),
}
STATES = {"pending", "signed", "signed_by_default"}


def played(outcome: Outcome) -> set[str]:
    done: Mapping[str, int] = outcome.figures["done"]
    return {verb for verb, times in done.items() if times}


def test_every_lift_is_visited_every_record_asked_for_and_silence_counted_rightly(database: Database) -> None:
    outcome = play(database, Trial(seed=3, lifts=300, days=75, working_days=True))
    assert outcome.faults == []
    assert set(outcome.figures["states"]) >= STATES
    assert played(outcome) >= ORDINARY


@pytest.mark.full
def test_so_it_is_over_a_year_with_its_days_off(database: Database) -> None:
    outcome = play(database, Trial(seed=3, lifts=300))
    assert outcome.faults == []
    assert set(outcome.figures["states"]) >= STATES
    assert played(outcome) >= ORDINARY | RARE
