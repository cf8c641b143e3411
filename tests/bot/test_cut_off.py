"""Cut off between the deed and the mark that its update was answered: it is done once, and what came of it is said."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col, select

import bot.closing
from store.alerts import Alert
from store.database import Database
from store.slots import VisitLift

pytestmark = pytest.mark.one_store

CHOSEN = ("约检", "按到期月份选", "2026年10月到期", "11月24日", "上午")


async def test_killed_after_a_booking_the_next_process_says_that_it_is_booked(
    phone: Any, running: Any, start_bot: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, reached = phone("unit_contact"), asyncio.Event()
    await unit.write("/start")
    for step in CHOSEN:
        await unit.press(step)

    async def hang(*_: Any) -> None:
        reached.set()
        await asyncio.sleep(3600)

    with monkeypatch.context() as cut:
        cut.setattr(bot.closing.Closer, "close", hang)
        unit.press_later("确认约检")
        await asyncio.wait_for(reached.wait(), 20)
        await running.stop()
    again = start_bot()
    running.desk, running.polling, running.bot = again.desk, again.polling, again.bot
    await again.desk.replay()
    await unit._settle()
    assert not any("没有约检" in one.text for one in unit.messages)
    assert any("已约好" in one.text for one in unit.messages[-2:])
    with database.read() as session:
        assert len(session.exec(select(VisitLift)).all()) == 1


async def test_what_a_chat_sent_before_is_answered_before_what_follows(
    phone: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, failures = phone("unit_contact"), [OperationalError("", {}, Exception("gone"))]
    await unit.write("/start")
    for step in ("困人求救", "1栋1梯"):
        await unit.press(step)
    save = bot.closing.save_dialogs

    def fail_once(*values: Any, **named: Any) -> None:
        if failures:
            raise failures.pop()
        save(*values, **named)

    monkeypatch.setattr(bot.closing, "save_dialogs", fail_once)
    button = unit.find("马上求救")
    await unit.press("马上求救")
    unit.press_data(button[1]["callback_data"], button[0].number)
    await unit._settle()
    with database.read() as session:
        assert len(session.exec(select(Alert).order_by(col(Alert.id))).all()) == 1


async def test_what_can_never_be_kept_holds_up_no_call_for_help(
    phone: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, mark, never = phone("unit_contact"), bot.closing.mark_answered, set[int]()

    def refuse_the_first(session: Any, numbers: Any, **named: Any) -> None:
        if not never:
            never.update(numbers)
        if never & set(numbers):
            raise IntegrityError("", {}, Exception("never"))
        mark(session, numbers, **named)

    await unit.write("/start")
    with monkeypatch.context() as broken:
        broken.setattr(bot.closing, "mark_answered", refuse_the_first)
        await unit.write("/help")
        for step in ("困人求救", "1栋1梯", "马上求救"):
            await unit.press(step)
    with database.read() as session:
        assert len(session.exec(select(Alert)).all()) == 1
