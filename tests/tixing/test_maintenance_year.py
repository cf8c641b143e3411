"""A year of visits, records and signatures: benchmarks/soak.py maintenance in small."""

import pytest
from contractors.year import Trial, play

from store.database import Database

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
MUST_SHOW = {
    *("begin_visit", "check_in", "measure_item", "say_item", "say_when_done", "name_second", "confirm_second"),
    *("sign_visit", "state_delay", "sign_maintenance", "object_to_maintenance", "note_on_maintenance"),
    *("remark_on_maintenance", "give_consent", "withdraw_consent"),
}


def test_a_year_visits_every_lift_asks_for_every_record_and_counts_silence_rightly(database: Database) -> None:
    outcome = play(database, Trial(seed=3, lifts=300))
    assert outcome.faults == []
    assert set(outcome.figures["states"]) == {"pending", "signed", "signed_by_default"}
    done = outcome.figures["done"]
    assert {verb for verb in MUST_SHOW if not done.get(verb)} == set()
