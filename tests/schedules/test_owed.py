"""What was owed when other rules began stays owed, until an inspection is passed."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from actions.lifts.facts import record_fact
from actions.people.parties import add_contact, find_or_add_party
from actions.running.cities import ensure_city
from actions.visits.inspections import record_inspection
from schedules.duties import rebuild
from schedules.handover import tell_missed
from schedules.happenings import DatedFact, SupervisoryInspectionPassed
from schedules.planner import plan_day
from store.database import Database
from store.duties import Duty, Told
from store.lifts import Lift, LiftRole, Responsibility
from store.notices import Notice
from store.parties import ContactRole

KINDS = ("periodic_inspection", "legacy_inspection", "self_test")
EVE, DAY = date(2024, 4, 1), date(2024, 4, 2)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


class Island:
    """A register of Zhoushan with one unit, which passes to the national rule on `DAY`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            ensure_city(session, "zhoushan", date(2024, 1, 10))
            self.unit = find_or_add_party(session, city_id="zhoushan", name="示例物业", kind="u")
            role = ContactRole.UNIT_CONTACT
            add_contact(session, party_id=self.unit, role=role, phone="+8614000000001", as_of=date(2024, 1, 10))

    def lift(self, key: str, passed: date, valid_until: date, since: date) -> int:
        with self.database.write() as session:
            stated = {"valid_until": valid_until, "valid_precision": "day", "cycle": valid_until, "known_from": since}
            place = {"district": "定海区", "district_code": "330902"}
            lift = Lift(city_id="zhoushan", key=key, installed_pass_on=passed, **stated, **place)
            session.add(lift)
            session.flush()
            answer = {"lift_id": lift.id, "party_id": self.unit, "role": LiftRole.USE_UNIT, "from_on": since}
            session.add(Responsibility(**answer))
            session.flush()
            rebuild(session, city_id="zhoushan", today=since, now=noon(since), lift_ids=[lift.id])
            return lift.id

    def plan(self, *days: date) -> None:
        for today in days:
            with self.database.write() as session:
                plan_day(session, today=today, now=noon(today))
                delivered = "SELECT id FROM notice WHERE status = 'planned' AND audience <> 'district_regulator'"
                session.execute(text(f"UPDATE told SET state = 'told' WHERE notice_id IN ({delivered})"))
                session.execute(text(f"UPDATE notice SET status = 'sent' WHERE id IN ({delivered})"))
                session.execute(text("UPDATE notice SET status = 'no_contact' WHERE status = 'planned'"))

    def rebuild(self, today: date) -> None:
        with self.database.write() as session:
            rebuild(session, city_id="zhoushan", today=today, now=noon(today))

    def overdue(self, lift_id: int, today: date) -> list[tuple[str, date | None]]:
        with self.database.read() as session:
            query = select(Duty).where(Duty.lift_id == lift_id, col(Duty.due) < today, col(Duty.kind).in_(KINDS))
            query = query.where(col(Duty.withdrawn_at).is_(None), col(Duty.closed_on).is_(None))
            return [(duty.rule, duty.due) for duty in session.exec(query.order_by(col(Duty.rule)))]

    def said(self, session: Session, today: date) -> list[tuple[str, str]]:
        query = select(Notice).where(Notice.planned_on == today).order_by(col(Notice.id))
        return [(notice.step, notice.status) for notice in session.exec(query)]


@pytest.fixture
def island(database: Database) -> Island:
    return Island(database)


LEGACY = [("zs.legacy", date(2024, 1, 31)), ("zs.test", date(2024, 1, 31))]
INSPECTION = [("zs.inspection", date(2024, 3, 31))]


@pytest.mark.parametrize(
    ("passed", "valid_until", "since", "owed"),
    [
        (date(2020, 1, 15), date(2026, 1, 31), date(2024, 1, 10), LEGACY),
        (date(2016, 3, 20), date(2023, 3, 20), date(2024, 3, 10), INSPECTION),
    ],
    ids=["by the exit from the pilot", "by the pilot's own year"],
)
@pytest.mark.parametrize("eve", [True, False], ids=["planned on the eve", "no plan between"])
def test_an_inspection_that_was_owed_stays_owed_under_the_next_rules(
    island: Island, passed: date, valid_until: date, since: date, owed: list[tuple[str, date]], *, eve: bool
) -> None:
    lift = island.lift("L1", passed, valid_until, since)
    island.plan(since, date(2024, 3, 12), *([EVE] if eve else []), DAY)
    assert island.overdue(lift, DAY) == owed
    island.rebuild(date(2024, 4, 9))
    assert island.overdue(lift, DAY) == owed
    with island.database.read() as session:
        handed = session.exec(select(Notice.id).where(Notice.step == "handover")).one()
        about = session.exec(select(Duty.due).join(Told).where(Told.notice_id == handed)).all()
    assert about == [owed[0][1]]


def test_it_is_owed_until_an_inspection_is_passed_or_a_supervisory_one_follows(island: Island) -> None:
    lifts = [island.lift(key, date(2020, 1, 15), date(2026, 1, 31), date(2024, 1, 10)) for key in ("L1", "L2", "L3")]
    island.plan(date(2024, 1, 10), EVE, DAY)
    today = date(2024, 5, 20)
    common = {"by": island.unit, "now": noon(today), "today": today}
    with island.database.write() as session:
        record_inspection(session, lift_ids=lifts[:1], on=today, conclusion="pass", key="pass", **common)
        repaired = SupervisoryInspectionPassed(kind="major_repair", passed_on=today)
        record_fact(session, lift_ids=lifts[1:2], fact=repaired, key="repair", **common)
        record_fact(session, lift_ids=lifts[2:], fact=DatedFact(kind="test_done", on=today), key="test", **common)
    assert [island.overdue(lift, DAY) for lift in lifts] == [[], [], LEGACY]


def test_nothing_that_was_told_is_told_again_and_what_the_district_waits_for_stays(island: Island) -> None:
    island.lift("L1", date(2015, 10, 20), date(2023, 10, 20), date(2024, 3, 10))
    island.plan(date(2024, 3, 10), DAY, date(2024, 4, 20))
    with island.database.read() as session:
        assert sorted(island.said(session, date(2024, 3, 10))) == [("overdue", "no_contact"), ("overdue", "sent")]
        assert island.said(session, DAY) == [("handover", "sent")]
        assert island.said(session, date(2024, 4, 20)) == []
        waits = select(Told.state).join(Notice, col(Notice.id) == Told.notice_id).where(Notice.status == "no_contact")
        assert session.exec(waits).all() == ["reserved"]


def test_the_hand_over_tells_of_what_is_overdue_however_long_it_is(island: Island) -> None:
    lift = island.lift("L1", date(2015, 2, 10), date(2023, 2, 28), date(2024, 3, 1))
    island.plan(date(2024, 3, 1), DAY)
    assert island.overdue(lift, DAY) == [("zs.inspection", date(2023, 2, 28))]
    with island.database.read() as session:
        about = session.exec(select(Told.due).join(Notice).where(Notice.step == "handover")).all()
    assert about == [date(2023, 2, 28)]


def test_who_answers_for_a_lift_hears_of_the_hand_over_where_only_another_was_told(island: Island) -> None:
    lift = island.lift("L1", date(2017, 5, 15), date(2024, 5, 31), date(2024, 3, 4))
    island.plan(date(2024, 3, 4), DAY)
    today = date(2024, 4, 10)
    with island.database.write() as session:
        right = find_or_add_party(session, city_id="zhoushan", name="另一物业", kind="u")
        session.exec(select(Responsibility)).one().party_id = right
        assert tell_missed(session, "zhoushan", [lift], today=today, rules_on=today) == 1
        assert tell_missed(session, "zhoushan", [lift], today=today, rules_on=today) == 0
    island.plan(today)
    with island.database.read() as session:
        notices = session.exec(select(Notice).where(Notice.party_id == right)).all()
        assert [(notice.step, notice.planned_on) for notice in notices] == [("handover", today)]
        about = select(Duty.rule, Duty.due).join(Told).where(Told.notice_id == notices[0].id)
        assert session.exec(about).all() == [("nat.inspection", date(2024, 5, 31))]


def test_a_test_whose_window_is_open_when_the_rules_end_may_be_done_until_its_end(island: Island) -> None:
    """By the national rule 2024 would be the year of an inspection, due in March."""
    late, tested = (island.lift(key, date(2020, 3, 10), date(2024, 3, 31), date(2024, 1, 10)) for key in ("L1", "L2"))
    island.plan(date(2024, 1, 10), EVE, DAY)
    assert island.overdue(late, DAY) == island.overdue(late, date(2024, 5, 31)) == []
    today = date(2024, 5, 20)
    common = {"by": island.unit, "now": noon(today), "today": today}
    with island.database.write() as session:
        record_fact(session, lift_ids=[tested], fact=DatedFact(kind="test_done", on=today), key="test", **common)
    island.plan(today, date(2024, 6, 1))
    assert island.overdue(late, date(2024, 6, 1)) == [("nat.test", date(2024, 5, 31))]
    assert island.overdue(tested, date(2024, 6, 1)) == []
    with island.database.read() as session:
        assert island.said(session, DAY) == [("handover", "sent")]
        assert island.said(session, date(2024, 6, 1)) == [("overdue", "sent")]
        handed = session.exec(select(Notice.id).where(Notice.step == "handover")).one()
        about = session.exec(select(Duty.rule, Told.due).join(Told).where(Told.notice_id == handed)).all()
    assert set(about) == {("nat.test", date(2024, 5, 31))}


def test_an_inspection_stands_for_a_test_whose_window_is_open(island: Island) -> None:
    lift = island.lift("L1", date(2020, 3, 10), date(2024, 3, 31), date(2024, 1, 10))
    island.plan(date(2024, 1, 10), EVE, DAY)
    today = date(2024, 4, 10)
    common = {"by": island.unit, "now": noon(today), "today": today}
    with island.database.write() as session:
        record_inspection(session, lift_ids=[lift], on=today, conclusion="pass", key="pass", **common)
    assert island.overdue(lift, date(2024, 6, 1)) == []
