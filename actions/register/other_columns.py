"""Columns beside validity and parties of which a wrong one does harm too: what counts as a change of them."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from schedules.dates import add_months

Pair = tuple[Any, Any]

INSTALLED = "installation date"  # decides in which years a lift is inspected and in which tested
NEXT_TEST = "next test date"
MAINTENANCE = "maintenance"
PLACE = "place"  # the district aside
OTHERS = (INSTALLED, NEXT_TEST, MAINTENANCE, PLACE)

PLACE_COLUMNS = ("compound", "building", "address", "internal_number")
TESTED_EARLY = 1  # months before its date in which a test is ordinarily done


def columns_changed(changed: dict[str, Pair], on: date) -> Iterator[str]:
    """Which of OTHERS become otherwise, or are lost, in a lift; a first statement is no change."""
    if changed.get("installed_pass_on", (None, None))[0]:
        yield INSTALLED
    if "next_test_on" in changed and _is_odd_test(*changed["next_test_on"], on):
        yield NEXT_TEST
    if "maintenance" in changed and _contradicts(*changed["maintenance"]):
        yield MAINTENANCE
    if any(changed.get(name, (None, None))[0] for name in PLACE_COLUMNS):
        yield PLACE


def _is_odd_test(before: str | None, after: str | None, on: date) -> bool:
    """Whether the next test, as ISO text, moves although the one before has not come: one that was done moves on."""
    if before is None:
        return False
    was_done = after is not None and after > before and before <= add_months(on, TESTED_EARLY).isoformat()
    return not was_done


def _contradicts(before: str | None, after: str | None) -> bool:
    """Whether an answer that was stated, of a JSON object of answers, is another or none."""
    stated, now = json.loads(before or "{}"), json.loads(after or "{}")
    return any(now.get(name) != answer for name, answer in stated.items())
