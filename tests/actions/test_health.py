"""When our own work counts as standing still, at the edges."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from actions.running.health import Health, Reason, check_health
from store.brakes import EVERYWHERE, PAUSES, PlanHold
from store.database import Database
from store.lifts import City
from store.settings import Setting
from store.watch import Beat, beat, last_beat, sign_off

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in China
MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # 24:00 of that day there
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def look(database: Database) -> Callable[[datetime], Health]:
    def at(now: datetime) -> Health:
        with database.read() as session:
            return check_health(session, now=now)

    return at


def reason(found: Health) -> str | None:
    return found.trouble.reason if found.trouble else None


def test_a_store_in_which_nothing_was_ever_planned_is_not_well(look):
    found = look(NINE)
    assert reason(found) is Reason.NO_PLAN
    assert found.trouble is not None
    assert found.trouble.facts == {"today": "2026-11-23", "last": ""}


def test_all_is_well_after_a_plan_and_a_pass(look, signs):
    signs(NINE)
    found = look(NINE + 5 * MINUTE)
    assert found.trouble is None
    assert found.plan is not None
    assert (found.plan.day, found.plan.first_at, found.plan.amount) == (date(2026, 11, 23), NINE, 3)


@pytest.mark.parametrize(
    ("after_midnight", "expected"),
    [(-1, None), (0, None), (14, None), (15, Reason.NO_PLAN), (600, Reason.NO_PLAN)],
)
def test_a_new_day_has_a_quarter_of_an_hour_for_its_plan(database: Database, look, signs, after_midnight, expected):
    now = MIDNIGHT + after_midnight * MINUTE
    signs(NINE)
    with database.write() as session:
        beat(session, Beat.DISPATCH, "serve", day=date(2026, 11, 23), now=now, amount=0)
    assert reason(look(now)) == expected


def test_the_quarter_of_an_hour_is_for_a_day_after_a_planned_one_only(look, signs):
    signs(NINE - timedelta(days=1))
    assert reason(look(MIDNIGHT + MINUTE)) is Reason.NO_PLAN


@pytest.mark.parametrize(("minutes", "expected"), [(10, None), (11, Reason.NO_DISPATCH)])
def test_ten_minutes_without_a_pass_over_the_outbox_are_a_fault(look, signs, minutes, expected):
    signs(NINE)
    assert reason(look(NINE + minutes * MINUTE)) == expected


def test_a_trial_with_a_later_day_does_not_hide_that_today_was_not_planned(look, signs):
    signs(NINE - timedelta(days=1))
    signs(NINE + timedelta(days=30))
    assert reason(look(NINE)) is Reason.NO_PLAN


def test_signs_of_one_day_add_up_and_a_new_day_begins_at_nothing(database: Database):
    with database.write() as session:
        for minutes, amount in ((0, 5), (1, 0), (2, 2)):
            beat(session, Beat.PLAN, "serve", day=NINE.date(), now=NINE + minutes * MINUTE, amount=amount)
        beat(session, Beat.PLAN, "tick", day=NINE.date(), now=NINE + 3 * MINUTE, amount=1)
    with database.read() as session:
        found = last_beat(session, Beat.PLAN, until=NINE + HOUR)
    assert found is not None
    assert (found.process, found.first_at, found.last_at, found.amount) == ("tick", NINE, NINE + 3 * MINUTE, 8)
    with database.write() as session:
        beat(session, Beat.PLAN, "serve", day=date(2026, 11, 24), now=NINE + 24 * HOUR, amount=4)
    with database.read() as session:
        found = last_beat(session, Beat.PLAN, until=NINE + 25 * HOUR)
    assert found is not None
    assert (found.first_at, found.amount) == (NINE + 24 * HOUR, 4)


def test_of_several_processes_one_that_fell_silent_is_missed_until_it_returns_or_signs_off(database: Database, look):
    def pass_of(process: str, moment: datetime, amount: int = 0) -> None:
        with database.write() as session:
            beat(session, Beat.DISPATCH, process, day=moment.date(), now=moment, amount=amount)

    with database.write() as session:
        beat(session, Beat.PLAN, "worker@a", day=NINE.date(), now=NINE, amount=3)
    for process in ("worker@a", "worker@b", "worker@b#2", "tick"):
        pass_of(process, NINE, amount=1)
    pass_of("serve@a", NINE + 11 * MINUTE)
    assert look(NINE + 10 * MINUTE).trouble is None
    pass_of("worker@b", NINE + 11 * MINUTE)
    found = look(NINE + 11 * MINUTE)
    assert reason(found) is Reason.PROCESS_SILENT
    assert found.trouble is not None
    assert found.trouble.facts == {
        "process": "worker@a",
        "silent": 2,
        "last": "2026-11-23T09:00+08:00",
        "minutes": 10,
    }
    with database.write() as session:
        assert sign_off(session, "worker@a")
        assert not sign_off(session, "worker@c")
    pass_of("worker@b#2", NINE + 11 * MINUTE)
    found = look(NINE + 11 * MINUTE)
    assert found.trouble is None
    assert found.plan is not None
    assert (found.plan.process, found.plan.amount) == ("worker", 3)


def test_what_a_process_did_counts_for_its_role_once_it_has_signed_off(database: Database):
    with database.write() as session:
        for number, process in enumerate(("worker@a", "worker@b", "worker@c")):
            moment = NINE + number * MINUTE
            beat(session, Beat.DISPATCH, process, day=NINE.date(), now=moment, amount=5)
            assert sign_off(session, process)
        beat(session, Beat.DISPATCH, "worker@old", day=date(2026, 11, 20), now=NINE - 72 * HOUR, amount=70)
        assert sign_off(session, "worker@old")
    with database.read() as session:
        found = last_beat(session, Beat.DISPATCH, until=NINE + HOUR)
    assert found is not None
    assert (found.process, found.first_at, found.last_at, found.amount) == ("worker", NINE, NINE + 2 * MINUTE, 15)


def test_an_hour_without_anything_handed_over_while_notices_are_due_is_a_fault(look, signs, planned_notice):
    planned_notice(NINE)
    planned_notice(NINE, attempts=[(NINE, "failed")], not_before=NINE + 2 * HOUR)
    signs(NINE + 55 * MINUTE)
    assert look(NINE + 59 * MINUTE).trouble is None
    found = look(NINE + HOUR)
    assert reason(found) is Reason.STUCK
    assert found.trouble is not None
    assert found.trouble.facts == {"notices": 2, "minutes": 60}


def test_one_number_that_does_not_work_is_no_fault_while_others_are_reached(look, signs, planned_notice):
    planned_notice(NINE, attempts=[(NINE, "failed")], not_before=NINE + 2 * HOUR)
    planned_notice(NINE, attempts=[(NINE + 30 * MINUTE, "sent")], status="sent")
    signs(NINE + HOUR)
    assert look(NINE + HOUR).trouble is None


@pytest.mark.parametrize(
    "values",
    [
        {"status": "no_contact"},
        {"send_on": date(2026, 11, 24)},
        {"reason": "held: guests mode, the address is not on the guest list", "tries": 0},
        {"status": "cancelled"},
    ],
)
def test_what_waits_for_a_person_a_day_or_a_guest_list_is_not_stuck(look, signs, planned_notice, values):
    planned_notice(NINE, **values)
    signs(NINE + 2 * HOUR)
    assert look(NINE + 2 * HOUR).trouble is None


def test_a_pause_and_a_held_plan_are_named_before_what_follows_from_them(database: Database, look, signs):
    signs(NINE)
    with database.write() as session:
        session.add(City(id="guangzhou", name="广州市"))
        session.flush()
        held = {"planned_on": NINE.date(), "held_at": NINE, "duties": 900, "forecast": 12, "reason": "too many"}
        session.add(PlanHold(city_id="guangzhou", **held))
    found = look(NINE)
    assert reason(found) is Reason.PLAN_HELD
    assert found.trouble is not None
    assert found.trouble.facts == {"day": "2026-11-23", "cities": "guangzhou"}
    with database.write() as session:
        session.add(Setting(key=PAUSES, value={EVERYWHERE: {"since": NINE.isoformat(), "reason": "a trial"}}))
    found = look(NINE)
    assert reason(found) is Reason.PAUSED
    assert found.trouble is not None
    assert found.trouble.facts == {"since": "2026-11-23T09:00+08:00", "cities": "*"}
