"""What offices owe by fixed days: derived for each office, reminded of 14 and 3 days before, closed by filing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from actions.reports import Filed, file_report
from actions.running.cities import add_area_party, ensure_city, set_regime
from schedules.offices.duties import OfficeRebuild, rebuild_offices
from schedules.planner import PlanSummary, plan_day
from store.database import Database
from store.duties import Duty, Told
from store.lifts import Lift
from store.notices import Notice, NoticeStatus
from store.parties import AreaRole, Jurisdiction

DINGHAI, DAISHAN = "330902", "330921"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


@dataclass
class Offices:
    """A register without lifts, and its offices."""

    database: Database
    city: str

    def found(self, on: date) -> "Offices":
        with self.database.write() as session:
            ensure_city(session, self.city, on)
        return self

    def at(self, district: str, role: AreaRole = AreaRole.DISTRICT_REGULATOR) -> int:
        query = select(Jurisdiction.party_id).where(Jurisdiction.district_code == district, Jurisdiction.role == role)
        with self.database.read() as session:
            return session.exec(query.where(col(Jurisdiction.to_on).is_(None))).one()

    def rebuild(self, today: date) -> OfficeRebuild:
        with self.database.write() as session:
            return rebuild_offices(session, city_id=self.city, today=today, now=noon(today))

    def plan(self, today: date) -> PlanSummary:
        with self.database.write() as session:
            return plan_day(session, today=today, now=noon(today), city_id=self.city)

    def file(self, party: int, rule: str, due: date, on: date, key: str = "k") -> Filed:
        with self.database.write() as session:
            return file_report(session, rule=rule, due=due, by=party, on=on, now=noon(on), today=on, key=key)

    def duties(self, party: int) -> list[Duty]:
        query = select(Duty).where(Duty.party_id == party, col(Duty.withdrawn_at).is_(None))
        with self.database.read() as session:
            return list(session.exec(query.order_by(col(Duty.due), col(Duty.rule))))

    def owed(self, party: int) -> list[tuple[str, str]]:
        return [(duty.rule, str(duty.due)) for duty in self.duties(party)]

    def notices(self, party: int) -> list[Notice]:
        with self.database.read() as session:
            return list(session.exec(select(Notice).where(Notice.party_id == party).order_by(col(Notice.id))))

    def said(self, party: int) -> list[tuple[str, str, str, bool]]:
        return [(str(notice.planned_on), notice.rule, notice.step, notice.late) for notice in self.notices(party)]

    def live(self, first: date, last: date) -> None:
        for offset in range((last - first).days + 1):
            self.plan(first + timedelta(days=offset))


@pytest.fixture
def zhoushan(database: Database) -> Offices:
    return Offices(database, "zhoushan").found(date(2022, 9, 1))


def test_each_district_owes_its_reports_from_the_day_on_which_it_is_responsible(zhoushan: Offices):
    zhoushan.rebuild(date(2022, 9, 1))
    expected = [
        ("zs.quarter", "2022-09-15"),
        ("zs.quarter", "2022-12-15"),
        ("zs.summary", "2022-12-15"),
        ("zs.half_year", "2022-12-31"),
    ]
    assert zhoushan.owed(zhoushan.at(DINGHAI)) == expected
    assert zhoushan.owed(zhoushan.at(DAISHAN)) == expected
    assert zhoushan.owed(zhoushan.at("*", AreaRole.CITY_REGULATOR)) == []


def test_it_is_reminded_on_the_last_working_day_14_and_3_days_before_and_once_after(zhoushan: Offices):
    zhoushan.live(date(2022, 9, 1), date(2023, 1, 10))
    assert zhoushan.said(zhoushan.at(DINGHAI)) == [
        ("2022-09-01", "zs.quarter", "d14", False),
        ("2022-09-09", "zs.quarter", "d3", False),  # the 12th is Mid-Autumn Festival, a Monday
        ("2022-09-16", "zs.quarter", "overdue", False),
        ("2022-12-01", "zs.quarter", "d14", False),
        ("2022-12-01", "zs.summary", "d14", False),
        ("2022-12-12", "zs.quarter", "d3", False),
        ("2022-12-12", "zs.summary", "d3", False),
        ("2022-12-16", "zs.quarter", "overdue", False),
        ("2022-12-16", "zs.summary", "overdue", False),
        ("2022-12-16", "zs.half_year", "d14", False),  # the 17th is a Saturday
        ("2022-12-28", "zs.half_year", "d3", False),
        ("2023-01-03", "zs.half_year", "overdue", False),  # after the holiday
    ]


def test_a_notice_says_what_is_due_when_to_whom_and_by_which_clause(zhoushan: Offices):
    zhoushan.plan(date(2022, 12, 1))
    (notice,) = [notice for notice in zhoushan.notices(zhoushan.at(DINGHAI)) if notice.rule == "zs.summary"]
    assert notice.facts == {
        "paper": {"zh": "试点工作总结", "en": "the summary of the pilot"},
        "due": "2022-12-15",
        "to": "舟山市市场监督管理局",
        "document": "zhoushan",
        "clause": "四(四)",
    }
    assert (notice.duty, notice.audience, notice.channel_class) == ("report", "district_regulator", "chat")


def test_planning_and_deriving_twice_changes_nothing(zhoushan: Offices):
    assert zhoushan.plan(date(2022, 12, 1)).notices == 12  # two papers and one that is overdue, four districts
    assert zhoushan.plan(date(2022, 12, 1)) == PlanSummary()
    assert zhoushan.rebuild(date(2022, 12, 1)) == OfficeRebuild()


def test_filing_ends_the_reminders_and_takes_back_what_was_not_sent(zhoushan: Offices):
    party = zhoushan.at(DINGHAI)
    zhoushan.plan(date(2022, 12, 1))
    assert zhoushan.file(party, "zs.summary", date(2022, 12, 15), date(2022, 12, 1)) == Filed(
        date(2022, 12, 1), late=False
    )
    zhoushan.live(date(2022, 12, 2), date(2022, 12, 31))
    assert [step for _, rule, step, _ in zhoushan.said(party) if rule == "zs.summary"] == ["d14"]
    (notice,) = [notice for notice in zhoushan.notices(party) if notice.rule == "zs.summary"]
    assert (notice.status, notice.reason) == (NoticeStatus.CANCELLED, "no_longer_due")
    other = zhoushan.said(zhoushan.at(DAISHAN))
    assert [step for _, rule, step, _ in other if rule == "zs.summary"] == ["d14", "d3", "overdue"]


def test_a_register_that_comes_after_the_first_day_is_told_late_and_once(database: Database):
    offices = Offices(database, "zhoushan").found(date(2022, 12, 5))
    party = offices.at(DINGHAI)
    offices.live(date(2022, 12, 5), date(2022, 12, 15))
    assert [row for row in offices.said(party) if row[1] == "zs.summary"] == [
        ("2022-12-05", "zs.summary", "d14", True),
        ("2022-12-12", "zs.summary", "d3", False),
    ]


def test_two_missed_days_are_one_reminder(database: Database):
    offices = Offices(database, "zhoushan").found(date(2022, 11, 1))
    party = offices.at(DINGHAI)
    offices.plan(date(2022, 12, 13))
    assert [row for row in offices.said(party) if row[1] == "zs.summary"] == [("2022-12-13", "zs.summary", "d3", True)]
    with database.read() as session:
        states = session.exec(select(Told.step, Told.state).where(Told.party_id == party).order_by(Told.step)).all()
    assert {("d14", "superseded"), ("d3", "reserved")} <= set(states)


def test_what_waited_since_the_first_reminder_gives_way_to_the_second(zhoushan: Offices):
    party = zhoushan.at(DINGHAI)
    zhoushan.live(date(2022, 12, 1), date(2022, 12, 12))
    first, second = [notice for notice in zhoushan.notices(party) if notice.rule == "zs.summary"]
    assert (first.status, first.reason) == (NoticeStatus.CANCELLED, "overtaken")
    assert second.status == NoticeStatus.PLANNED


def test_once_the_day_has_passed_nobody_is_reminded_but_told_once_that_it_has(database: Database):
    offices = Offices(database, "zhoushan").found(date(2022, 11, 1))
    assert offices.plan(date(2023, 1, 5)).notices == 12
    assert offices.plan(date(2023, 1, 6)).notices == 0
    party = offices.at(DINGHAI)
    assert {(step, late) for _, _, step, late in offices.said(party)} == {("overdue", True)}
    duties = offices.duties(party)
    assert [duty.closed_on for duty in duties] == [None, None, None]
    assert [duty.next_on for duty in duties] == [None, None, None]


def test_of_a_paper_overdue_for_over_a_year_nothing_is_said(database: Database):
    offices = Offices(database, "zhoushan").found(date(2022, 11, 1))
    assert offices.plan(date(2024, 2, 1)).notices == 0
    assert [duty.next_on for duty in offices.duties(offices.at(DINGHAI))] == [None, None, None]


def test_what_is_filed_late_ends_what_says_that_it_is_overdue(zhoushan: Offices):
    party = zhoushan.at(DINGHAI)
    zhoushan.plan(date(2022, 9, 16))
    assert zhoushan.file(party, "zs.quarter", date(2022, 9, 15), date(2022, 9, 16)).late
    (notice,) = zhoushan.notices(party)
    assert (notice.step, notice.template, notice.status) == ("overdue", "office.overdue", NoticeStatus.CANCELLED)


def test_a_document_whose_days_are_over_asks_nothing(database: Database):
    offices = Offices(database, "zhoushan").found(date(2026, 1, 5))
    offices.live(date(2026, 1, 5), date(2026, 1, 20))
    assert offices.owed(offices.at(DINGHAI)) == []


def test_an_office_that_takes_over_owes_what_is_due_from_then_on(zhoushan: Offices):
    former = zhoushan.at(DINGHAI)
    zhoushan.plan(date(2022, 9, 1))
    with zhoushan.database.write() as session:
        add_area_party(
            session,
            city_id="zhoushan",
            role=AreaRole.DISTRICT_REGULATOR,
            name="示例新局",
            district_codes=[DINGHAI],
            as_of=date(2022, 10, 1),
        )
    zhoushan.plan(date(2022, 10, 1))
    assert zhoushan.owed(former) == []
    assert [due for _, due in zhoushan.owed(zhoushan.at(DINGHAI))] == ["2022-12-15", "2022-12-15", "2022-12-31"]
    assert {notice.status for notice in zhoushan.notices(former)} == {NoticeStatus.CANCELLED}


def test_reports_that_are_over_when_other_rules_begin_are_withdrawn(zhoushan: Offices):
    zhoushan.rebuild(date(2022, 9, 1))
    with zhoushan.database.write() as session:
        set_regime(session, "zhoushan", rulebook="national", from_on=date(2022, 10, 1))
    zhoushan.plan(date(2022, 10, 1))
    assert zhoushan.owed(zhoushan.at(DINGHAI)) == []


def test_guangzhou_asks_no_office_for_a_paper_by_a_day(database: Database):
    offices = Offices(database, "guangzhou").found(date(2021, 1, 4))
    assert offices.rebuild(date(2021, 1, 4)) == OfficeRebuild()


def test_in_chongqing_only_districts_with_lifts_of_the_pilot_report(database: Database):
    offices = Offices(database, "chongqing").found(date(2020, 9, 1))
    with database.write() as session:
        for key, district, on_demand in (("a", "500103", True), ("b", "500105", False)):
            lift = Lift(city_id="chongqing", key=key, district_code=district, maintenance={"on_demand": on_demand})
            session.add(lift)
    offices.rebuild(date(2020, 9, 1))
    assert offices.owed(offices.at("500103")) == [
        ("cq.summary", "2020-12-20"),
        ("cq.assessment.district", "2020-12-31"),
        ("cq.summary", "2021-12-20"),
        ("cq.assessment.district", "2021-12-31"),
    ]
    assert offices.owed(offices.at("500105")) == []
    assert [due for _, due in offices.owed(offices.at("*", AreaRole.CITY_REGULATOR))] == ["2020-12-31", "2021-12-31"]


def test_the_next_year_brings_the_papers_of_the_year_after(database: Database):
    offices = Offices(database, "chongqing").found(date(2020, 9, 1))
    offices.plan(date(2020, 9, 1))
    offices.plan(date(2021, 1, 1))
    assert [due for _, due in offices.owed(offices.at("*", AreaRole.CITY_REGULATOR))][-1] == "2022-12-31"
