"""Several do something at the same moment on PostgreSQL: one after the other where it matters, and never in a knot."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from actions.register import undo_import
from actions.running.brakes import release_plan
from actions.running.cities import set_regime
from actions.visits.inspections import Done, book
from schedules.planner import PlanSummary
from store.database import Database
from store.duties import Duty, Told
from store.events import Event, EventKind
from store.lifts import LiftRole, Responsibility
from store.locks import hold_city
from store.notices import Notice
from tixing.process import plan_pass

pytestmark = pytest.mark.postgres
FIRST = date(2026, 1, 5)
SMS_DAY = date(2026, 2, 2)  # first working day of the month three months before May
NOW = datetime(2026, 2, 2, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 12, 1, tzinfo=UTC)
MAY, CITY = "2026-05", "guangzhou"
PATIENCE = 60  # seconds that a loaded machine may take
LIFTS, AT_ONCE = 24, 4
WAITING = text(
    """SELECT a.pid, EXISTS (SELECT 1 FROM pg_locks held WHERE held.pid = a.pid AND held.mode = 'RowExclusiveLock')
    FROM pg_locks w JOIN pg_stat_activity a ON a.pid = w.pid
    WHERE a.datname = current_database() AND w.locktype = 'advisory' AND NOT w.granted"""
)


@pytest.fixture
def town(office: Any) -> Any:
    """Lifts of eight units whose SMS is due on 2 February."""
    rows = [office.row(one, MAY, unit=f"广州示例{one % 8}号物业服务有限公司") for one in range(1, LIFTS + 1)]
    office.take(rows, FIRST)
    office.plan(FIRST)
    return office


@contextmanager
def city_held(database: Database) -> Iterator[Callable[[int], list[bool]]]:
    """Somebody changes the whole register; gives a function that waits until so many others wait for it.

    It says of each whether it has changed anything before it came to wait.
    """
    with database.write() as holding:
        hold_city(holding, CITY)

        def until(number: int) -> list[bool]:
            deadline = time.monotonic() + PATIENCE
            while True:
                with database.read() as session:
                    found = session.execute(WAITING).all()
                if len(found) == number:
                    return [bool(row[1]) for row in found]
                assert time.monotonic() < deadline, found
                time.sleep(0.02)

        yield until


def at_once(database: Database, *deeds: Callable[[], Any]) -> list[Any]:
    """What the deeds give, all of them begun while another holds the city, and let go together."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        with city_held(database) as wait_until:
            futures: list[Future[Any]] = [pool.submit(deed) for deed in deeds]
            wait_until(len(deeds))
        return [future.result(PATIENCE) for future in futures]


def plan(database: Database, now: datetime = NOW) -> PlanSummary:
    return plan_pass(database, now=now, process="test")


def test_several_planners_at_once_write_the_rows_of_one_plan(town: Any) -> None:
    plans = at_once(town.database, *[lambda: plan(town.database)] * AT_ONCE)
    assert sorted(one.notices for one in plans) == [0] * (AT_ONCE - 1) + [8]
    told = town.ask(lambda session: session.exec(select(Told.duty_id, Told.step, Told.party_id)).all())
    assert len(told) == len(set(told)) == LIFTS
    assert len(town.notices()) == 8


def book_lift(database: Database, lift: Any, unit: int, key: str, visit_on: date) -> Done:
    with database.write() as session:
        deed = {"by": unit, "now": NOW, "today": SMS_DAY, "key": key}
        return book(session, lift_ids=[lift.id], visit_on=visit_on, **deed)


def booked(town: Any) -> tuple[list[str], list[date | None]]:
    """The visits of the bookings in the order in which they came, and the visits that duties are booked for."""
    query = select(Event.payload).where(Event.kind == EventKind.BOOKED).order_by(col(Event.id))
    events = town.ask(lambda session: session.exec(query).all())
    standing = select(Duty.booked_on).where(col(Duty.booked_on).is_not(None))
    return [payload["visit_on"] for payload in events], town.ask(lambda session: session.exec(standing).all())


def unit_of(town: Any, lift: Any) -> int:
    query = select(Responsibility.party_id).where(
        Responsibility.lift_id == lift.id, Responsibility.role == LiftRole.USE_UNIT
    )
    return town.ask(lambda session: session.exec(query).one())


def test_one_tap_that_arrives_several_times_at_once_books_once_and_the_others_hear_the_same(town: Any) -> None:
    lift = town.lift(1)
    unit, visit = unit_of(town, lift), SMS_DAY + timedelta(days=30)
    answers = at_once(town.database, *[lambda: book_lift(town.database, lift, unit, "tap", visit)] * AT_ONCE)
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * (AT_ONCE - 1)
    assert {answer.lifts for answer in answers} == {1}
    assert booked(town) == ([visit.isoformat()], [visit])


def test_of_two_bookings_of_one_lift_at_once_the_duty_stands_as_the_later_one_says(town: Any) -> None:
    lift = town.lift(1)
    unit = unit_of(town, lift)
    visits = [SMS_DAY + timedelta(days=days) for days in (30, 31, 32, 33)]
    taps = [lambda visit=visit: book_lift(town.database, lift, unit, f"tap {visit}", visit) for visit in visits]
    assert not any(answer.repeated for answer in at_once(town.database, *taps))
    events, (standing,) = booked(town)
    assert sorted(events) == [visit.isoformat() for visit in visits]
    assert standing == date.fromisoformat(events[-1])


def set_national(session: Any) -> None:
    set_regime(session, CITY, rulebook="national", from_on=date(2026, 6, 1))


DEEDS: dict[str, Callable[[Any], object]] = {
    "a plan that asks for next year's holidays": lambda town: plan(town.database, AUTUMN),
    "an import": lambda town: town.take([town.row(1, "2026-08")], SMS_DAY, confirmed=True),
    "an undoing": lambda town: undo_import(town.database, 1, now=NOW, today=SMS_DAY),
    "other rules": lambda town: town.do(set_national),
    "a release": lambda town: town.do(release_plan, city_id=None, now=NOW),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_changes_a_whole_register_waits_for_it_before_changing_anything(town: Any, deed: str) -> None:
    """Whoever holds something while it waits for the city may be waited for by the one who has the city."""
    with ThreadPoolExecutor(1) as pool:
        with city_held(town.database) as wait_until:
            future = pool.submit(DEEDS[deed], town)
            assert wait_until(1) == [False]
        future.result(PATIENCE)


def test_a_plan_an_undoing_and_a_booking_at_once_all_come_to_an_end(town: Any) -> None:
    lift = town.lift(1)
    unit = unit_of(town, lift)
    moved = town.take([town.row(number, "2026-08") for number in range(1, 4)], SMS_DAY, confirmed=True)
    deeds = [
        lambda: plan(town.database),
        lambda: undo_import(town.database, moved.import_id, now=NOW, today=SMS_DAY),
        lambda: book_lift(town.database, lift, unit, "tap", SMS_DAY + timedelta(days=30)),
        lambda: plan(town.database),
    ]
    plans = at_once(town.database, *deeds)
    assert plans[1].restored == 3
    query = select(Notice.id).where(Notice.step == "sms")
    assert town.ask(lambda session: session.exec(query).all())
