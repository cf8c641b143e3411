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
