"""A register that the clauses contradict: seen on either store, asked about once, and closed when it agrees."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlmodel import Session, col, select

from actions.lifts.explain import explain_lift
from actions.lifts.facts import record_fact
from actions.lifts.years import year_of_lift, year_of_lifts
from actions.people.parties import find_or_add_party
from actions.running.cities import ensure_city
from schedules.dates import ONE_DAY
from schedules.duties import rebuild
from schedules.happenings import SupervisoryInspectionPassed
from schedules.register_doubts import Doubt, ask_about_doubts, doubts_of
from store.database import Database
from store.duties import Duty
from store.lifts import Lift, LiftRole, Responsibility
from store.tasks import Task, TaskKind

TODAY = date(2026, 1, 5)
NOW = datetime.combine(TODAY, time(4), tzinfo=UTC)
CITY = "zhoushan"  # under the national rule since 2024-04-02


@pytest.fixture
def lift(database: Database) -> Callable[[str, date, date], int]:
    """`lift(key, passed, valid_until)`: one that the register has stated since 2025-12-05."""

    def add(key: str, passed: date, valid_until: date) -> int:
        with database.write() as session:
            ensure_city(session, CITY, date(2025, 12, 5))
            lift = Lift(
                city_id=CITY,
                key=key,
                district="定海区",
                district_code="330902",
                installed_pass_on=passed,
                valid_until=valid_until,
                valid_precision="day",
                cycle=valid_until,
                known_from=date(2025, 12, 5),
            )
            session.add(lift)
            session.flush()
            rebuild(session, city_id=CITY, today=TODAY, now=NOW, lift_ids=[lift.id])
            return lift.id

    return add


def tasks(session: Session) -> list[tuple[str, int]]:
    found = session.exec(select(Task).where(Task.kind == TaskKind.VALIDITY_DISAGREES).order_by(col(Task.id))).all()
    return [(task.status, (task.detail or {})["lifts"]) for task in found]


def test_an_inspection_left_out_and_one_in_a_year_of_testing_are_doubted(
    database: Database, lift: Callable[[str, date, date], int]
) -> None:
    lift("A", date(2017, 5, 20), date(2028, 5, 31))
    lift("B", date(2018, 5, 20), date(2026, 5, 31))
    lift("C", date(2017, 5, 20), date(2026, 5, 31))
    lift("D", date(2017, 5, 20), date(2026, 5, 10))
    with database.read() as session:
        assert doubts_of(session, CITY, TODAY).first == [
            Doubt("A", "periodic_inspection", date(2026, 5, 31), date(2028, 5, 31)),
            Doubt("B", "self_test", date(2026, 5, 31), date(2026, 5, 31)),
        ]


def test_a_test_stated_in_a_year_of_inspection_is_doubted_and_not_owed(
    database: Database, lift: Callable[[str, date, date], int]
) -> None:
    lift_id = lift("A", date(2017, 5, 20), date(2026, 5, 31))
    with database.write() as session:
        session.get_one(Lift, lift_id).next_test_on = date(2026, 8, 31)
        rebuild(session, city_id=CITY, today=TODAY, now=NOW, lift_ids=[lift_id])
    with database.read() as session:
        owed = session.exec(select(Duty.kind, Duty.due).where(Duty.kind != "use_mark", Duty.due <= date(2026, 12, 31)))
        assert list(owed) == [("periodic_inspection", date(2026, 5, 31))]
        assert doubts_of(session, CITY, TODAY).first == [
            Doubt("A", "periodic_inspection", date(2026, 5, 31), date(2026, 8, 31))
        ]


def test_it_is_explained_with_the_inspection_that_is_left_out_and_no_other(
    database: Database, lift: Callable[[str, date, date], int]
) -> None:
    left_out, agreed = lift("A", date(2017, 5, 20), date(2028, 5, 31)), lift("C", date(2017, 5, 20), date(2026, 5, 31))
    with database.read() as session:
        shown = [
            {(duty["due"], duty["registered_until"]) for duty in explain_lift(session, lift)["duties"] if duty["due"]}
            for lift in (session.get_one(Lift, left_out), session.get_one(Lift, agreed))
        ]
    assert ("2026-05-31", "2028-05-31") in shown[0]
    assert {until for _, until in shown[1]} == {None}


def test_the_task_is_one_and_closes_when_the_register_agrees(
    database: Database, lift: Callable[[str, date, date], int]
) -> None:
    wrong = lift("A", date(2018, 5, 20), date(2026, 5, 31))
    with database.write() as session:
        ask_about_doubts(session, today=TODAY)
        ask_about_doubts(session, today=TODAY + ONE_DAY)
        assert tasks(session) == [("open", 1)]
        session.get_one(Lift, wrong).installed_pass_on = date(2017, 5, 20)
        session.flush()
        rebuild(session, city_id=CITY, today=TODAY, now=NOW, lift_ids=[wrong])
        ask_about_doubts(session, today=TODAY + ONE_DAY)
        assert tasks(session) == [("open", 1)]  # looked at today already
        ask_about_doubts(session, today=TODAY + 2 * ONE_DAY)
        assert tasks(session) == [("done", 1)]


def test_a_year_whose_inspection_a_repair_replaced_brings_nothing_and_is_known(
    database: Database, lift: Callable[[str, date, date], int]
) -> None:
    lift_id = lift("A", date(2017, 5, 20), date(2026, 5, 31))
    with database.write() as session:
        repaired = SupervisoryInspectionPassed(kind="major_repair", passed_on=date(2026, 1, 4))
        day = date(2025, 12, 5)
        unit = find_or_add_party(session, city_id=CITY, name="示例物业", kind="u")
        session.add(Responsibility(lift_id=lift_id, party_id=unit, role=LiftRole.USE_UNIT, from_on=day))
        session.flush()
        record_fact(session, lift_ids=[lift_id], fact=repaired, by=unit, now=NOW, today=TODAY, key="repair")
    with database.read() as session:
        known = session.get_one(Lift, lift_id)
        kinds = ["unknown", "none", "self_test"]
        assert [year_of_lift(session, known, year).kind for year in (2025, 2026, 2027)] == kinds
        listed = [year_of_lifts(session, CITY, year, today=TODAY) for year in (2025, 2026, 2027)]
        assert [[one.kind for one in lifts] for lifts in listed] == [[kind] for kind in kinds]
