"""While a plan holds a city: one sentence, nothing done, and the same tap a minute later does it."""

from typing import Any

import pytest
from phones.world import World
from sqlmodel import select

from store.database import Database
from store.events import Event, EventKind
from store.locks import hold_city

pytestmark = pytest.mark.postgres


async def test_who_taps_while_a_plan_runs_is_told_to_try_again(
    phone: Any, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.using.PATIENCE", 0.1)
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("约检")
    await unit.press("全部")
    await unit.press("11月24日")
    await unit.press("上午")
    with database.write() as session:
        hold_city(session, "guangzhou")
        await unit.press("确认约检")
        assert "正在重新计算" in unit.popup
        assert _bookings(database) == 0
    await unit.press("确认约检")
    assert _bookings(database) > 0


def _bookings(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(Event).where(Event.kind == EventKind.BOOKED)).all())
