"""How long the ladder of an inspection rests, whatever order its events come in."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from schedules.happenings import Booked, OpinionNoticeIssued, RectificationReturned
from schedules.inspections import pause_of


def test_what_is_given_back_never_ends_the_pause_before_a_visit_that_was_booked_meanwhile():
    events = [
        OpinionNoticeIssued(kind="opinion_notice_issued", on=date(2025, 1, 20), deadline=date(2025, 2, 5)),
        Booked(kind="booked", visit_on=date(2025, 3, 3)),
        RectificationReturned(kind="rectification_returned", on=date(2025, 2, 6), deadline=date(2025, 2, 12)),
    ]
    facts: Any = SimpleNamespace(events=events)
    assert pause_of(facts, date(2025, 1, 1)) == (date(2025, 3, 3), date(2025, 3, 4))
