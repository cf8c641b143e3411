"""The department's day and week: closed, told, looked at."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from phones.bot_api import TOKEN
from phones.papers import words_of_paper
from phones.world import TODAY
from pydantic import SecretStr
from sqlmodel import select

from actions.campaign.departments import name_officer
from actions.lifts.explain import explain_notice
from actions.summary.telling import clear_days
from actions.visits.inspections import record_inspection
from store.database import Database
from store.notices import SUMMARY, Notice
from store.parties import Party
from tixing.process import Sending
from tixing.providers import opened_channels
from tixing.settings import Settings

pytestmark = pytest.mark.one_store
FRIDAY = TODAY + timedelta(days=4)


def evening(day: Any) -> datetime:
    """After five in China."""
    return datetime(day.year, day.month, day.day, 9, 1, tzinfo=UTC)


async def test_gz_09_a_day_and_a_week_are_closed_told_and_seen(
    phone: Any, bot_api: Any, world: Any, database: Database, clock: Any
) -> None:
    desk = world.parties["department"]
    with database.write() as session:
        inspector = world.people["inspector"].name
        name_officer(session, session.get_one(Party, desk), 2026, inspector, by="组长", reason="", today=TODAY)
        assert clear_days(session, today=TODAY, now=evening(TODAY) - timedelta(minutes=2)) == 0
        assert clear_days(session, today=TODAY, now=evening(TODAY)) > 0
        assert clear_days(session, today=TODAY, now=evening(TODAY)) == 0
        told = session.exec(select(Notice).where(Notice.duty == SUMMARY, Notice.party_id == desk)).all()
        named = world.people["inspector"].contact_id
        assert [(one.template, one.facts[SUMMARY].get("contact")) for one in told] == [
            ("desk.daily", None),
            ("desk.daily", named),
        ]
        assert told[0].facts[SUMMARY]["rows"]["overdue"]["closing"] == 2
        assert explain_notice(session, told[0].id)["clause"] == "四7"
        past = {"by": desk, "now": evening(FRIDAY), "today": FRIDAY, "key": "1"}
        record_inspection(session, lift_ids=world.lifts["own"][9:10], on=FRIDAY, conclusion="pass", **past)
        clear_days(session, today=FRIDAY, now=evening(FRIDAY))
        told = session.exec(select(Notice).where(Notice.party_id == desk, Notice.template == "desk.weekly")).all()
        assert {one.facts[SUMMARY]["rows"]["overdue"]["cleared"] for one in told} == {1}
        weekly = session.exec(select(Notice).where(Notice.template == "desk.weekly")).all()
        [of_all] = [one.facts[SUMMARY] for one in weekly if "parts" in one.facts[SUMMARY]]  # the work group's
        for figure, row in of_all["rows"].items():
            assert row == {name: sum(part["rows"][figure][name] for part in of_all["parts"]) for name in row}
        assert "检验一部" in [part["name"] for part in of_all["parts"]]
        assert clear_days(session, today=FRIDAY + timedelta(days=1), now=evening(FRIDAY) + timedelta(days=1)) == 0
    clock.now = evening(FRIDAY)
    settings = Settings(mode="live", telegram_token=SecretStr(TOKEN), telegram_api=bot_api.url, quiet_hours=None)
    async with opened_channels(database, settings) as channels:
        assert (await Sending(database, settings, channels, lambda _: None, clock).send_due()).sent > 0
    officer = phone("duty_officer")
    pushed = [sent for sent in officer.messages if sent.text.startswith("周结")]
    assert [(one.media, one.file[:4]) for one in pushed] == [("photo", b"\x89PNG")]
    assert "超期未检：0 ＋新增 2 －销号 1 ＝ 1 台" in pushed[0].text
    await officer.press("看数据")
    assert "到期未检中已检 1 台" in officer.text
    await officer.write("/start")
    await officer.press("日清周结")
    assert "超期未检：2 ＋新增 0 －销号 1 ＝ 1 台" in officer.text
    assert "到期未检中已检 1 台" in officer.text
    await officer.press("看周结")
    assert "超期未检：0 ＋新增 2 －销号 1 ＝ 1 台" in officer.text
    await officer.press("图片")
    await officer.press("下载")
    picture = [sent.file for sent in officer.messages if sent.media == "photo"][-1]
    assert picture.startswith(b"\x89PNG")
    (document,) = [sent.file for sent in officer.messages if sent.media == "document"]
    figures, lifts = load_workbook(BytesIO(document)).worksheets
    assert [cell.value for cell in figures[4]] == ["检验一部", "超期未检", "0", "2", "1", "1", "0", "1"]
    await officer.press("统计表")
    table = words_of_paper([sent.file for sent in officer.messages if sent.media == "document"][-1])
    assert "检验一部 | 超期未检 | 0 | 2 | 1 | 1 | 0 | 1" in table
    assert "已办结" in [row[7].value for row in lifts.iter_rows()]
    await officer.press("之前")
    assert "到期未检：0 ＋新增 0" in officer.text
