"""Quiet hours: what may wait goes out in the morning, what may not goes at once, and nothing is lost."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.index import load_index
from store.quiet import QuietHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours()
LATEST = datetime(2030, 1, 1, tzinfo=UTC)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T20:59:59", None),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-24T00:05", "2026-11-24T08:00"),
        ("2026-11-24T07:59:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", None),
        ("2026-12-31T22:00", "2027-01-01T08:00"),
    ],
)
def test_the_night_is_from_nine_to_eight_in_china_whatever_the_machine_thinks(now: str, until: str | None) -> None:
    assert NIGHT.until(china(now).astimezone(UTC)) == (china(until) if until else None)


@given(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)).map(lambda ago: LATEST - ago),
    st.times(),
    st.times(),
)
def test_whoever_waits_waits_less_than_a_day_and_then_may_go(moment: datetime, begins: time, ends: time) -> None:
    quiet = QuietHours(begins, ends)
    until = quiet.until(moment)
    if until is not None:
        assert moment < until <= moment + timedelta(days=1)
        assert begins == ends or quiet.until(until) is None


@pytest.mark.parametrize(
    ("begins", "ends", "minutes"),
    [
        ("2026-11-23T20:50", "2026-11-24T08:20", 30),
        ("2026-11-23T23:00", "2026-11-24T07:59", 0),
        ("2026-11-23T10:00", "2026-11-23T12:00", 120),
        ("2026-11-23T20:00", "2026-11-25T09:00", 60 + 13 * 60 + 60),
    ],
)
def test_time_that_is_quiet_does_not_count(begins: str, ends: str, minutes: int) -> None:
    assert NIGHT.awake(china(begins).astimezone(UTC), china(ends).astimezone(UTC)) == timedelta(minutes=minutes)


def test_a_notice_of_the_night_waits_for_the_morning_and_is_looked_at_once(
    world: Any, dispatch: Any, make_channel: Any
) -> None:
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms, night = make_channel("sms"), china("2026-11-23T00:05").astimezone(UTC)
    dispatch(sms, now=night, quiet=NIGHT)
    assert (world.status(notice), sms.sent) == ("planned", [])
    assert world.history(notice) == [("planned", "held: quiet hours")]
    assert dispatch(sms, now=night + timedelta(hours=7), quiet=NIGHT).claimed == 0
    dispatch(sms, now=night + timedelta(hours=7, minutes=55), quiet=NIGHT)
    assert (world.status(notice), len(sms.sent), world.get(notice).tries) == ("sent", 1, 1)


def test_a_line_on_a_desks_list_of_calls_wakes_nobody(world: Any, dispatch: Any, make_channel: Any) -> None:
    unit = world.unit("+862085550101")
    notice = world.notice(unit, world.lifts(unit), "gz.call")
    calls = make_channel("call_task")
    dispatch(calls, now=china("2026-11-23T00:05"), quiet=NIGHT)
    assert (world.status(notice), len(calls.sent)) == ("sent", 1)


def test_an_order_that_may_not_wait_goes_at_night(
    world: Any, dispatch: Any, make_channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = load_index()
    urgent = index.templates["gz.sms"].model_copy(update={"at_night": True})
    monkeypatch.setitem(index.templates, "gz.sms", urgent)
    unit = world.unit()
    notice = world.notice(unit, world.lifts(unit))
    sms = make_channel("sms")
    dispatch(sms, now=china("2026-11-23T00:05"), quiet=NIGHT)
    assert (world.status(notice), len(sms.sent)) == ("sent", 1)
