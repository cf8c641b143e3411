"""The regulator's list of a year, seen by the department's officer and by the regulator."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from phones.world import CITY, NOW, TODAY, add_many_lifts
from sqlalchemy import delete
from sqlmodel import select

from actions.campaign.daily import REVIEWED_ON, review_campaigns
from actions.campaign.departments import name_officer
from actions.campaign.lists import take_list
from store.database import Database, table_of
from store.lifts import Lift
from store.notices import CAMPAIGN, Notice
from store.parties import Party
from store.settings import Setting
from tixing.process import plan_pass

pytestmark = pytest.mark.one_store


@pytest.fixture
def listed(database: Database, world: Any, tmp_path: Path) -> None:
    """All lifts of the city and twenty more are on the list of 2027."""
    with database.write() as session:
        add_many_lifts(session, world, 20)
        rows = [f"{lift.equipment_code},{lift.district}" for lift in session.exec(select(Lift))]
        path = tmp_path / "list.csv"
        path.write_text("\n".join(["设备代码,行政区", *rows, "44019990012017000001,天河区"]), encoding="utf-8")
        take_list(session, CITY, 2027, path, None, NOW)
        name, desk = world.people["duty_officer"].name, session.get_one(Party, world.parties["department"])
        name_officer(session, desk, 2027, name, by="组长", reason="", today=TODAY)


async def test_gz_01_the_departments_officer_sees_the_rate_and_pages_through_the_remainder(
    phone: Any, world: Any, listed: None
) -> None:
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("定检清单")
    assert "已检 2 ÷ 清单 36 台" in officer.text
    assert "前达到 100%" in officer.text
    assert f"检验一部，专人 {world.people['duty_officer'].name}" in officer.text
    assert "海珠区" not in officer.text
    await officer.press("未完成 34 台")
    assert "34 台，先到期的在前" in officer.text
    assert "12. " in officer.text
    assert "13. " not in officer.text
    while officer.sees("后"):
        await officer.press("后")
    assert "34. 44019990012017000001：台账没有" in officer.text
    await officer.press("下载名单")
    (document,) = [sent.file for sent in officer.messages if sent.media == "document"]
    assert load_workbook(BytesIO(document)).worksheets[0].max_row == 1 + 34


async def test_gz_15_the_city_sees_its_districts_and_a_district_only_itself(phone: Any, listed: None) -> None:
    city = phone("city_regulator")
    await city.write("/start")
    await city.press("定检清单")
    assert "已检 2 ÷ 清单 38 台" in city.text
    assert "海珠区：0/2，检验二部，未指定专人" in city.text
    await city.press("海珠区")
    assert "2 台，先到期的在前" in city.text
    district = phone("other_district_regulator")
    await district.write("/start")
    await district.press("定检清单")
    assert "÷ 清单 2 台" in district.text


def test_gz_02_a_list_is_told_once_to_each_department_and_to_an_officer_who_is_named_later(
    database: Database, world: Any, listed: None
) -> None:
    def told() -> list[tuple[int, int | None]]:
        with database.write() as session:
            session.execute(delete(table_of(Setting)).where(table_of(Setting).c.key == REVIEWED_ON))
            review_campaigns(session, today=TODAY)
            rows = session.exec(select(Notice).where(Notice.duty == CAMPAIGN).order_by(Notice.id)).all()
            return [(one.party_id, one.facts[CAMPAIGN].get("contact")) for one in rows]

    desk, other = world.parties["department"], world.parties["other_department"]
    named = world.people["duty_officer"].contact_id
    assert set(told()) >= {(desk, named), (other, None)}
    before = len(told())
    with database.write() as session:
        said = session.exec(select(Notice).where(Notice.duty == CAMPAIGN, Notice.party_id == desk)).one()
        about = said.facts[CAMPAIGN]
        assert (about["target"], about["percent"], about["checks"]) == ("2027-06-30", 100, "2027-08-01")
        assert about["rows"] > about["unclear"] > 0
        inspector = world.people["inspector"]
        party = session.get_one(Party, desk)
        name_officer(session, party, 2027, inspector.name, by="组长", reason="", today=TODAY)
    assert (desk, inspector.contact_id) in told()
    assert len(told()) == before + 2  # whoever is named, and the duty officer who was not told as such


def test_a_list_that_cannot_be_looked_at_holds_up_no_notice(
    database: Database, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: Any, *, today: date) -> None:
        raise LookupError("a list that makes no sense")

    monkeypatch.setattr("tixing.campaigns.review_campaigns", broken)
    plan_pass(database, now=NOW, process="test")
    with database.read() as session:
        assert session.exec(select(Notice)).first() is not None


async def test_gz_16_odd_data_wait_among_the_departments_tasks(phone: Any, database: Database, listed: None) -> None:
    with database.write() as session:
        review_campaigns(session, today=date(2027, 8, 1))
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("其他待办")
    await officer.press("异常数据：有效期已过")
    assert "云荔花园" in officer.text
    assert not officer.sees("已办结")  # only right data end it


async def test_without_a_list_the_window_says_so(phone: Any) -> None:
    officer = phone("duty_officer")
    await officer.write("/start")
    await officer.press("定检清单")
    assert "还没有市局下发的定检清单" in officer.text
