"""An answer that could not be given just now comes all the same; a chat that was closed is told nothing more."""

from typing import Any

import pytest
from sqlmodel import select

from bot.retries import TryAgain
from store.database import Database
from store.parties import Chat

pytestmark = pytest.mark.one_store


async def test_an_answer_that_telegram_puts_off_comes_later(phone: Any, running: Any, bot_api: Any) -> None:
    running.bot.session.middleware(TryAgain())
    bot_api.failures.append(("sendMessage", 429, "Too Many Requests: retry after 1"))
    unit = phone("unit_contact")
    await unit.write("/start")
    assert unit.sees("我的电梯")


async def test_an_answer_that_never_comes_does_not_stop_the_next(phone: Any, bot_api: Any) -> None:
    bot_api.failures.append(("sendMessage", 403, "Forbidden: bot was blocked by the user"))
    unit = phone("unit_contact")
    await unit.write("/start")
    assert unit.messages == []
    await unit.write("/start")
    assert unit.sees("我的电梯")


async def test_whoever_blocks_the_bot_is_not_told_there_any_more(phone: Any, bot_api: Any, database: Database) -> None:
    unit = phone("unit_contact")
    person = {"id": unit.chat_id, "is_bot": False, "first_name": "某"}
    bot = {"id": 42, "is_bot": True, "first_name": "tixing"}
    bot_api.deliver(
        {
            "my_chat_member": {
                "chat": {"id": unit.chat_id, "type": "private"},
                "from": person,
                "date": 1_800_000_000,
                "old_chat_member": {"user": bot, "status": "member"},
                "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
            }
        }
    )
    await unit._settle()
    with database.read() as session:
        chats = session.exec(select(Chat).where(Chat.address == str(unit.chat_id))).all()
    assert [chat.active for chat in chats] == [False]
