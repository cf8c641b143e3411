"""Why nobody was told of a rung: each reason from a life in which it is the true one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlmodel import select

from actions.evidence.clauses import Clauses
from actions.evidence.untold import Why, load_untold
from actions.register import import_register
from actions.visits.inspections import book, record_inspection
from schedules.duties import rebuild
from schedules.planner import plan_day
from store.database import Database
from store.lifts import Lift, Responsibility

HEADER = "使用登记证编号,设备代码,区,项目名,内部编号,下次检验日期,使用单位名称,使用单位负责人姓名,使用单位负责人手机号"
UNIT = "广州示例云荔物业服务有限公司,陈一鸣,14000000001"
CALL_BY = (date(2026, 3, 1), date(2026, 3, 31))  # the call of 2026-05


def moment(day: date) -> datetime:
    return datetime.combine(day, time(1), tzinfo=UTC)


@pytest.fixture
def register(database: Database, tmp_path: Path) -> Callable[[date], dict[str, int]]:
    """`register(as_of)`: four lifts valid until May 2026; their ids by certificate, and who answers for them."""

    def load(as_of: date) -> dict[str, int]:
        path = tmp_path / "register.csv"
        rows = [f"C{n},3110990012017{n:04},天河区,云荔花园,{n}梯,2026年05月,{UNIT}" for n in range(1, 5)]
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        import_register(
            database,
            path,
            city_id="guangzhou",
            as_of=as_of,
            now=moment(as_of),
            derive=lambda session, import_id: rebuild(
                session, city_id="guangzhou", today=as_of, now=moment(as_of), import_id=import_id
            ),
        )
        with database.read() as session:
            return {lift.certificate: lift.id for lift in session.exec(select(Lift))}

    return load


def unit_of(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(Responsibility.party_id)).first() or 0


def plan(database: Database, *days: date) -> None:
    for day in days:
        with database.write() as session:
            plan_day(session, today=day, now=moment(day))


def reasons(database: Database, today: date) -> dict[str, Why]:
    with database.read() as session:
        found = load_untold(session, Clauses(), *CALL_BY, today)
        return {one.lift.certificate: one.why for one in found if one.step == "call"}


def test_who_booked_or_was_inspected_before_the_call_needed_none(database: Database, register) -> None:
    lifts = register(date(2026, 1, 5))
    plan(database, date(2026, 2, 2))
    by, day = unit_of(database), date(2026, 2, 10)
    deed = {"by": by, "now": moment(day), "today": day}
    with database.write() as session:
        book(session, lift_ids=[lifts["C1"]], visit_on=date(2026, 4, 20), key="b", **deed)
        record_inspection(session, lift_ids=[lifts["C2"]], on=day, conclusion="pass", key="i", **deed)
    plan(database, date(2026, 3, 2))
    assert reasons(database, date(2026, 4, 1)) == {"C1": Why.BOOKED, "C2": Why.DONE_BEFORE}


def test_before_its_last_day_nothing_is_called_untold(database: Database, register) -> None:
    register(date(2026, 1, 5))
    plan(database, date(2026, 2, 2))
    assert reasons(database, date(2026, 3, 1)) == {}


def test_a_call_that_was_never_planned_is_still_due_and_not_explained_away(database: Database, register) -> None:
    register(date(2026, 1, 5))
    plan(database, date(2026, 2, 2))
    assert set(reasons(database, date(2026, 4, 1)).values()) == {Why.STILL_DUE}


def test_a_register_that_came_later_is_the_reason_of_what_was_before_it(database: Database, register) -> None:
    register(date(2026, 4, 10))
    assert set(reasons(database, date(2026, 4, 20)).values()) == {Why.REGISTERED_LATER}
    plan(database, date(2026, 4, 10))
    assert set(reasons(database, date(2026, 4, 20)).values()) <= {Why.REGISTERED_LATER, Why.SUPERSEDED}
