"""The outbox in figures, counted from what really happened to notices."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.channels.base import PermanentError, UnknownOutcome
from notifier.figures import Figures, Times, load_figures
from store.notices import PlanRun
from store.settings import DEMO, REAL, REAL_SINCE, SENT_AS, Setting

SECOND = timedelta(seconds=1)


class Clock:
    """Goes on by a second at every look."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += SECOND
        return self.now


@pytest.fixture
def run_id(world: Any, now: datetime) -> int:
    """A plan that was finished 40 seconds ago."""

    def add(session: Any) -> int:
        run = PlanRun(planned_on=now.date(), finished_at=now - 40 * SECOND, notices=1, duties=1)
        session.add(run)
        session.flush()
        return run.id

    found: int = world.change(add)
    return found


def figures(world: Any, now: datetime) -> Figures:
    with world.database.read() as session:
        return load_figures(session, now=now, today=now.date())


def test_what_waits_is_told_by_its_state_and_the_oldest_by_its_age(world: Any, run_id: int, now: datetime) -> None:
    unit = world.unit()
    for values in ({}, {"not_before": now + SECOND}, {"not_before": now - 90 * SECOND, "tries": 1}):
        world.notice(unit, world.lifts(unit), run_id=run_id, **values)
    world.notice(unit, world.lifts(unit), run_id=run_id, status="no_contact")
    found = figures(world, now)
    assert found.waiting == {"planned": 2, "sending": 0, "unknown": 0, "no_contact": 1, "later": 1}
    assert found.oldest == 90


def test_an_empty_outbox_has_no_age(world: Any, now: datetime) -> None:
    found = figures(world, now)
    assert (found.oldest, set(found.waiting.values()), found.outcomes, found.dwell) == (0, {0}, (), {})


def test_attempts_are_counted_by_channel_outcome_and_reason(
    world: Any, run_id: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    for _ in range(4):
        unit = world.unit()
        world.notice(unit, world.lifts(unit), run_id=run_id)
    dispatch(make_channel("sms", answers=[None, PermanentError("30005"), UnknownOutcome("no answer"), None]))
    found = figures(world, now + 5 * SECOND)
    counts = {(one.channel, one.status, one.reason): one.attempts for one in found.outcomes}
    assert counts == {
        ("sms", "sent", ""): 2,
        ("sms", "failed", "permanent: 30005"): 1,
        ("sms", "unknown", "no answer"): 1,
    }
    assert found.segments == 2, "what was refused costs nothing"
    assert found.segments_in_doubt == 1
    assert figures(world, now + timedelta(hours=25)).outcomes == ()


def test_dwell_is_from_the_plan_and_sending_from_the_saved_attempt(
    world: Any, run_id: int, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit), run_id=run_id)
    dispatch(make_channel("sms"), clock=Clock(now))
    found = figures(world, now + timedelta(minutes=1))
    attempt, sending = found.dwell["sms"], found.sending["sms"]
    assert attempt.count == sending.count == 1
    assert 0 < sending.p50 < attempt.p50 - 40 < 10


def test_shares_are_of_the_ordered_times() -> None:
    assert Times.of([float(value) for value in range(100, 0, -1)]) == Times(100, 51, 96, 100)
    assert Times.of([3.0]) == Times(1, 3, 3, 3)


def test_what_mode_demo_has_sent_to_nobody_stands_apart(
    world: Any, dispatch: Any, make_channel: Any, now: datetime
) -> None:
    unit = world.unit()
    world.notice(unit, world.lifts(unit))
    dispatch(make_channel("sms"))

    def keep(key: str, value: str) -> None:
        world.change(lambda session: session.merge(Setting(key=key, value=value)) and None)

    keep(SENT_AS, DEMO)
    in_demo = figures(world, now)
    assert (in_demo.outcomes, in_demo.segments, in_demo.sending) == ((), 0, {})
    assert [(one.channel, one.status, one.attempts) for one in in_demo.demo] == [("sms", "sent", 1)]
    keep(SENT_AS, REAL)
    keep(REAL_SINCE, (now + SECOND).isoformat())
    assert figures(world, now + 2 * SECOND).demo == in_demo.demo
    keep(REAL_SINCE, now.isoformat())
    real = figures(world, now)
    assert (real.demo, real.outcomes) == ((), in_demo.demo)
    assert set(real.sending) == {"sms"}
