"""A day's plan that is not what yesterday's ladders promised: held, nothing written, released in one tap."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from actions.running.brakes import release_plan
from store.brakes import open_holds
from store.duties import Duty, Told
from store.tasks import Task, TaskKind, TaskStatus
from tixing.cli import app
from tixing.stops import stops

FIRST = date(2026, 1, 5)  # a Monday
SECOND = date(2026, 1, 6)
SMS_DAY = date(2026, 2, 2)
NOW = datetime(2026, 1, 6, 2, tzinfo=UTC)
LIFTS = 60
FAR, MAY = "2027-11", "2026-05"


def held(office: Any) -> list[str]:
    return office.ask(stops)


def ledger(office: Any) -> list[tuple[Any, ...]]:
    """Everything that a plan writes."""
    return office.ask(
        lambda session: [
            *((told.duty_id, told.step, told.state) for told in session.exec(select(Told))),
            *((duty.id, duty.told_seq, duty.next_step, duty.next_on) for duty in session.exec(select(Duty))),
        ]
    )


def held_tasks(office: Any, status: TaskStatus) -> list[Task]:
    query = select(Task).where(Task.kind == TaskKind.PLAN_HELD, Task.status == status)
    return office.ask(lambda session: list(session.exec(query)))


@pytest.fixture
def town(office: Any) -> Any:
    """Sixty lifts, each of a unit of its own, nothing due for a year; one plan was made."""
    office.take([office.row(number, FAR) for number in range(1, LIFTS + 1)], FIRST)
    office.tick(FIRST)
    assert held(office) == []
    return office


def move_all(office: Any, valid: str, on: date = SECOND) -> None:
    office.take([office.row(number, valid) for number in range(1, LIFTS + 1)], on, confirmed=True)


def test_a_plan_that_nobody_expected_is_held_and_nothing_is_written(town: Any) -> None:
    move_all(town, "2026-03")
    before = ledger(town)
    town.tick(SECOND)
    assert town.told() == []
    assert ledger(town) == before
    assert held(town) == [
        "guangzhou: the plan of 2026-01-06 is held: 60 duties would be told of, where 0 were expected; "
        "`tixing release` lets it go"
    ]
    [task] = held_tasks(town, TaskStatus.OPEN)
    assert (task.key, task.detail["duties"], task.detail["forecast"]) == ("guangzhou", 60, 0)


def test_it_is_released_in_one_tap_and_not_held_again(town: Any) -> None:
    move_all(town, "2026-03")
    town.tick(SECOND)
    [released] = town.do(release_plan, city_id=None, now=NOW)
    assert released.outcome == "released"
    assert [task.outcome for task in held_tasks(town, TaskStatus.DONE)] == ["released"]
    town.tick(SECOND)
    assert len(town.told()) == LIFTS
    town.tick(SECOND + timedelta(days=1))
    assert held(town) == []


def test_while_it_is_held_the_next_days_plan_is_held_too_and_nothing_goes_stale(town: Any) -> None:
    move_all(town, "2026-03")
    for day in range(1, 6):
        town.tick(FIRST + timedelta(days=day))
    [hold] = town.ask(open_holds)
    assert hold.planned_on == FIRST + timedelta(days=5)
    assert len(held_tasks(town, TaskStatus.OPEN)) == 1
    assert (town.told(), town.notices()) == ([], [])


def test_it_ends_by_itself_when_the_register_is_put_right(town: Any) -> None:
    move_all(town, "2026-03")
    town.tick(SECOND)
    move_all(town, FAR)
    town.tick(SECOND)
    assert (held(town), town.told()) == ([], [])
    assert [task.outcome for task in held_tasks(town, TaskStatus.DONE)] == ["the plan is as expected again"]


def test_corrections_and_introductions_of_an_import_are_held_with_the_plan(office: Any) -> None:
    office.take([office.row(number, MAY) for number in range(1, LIFTS + 1)], FIRST)
    office.tick(FIRST)
    office.tick(SMS_DAY)
    assert len(office.told()) == LIFTS
    next_day = SMS_DAY + timedelta(days=1)
    rows = [office.row(number, MAY, unit=f"广州示例{number + 1}号物业服务有限公司") for number in range(1, LIFTS + 1)]
    office.take(rows, next_day, confirmed=True)
    assert len(held(office)) == 1, "before any process could have sent them"
    office.send(next_day)
    office.tick(next_day)
    assert office.told() == []
    office.do(release_plan, city_id="guangzhou", now=NOW)
    office.tick(next_day)
    assert len(office.told()) == LIFTS


def test_a_clock_that_is_years_ahead_sets_nothing_aside(town: Any) -> None:
    before = ledger(town)
    town.tick(date(2036, 1, 5))
    assert ledger(town) == before
    assert "would be set aside as too old" in held(town)[0]
    town.tick(SECOND)
    assert (held(town), town.told()) == ([], [])


def test_so_it_is_in_a_small_register_that_was_never_planned(office: Any) -> None:
    office.take([office.row(number, MAY) for number in range(1, 9)], FIRST)
    before = ledger(office)
    office.tick(date(2033, 1, 5))
    assert ledger(office) == before
    assert len(held(office)) == 1


def test_a_first_register_with_a_column_of_the_past_is_held(office: Any) -> None:
    office.take([office.row(number, "2025-11") for number in range(1, LIFTS + 1)], FIRST)
    assert held(office)
    office.tick(FIRST)
    assert office.told() == []
    assert "60 validities have ended, more than half of all" in held(office)[0]
    office.do(release_plan, city_id=None, now=NOW)
    office.tick(FIRST)
    assert len(office.told()) == LIFTS


@pytest.mark.parametrize("first_day", [FIRST, SMS_DAY, date(2026, 4, 1)])
def test_the_first_plan_of_a_register_is_not_held(office: Any, first_day: date) -> None:
    office.take([office.row(number, MAY) for number in range(1, LIFTS + 1)], first_day)
    office.tick(first_day)
    assert held(office) == []


def test_a_pile_that_the_ladders_promised_is_not_held(office: Any) -> None:
    """Every lift reaches its first rung on one day, as the validity of a month makes it."""
    office.take([office.row(number, MAY) for number in range(1, LIFTS + 1)], FIRST)
    for day in range(28):
        office.tick(FIRST + timedelta(days=day))
    assert office.told() == []
    office.tick(SMS_DAY)
    assert (held(office), len(office.told())) == ([], LIFTS)


def test_new_lifts_are_expected_where_their_dates_make_sense(town: Any) -> None:
    office = town
    rows = [office.row(number, "2026-03") for number in range(101, 161)]
    office.take(rows, SECOND)
    office.tick(SECOND)
    assert (held(office), len(office.told())) == ([], LIFTS)


def test_new_lifts_whose_dates_are_past_are_not(town: Any) -> None:
    town.take([town.row(number, "2025-11") for number in range(101, 161)], SECOND)
    assert held(town)
    town.tick(SECOND)
    assert town.told() == []


def test_a_few_that_nobody_expected_go(town: Any) -> None:
    town.take([town.row(number, "2026-03") for number in range(1, 15)], SECOND, confirmed=True)
    town.tick(SECOND)
    assert (held(town), len(town.told())) == ([], 14)


def test_the_service_that_was_off_for_three_weeks_goes_on(office: Any) -> None:
    office.take([office.row(number, MAY) for number in range(1, LIFTS + 1)], FIRST)
    office.tick(date(2026, 1, 12))
    office.tick(SMS_DAY)
    assert len(office.told()) == LIFTS


def test_the_command_line_holds_and_releases(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIXING_DATABASE_URL", str(town.database.url))
    monkeypatch.setenv("TIXING_MODE", "demo")
    run = CliRunner().invoke
    move_all(town, "2026-03")
    tick = json.loads(run(app, ["tick", "--at", "2026-01-06T09:00", "--json"]).stdout)
    assert (tick["planned"]["notices"], len(tick["stopped"])) == (0, 1)
    assert "is held" in run(app, ["doctor"]).stdout
    released = json.loads(run(app, ["release", "--json"]).stdout)
    assert released == {
        "released": [{"city": "guangzhou", "on": "2026-01-06", "duties": 60, "forecast": 0}],
        "held": 0,
    }
    assert run(app, ["release"]).stdout == "no plan is held\n"
    again = json.loads(run(app, ["tick", "--at", "2026-01-06T09:00", "--json"]).stdout)
    assert (again["planned"]["notices"], again["stopped"]) == (60, [])
