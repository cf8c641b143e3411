"""The evidence of a month holds what offices were told of their papers, lifts or none."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from actions.evidence.month import Part, load_month
from actions.reports import file_report
from actions.running.cities import ensure_city
from store.database import Database
from store.parties import Jurisdiction
from tixing.evidence.month_paper import month_data
from tixing.evidence.month_tables import month_tables
from tixing.evidence.words import Say
from tixing.process import plan_pass

DINGHAI = "330902"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@pytest.fixture
def december(database: Database) -> Database:
    """Zhoushan's offices in December 2022: all are reminded, that of Dinghai files its summary in time."""
    with database.write() as session:
        ensure_city(session, "zhoushan", date(2022, 11, 1))
    for day in (1, 12, 16):
        plan_pass(database, now=noon(date(2022, 12, day)), process="test")
        if day == 12:
            with database.write() as session:
                query = select(Jurisdiction.party_id).where(Jurisdiction.district_code == DINGHAI)
                office = session.exec(query.where(Jurisdiction.role == "district_regulator")).one()
                file_report(
                    session, rule="zs.summary", due=date(2022, 12, 15), by=office, on=date(2022, 12, 12),
                    now=noon(date(2022, 12, 12)), today=date(2022, 12, 12), key="k",
                )  # fmt: skip
    return database


def rows(database: Database, district: str | None = None) -> list[list[str]]:
    with database.read() as session:
        found = load_month(session, Part("zhoushan", date(2022, 12, 1), district), today=date(2022, 12, 31))
        say = Say("zh")
        header, lines = month_tables(found, {}, say)[say.words["sheet"]["offices"]]
        return [list(header), *(list(line) for line in lines)]


def test_each_reminder_of_an_office_stands_with_paper_clause_and_outcome(december: Database) -> None:
    header, *lines = rows(december, DINGHAI)
    at = {name: header.index(name) for name in ("文件", "告知日期", "报送日期", "依据")}
    summary = [[line[at[name]] for name in at] for line in lines if line[at["文件"]] == "试点工作总结"]
    assert ["试点工作总结", "2022-12-01", "2022-12-12", "四(四)"] in summary
    assert {line[0] for line in lines} == {"定海区市场监督管理局"}
    assert any("超期" in cell for line in lines for cell in line), "the quarter's paper was not filed"


def test_the_whole_city_has_those_of_every_district(december: Database) -> None:
    assert len({line[0] for line in rows(december)[1:]}) == 4


def test_the_paper_of_the_month_has_them_too(december: Database) -> None:
    with december.read() as session:
        found = load_month(session, Part("zhoushan", date(2022, 12, 1), DINGHAI), today=date(2022, 12, 31))
    said = month_data(found, Say("zh"))["offices"]
    filed = {(row["office"], row["paper"], row["filed"]) for row in said}
    assert ("定海区市场监督管理局", "试点工作总结", "2022-12-12") in filed
    assert {row["filed"] for row in said} == {"2022-12-12", "未登记"}
