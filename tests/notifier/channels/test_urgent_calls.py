"""A call about somebody who is shut in waits for no limit of its number."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from notifier.throttle import Throttle

START = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ABROAD = "+85251234567"


def test_a_call_about_somebody_who_is_shut_in_waits_for_no_limit(make_message: Any) -> None:
    calls = [replace(make_message("voice", ABROAD).prepared, template="alert.entrapment.rescue") for _ in range(7)]
    throttle = Throttle(frozenset({"voice"}))
    assert [throttle.take([call], START) for call in calls] == [None] * 7
    other = [replace(call, template="gz.call") for call in calls[:2]]
    assert [throttle.take([call], START) for call in other] == [None, START + timedelta(minutes=1)]


def test_what_is_said_once_more_leaves_a_turn_of_its_number_to_what_is_said_first(make_message: Any) -> None:
    urgent = replace(make_message("voice", ABROAD).prepared, template="alert.entrapment")
    again = replace(urgent, subject=replace(urgent.subject, step="emergency#2"))
    throttle = Throttle(frozenset({"voice"}))
    turns = [throttle.take([again], START + timedelta(minutes=minute)) for minute in (0, 10, 20, 30, 40)]
    assert turns == [None, None, None, None, START + timedelta(hours=1)], "a provider takes five in an hour"
    assert throttle.take([urgent], START + timedelta(minutes=41)) is None
