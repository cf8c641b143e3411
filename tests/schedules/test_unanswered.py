"""The list of a working day: calls of earlier days that are still to be made, and units that nobody could reach."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from schedules.basis import basis_of
from schedules.unanswered import plan_unanswered
from store.database import Database
from store.lifts import BEGINNING, City, Regime
from store.notices import Notice, NoticeStatus
from store.parties import AreaRole, Jurisdiction, Party
from store.tasks import Task, TaskKind, TaskStatus

MONDAY = date(2026, 11, 23)
FRIDAY, SATURDAY, TUESDAY = MONDAY - timedelta(days=3), MONDAY - timedelta(days=2), MONDAY + timedelta(days=1)
DESK, OTHER_DESK, UNIT = 900, 901, 1


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(16), tzinfo=UTC) - timedelta(days=1)


class Office:
    """Two inspection departments and a unit; tasks are put on their lists."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            session.add(City(id="guangzhou", name="广州市"))
            session.flush()
            session.add(Regime(city_id="guangzhou", from_on=BEGINNING, rulebook="guangzhou"))
            for party_id, name in ((DESK, "检验一部"), (OTHER_DESK, "检验二部"), (UNIT, "云荔物业")):
                session.add(Party(id=party_id, city_id="guangzhou", ref=f"p-{party_id}", name=name))
            session.flush()
            for party_id, code in ((DESK, "*"), (OTHER_DESK, "440106")):
                session.add(
                    Jurisdiction(
                        city_id="guangzhou",
                        district_code=code,
                        role=AreaRole.INSPECTION_DEPARTMENT,
                        party_id=party_id,
                        from_on=date(2020, 1, 1),
                    )
                )

    def task(self, opened_on: date, kind: TaskKind = TaskKind.CALL, **values: Any) -> int:
        with self.database.write() as session:
            number = len(session.exec(select(Task.id)).all()) + 1
            detail = {"unit": f"单位{number}", "lifts": ["a", "b"]} | values.pop("detail", {})
            known: dict[str, Any] = {"owner_party_id": DESK, "party_id": UNIT, "city_id": "guangzhou", **values}
            task = Task(kind=kind, key=f"t:{number}", opened_on=opened_on, detail=detail, **known)
            session.add(task)
            session.flush()
            return task.id

    def in_vain(self, status: NoticeStatus = NoticeStatus.FAILED, party_id: int = UNIT) -> None:
        """A notice that reached nobody."""
        about = {"duty": "periodic_inspection", "rule": "gz.inspection", "step": "sms", "template": "gz.sms"}
        to = {"city_id": "guangzhou", "party_id": party_id, "audience": "unit_contact", "channel_class": "sms"}
        with self.database.write() as session:
            session.add(Notice(planned_on=FRIDAY, send_on=FRIDAY, status=status, **about, **to))

    def plan(self, day: date) -> int:
        with self.database.write() as session:
            return plan_unanswered(session, "guangzhou", today=day, now=midnight(day))

    def change(self, task_id: int, **values: Any) -> None:
        with self.database.write() as session:
            task = session.get_one(Task, task_id)
            for name, value in values.items():
                setattr(task, name, value)

    def send(self, status: NoticeStatus = NoticeStatus.SENT) -> None:
        """What is planned goes out."""
        with self.database.write() as session:
            for notice in planned(session):
                notice.status = status

    def notices(self) -> list[Notice]:
        with self.database.read() as session:
            lists = select(Notice).where(Notice.step == "unanswered")
            return list(session.exec(lists.order_by(col(Notice.id))))


def planned(session: Session) -> list[Notice]:
    return list(session.exec(select(Notice).where(Notice.status == NoticeStatus.PLANNED)))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_what_earlier_days_left_is_one_message_to_the_department_that_owns_it(office: Office) -> None:
    office.in_vain()
    office.task(FRIDAY)
    office.task(FRIDAY - timedelta(days=1), TaskKind.DELIVERY_FAILED)
    office.task(SATURDAY, TaskKind.NO_CONTACT)
    office.task(FRIDAY, owner_party_id=OTHER_DESK)
    assert office.plan(MONDAY) == 2
    first, second = office.notices()
    assert (first.party_id, second.party_id) == (DESK, OTHER_DESK)
    assert (first.audience, first.channel_class, first.template) == (
        "inspection_department", "chat", "desk.unanswered"
    )  # fmt: skip
    left = (first.facts or {})["left"]
    assert (left["calls"], left["unreached"], left["oldest"]) == (1, 2, "2026-11-19")
    assert [(line["unit"], line["to_call"]) for line in left["lines"]] == [
        ("单位2", False), ("单位1", True), ("单位3", False)
    ]  # fmt: skip


def test_planning_twice_changes_nothing_and_where_nothing_is_left_nothing_is_said(office: Office) -> None:
    assert office.plan(MONDAY) == 0
    office.task(FRIDAY)
    assert [office.plan(MONDAY), office.plan(MONDAY)] == [1, 0]
    office.send()
    office.task(FRIDAY)
    assert office.plan(MONDAY) == 0  # once a day


def test_on_closed_days_nobody_is_told(office: Office) -> None:
    office.task(FRIDAY)
    assert office.plan(SATURDAY) == 0


@pytest.mark.parametrize(
    "task",
    [
        {"opened_on": MONDAY},
        {"opened_on": FRIDAY, "status": TaskStatus.DONE, "closed_on": FRIDAY},
        {"opened_on": FRIDAY, "detail": {"again_at": midnight(TUESDAY + timedelta(days=1)).isoformat()}},
        {"opened_on": FRIDAY, "kind": TaskKind.BAD_PHONE},
        {"opened_on": FRIDAY, "kind": TaskKind.NO_CONTACT, "party_id": DESK},
        {"opened_on": FRIDAY, "owner_party_id": None},
    ],
)
def test_these_are_not_waited_for(office: Office, task: dict[str, Any]) -> None:
    office.in_vain(NoticeStatus.NO_CONTACT, DESK)
    office.task(**task)
    assert office.plan(MONDAY) == 0


@pytest.mark.parametrize(("status", "lists"), [("failed", 1), ("no_contact", 1), ("cancelled", 0), ("delivered", 0)])
def test_a_unit_counts_as_not_reached_while_something_waits_for_it(office: Office, status: str, lists: int) -> None:
    office.in_vain(NoticeStatus(status))
    office.task(FRIDAY, TaskKind.DELIVERY_FAILED)
    assert office.plan(MONDAY) == lists


def test_a_call_whose_next_try_is_today_is_waited_for(office: Office) -> None:
    office.task(FRIDAY, detail={"again_at": datetime(2026, 11, 23, 1, tzinfo=UTC).isoformat()})
    assert office.plan(MONDAY) == 1


def test_the_same_list_is_told_again_after_five_working_days_and_another_one_at_once(office: Office) -> None:
    task = office.task(FRIDAY)
    days = [MONDAY + timedelta(days=offset) for offset in range(8)]
    told = []
    for day in days:
        told += [day] * office.plan(day)
        office.send()
    assert told == [MONDAY, MONDAY + timedelta(days=7)]
    office.task(MONDAY)
    assert office.plan(days[-1] + timedelta(days=1)) == 1
    office.send()
    office.change(task, status=TaskStatus.DONE, closed_on=MONDAY, outcome="told")
    assert office.plan(days[-1] + timedelta(days=2)) == 1


def test_a_list_that_could_not_leave_gives_way_to_that_of_the_next_day(office: Office) -> None:
    office.task(FRIDAY)
    office.plan(MONDAY)
    office.send(NoticeStatus.NO_CONTACT)
    office.task(MONDAY)
    assert office.plan(TUESDAY) == 1
    assert [notice.status for notice in office.notices()] == ["cancelled", "planned"]


def test_the_clause_is_that_of_the_oldest_calls_rule(office: Office) -> None:
    office.task(FRIDAY)
    office.plan(MONDAY)
    office.send()
    with office.database.write() as session:
        notice = session.exec(select(Notice)).one()
        notice.rule = "gz.inspection"
        about = notice.id
    office.task(FRIDAY - timedelta(days=1), notice_id=about)
    office.plan(TUESDAY)
    last = office.notices()[-1]
    assert last.rule == "gz.inspection"
    assert (last.facts or {})["left"]["document"] == "guangzhou"


def test_a_basis_is_known_for_every_rule_and_for_none_that_is_gone() -> None:
    assert basis_of("gz.inspection")["document"] == "guangzhou"
    assert basis_of("gone") == {}
