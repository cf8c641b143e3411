"""An incident is told once and its end once; nothing becomes a storm."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from actions.running.health import Reason, Trouble
from actions.running.incidents import PATIENCE, Telling, follow, mark_told
from store.database import Database
from store.watch import Incident

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TROUBLE = Trouble(Reason.NO_PLAN, {"today": "2026-11-23", "last": ""})
Step = Callable[..., Telling | None]


@pytest.fixture
def step(database: Database) -> Step:
    """`step(minutes, trouble, reached=True)`: a look, and the telling that it brings."""

    def look(minutes: int, trouble: Trouble | None = None, *, reached: bool = True) -> Telling | None:
        now = NOW + minutes * MINUTE
        with database.write() as session:
            telling = follow(session, trouble, now=now)
        if telling is not None and reached:
            with database.write() as session:
                mark_told(session, telling, now=now)
        return telling

    return look


def told_of(step: Step, minutes: range, trouble: Trouble | None) -> list[tuple[int, bool]]:
    tellings = [(minute, step(minute, trouble)) for minute in minutes]
    return [(minute, telling.over) for minute, telling in tellings if telling is not None]


def test_it_is_told_once_however_long_it_lasts_and_once_when_it_is_over(step: Step):
    assert told_of(step, range(300), TROUBLE) == [(0, False)]
    assert told_of(step, range(300, 400), None) == [(310, True)]


def test_while_all_is_well_nothing_is_told(step: Step):
    assert told_of(step, range(60), None) == []


def test_what_comes_and_goes_within_ten_minutes_is_one_incident(database: Database, step: Step):
    for minute in range(0, 60, 2):
        step(minute, TROUBLE)
        step(minute + 1, None)
    with database.read() as session:
        assert len(session.exec(select(Incident)).all()) == 1


def test_a_new_incident_within_the_hour_waits_for_its_hour_and_a_short_one_is_never_spoken_of(step: Step):
    assert told_of(step, range(2), TROUBLE) == [(0, False)]
    assert told_of(step, range(2, 15), None) == [(12, True)]
    assert told_of(step, range(15, 20), TROUBLE) == []
    assert told_of(step, range(20, 40), None) == []
    assert told_of(step, range(40, 70), TROUBLE) == [(60, False)]


def test_a_telling_that_reached_nobody_is_tried_again_after_a_while_and_not_before(step: Step):
    assert step(0, TROUBLE, reached=False) is not None
    again = [minute for minute in range(1, 25) if step(minute, TROUBLE, reached=False) is not None]
    assert again == [10, 20]
    assert step(30, TROUBLE) is not None
    assert told_of(step, range(31, 120), TROUBLE) == []


def test_of_two_that_look_at_the_same_time_one_tells(database: Database):
    with database.write() as session:
        first = follow(session, TROUBLE, now=NOW)
    with database.write() as session:
        second = follow(session, TROUBLE, now=NOW)
    assert first is not None
    assert second is None
    with database.write() as session:
        third = follow(session, TROUBLE, now=NOW + PATIENCE.retry)
    assert third is not None, "whoever claimed it died before telling"
