"""A pause: nothing leaves, everybody can see it, and what came due meanwhile is told once."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from actions.running.brakes import BrakeError, pause, resume
from store.brakes import is_paused
from store.notices import NoticeStatus
from tixing.cli import app
from tixing.process import plan_pass
from tixing.stops import stops

FIRST = date(2026, 1, 5)  # a Monday
SMS_DAY = date(2026, 2, 2)  # first working day of the month three months before May
ONE_DAY = timedelta(days=1)
BATCH = 100
MAY = "2026-05"


AFTER = date(2026, 4, 20)
MOMENT = datetime(2026, 2, 1, 1, tzinfo=UTC)


def halt(office: Any, city: str | None = None, reason: str = "") -> None:
    assert office.do(pause, city_id=city, reason=reason, now=MOMENT)


@pytest.fixture
def town(office: Any) -> Any:
    """Two lifts whose SMS is due on 2 February."""
    office.take([office.row(1, MAY), office.row(2, MAY)], FIRST)
    office.tick(FIRST)
    assert office.told() == []
    return office


def test_while_paused_nothing_is_planned_or_sent(town: Any) -> None:
    halt(town)
    town.tick(SMS_DAY)
    assert (town.told(), town.notices()) == ([], [])


def test_a_notice_that_was_planned_before_the_pause_waits_and_goes_once(town: Any) -> None:
    plan_pass(town.database, now=MOMENT + ONE_DAY, process="test")
    halt(town)
    town.send(SMS_DAY)
    assert (town.told(), {notice.status for notice in town.notices()}) == ([], {NoticeStatus.PLANNED})
    town.do(resume, city_id=None)
    town.tick(SMS_DAY)
    town.tick(SMS_DAY)
    assert town.told() == ["+8614000000001", "+8614000000002"]


def test_after_a_long_pause_the_plan_is_that_of_a_day_on_which_nobody_had_looked(town: Any, other_office: Any) -> None:
    """Each duty at its latest rung, not one rung after the other."""
    halt(town)
    for day in (SMS_DAY, date(2026, 3, 10), date(2026, 4, 10)):
        town.tick(day)
    town.do(resume, city_id=None)
    town.tick(AFTER)
    said = [(notice.party_id, notice.step, notice.template, notice.late) for notice in town.notices()]
    other_office.take([other_office.row(1, MAY), other_office.row(2, MAY)], FIRST)
    other_office.tick(AFTER)
    assert said == [(notice.party_id, notice.step, notice.template, notice.late) for notice in other_office.notices()]
    town.tick(AFTER)
    assert len(town.notices()) == len(said) > 0


def test_a_pause_of_another_city_stops_nothing_here(town: Any) -> None:
    with pytest.raises(BrakeError, match="no register"):
        town.do(pause, city_id="zhoushan", reason="", now=MOMENT)
    town.tick(SMS_DAY)
    assert len(town.told()) == 2


def test_a_city_can_be_paused_by_itself(town: Any) -> None:
    halt(town, "guangzhou", "wrong numbers")
    assert town.ask(lambda session: is_paused(session, "guangzhou"))
    assert not town.ask(lambda session: is_paused(session))
    town.tick(SMS_DAY)
    assert town.told() == []
    [said] = town.ask(stops)
    assert "guangzhou is paused since 2026-02-01 09:00 (wrong numbers)" in said


def test_pausing_twice_keeps_the_first_reason(town: Any) -> None:
    halt(town, reason="first")
    assert not town.do(pause, city_id=None, reason="second", now=MOMENT)
    assert "(first)" in town.ask(stops)[0]
    assert town.do(resume, city_id=None)
    assert not town.do(resume, city_id=None)
    assert town.ask(stops) == []


def test_the_command_line_says_that_it_is_paused(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_DATABASE_URL", str(town.database.url))
    monkeypatch.setenv("TIXING_MODE", "demo")
    run = CliRunner().invoke
    assert json.loads(run(app, ["pause", "--reason", "numbers", "--json"]).stdout) == {
        "changed": True,
        "paused": True,
        "stopped": ["*"],
    }
    tick = run(app, ["tick", "--at", "2026-02-02T09:00"])
    assert "paused since" in tick.stdout
    assert "(numbers)" in tick.stdout
    assert json.loads(run(app, ["tick", "--at", "2026-02-02T09:00", "--json"]).stdout)["planned"]["notices"] == 0
    assert "brakes" in run(app, ["doctor"]).stdout
    assert run(app, ["resume"]).stdout.startswith("going on")
    assert run(app, ["resume", "--city", "nowhere"]).exception is not None
    done = json.loads(run(app, ["tick", "--at", "2026-02-02T09:00", "--json"]).stdout)
    assert (done["planned"]["notices"], done["stopped"]) == (2, [])


def test_a_pause_that_comes_while_a_pass_is_sending_stops_the_next_batch(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.sending.BATCH", BATCH)
    office.take([office.row(number, MAY) for number in range(1, 251)], FIRST)
    office.tick(FIRST)
    plan_pass(office.database, now=MOMENT + ONE_DAY, process="test")

    def stop() -> None:
        office.do(pause, city_id=None, reason="", now=MOMENT)

    office.sms.while_sending = stop
    office.send(SMS_DAY)
    sent = len(office.told())
    assert 0 < sent <= BATCH
    waiting = [notice for notice in office.notices() if notice.status == NoticeStatus.PLANNED]
    assert len(waiting) == len(office.notices()) - sent
    assert {(notice.tries, notice.lease_owner) for notice in waiting} == {(0, "")}
