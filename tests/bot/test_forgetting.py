"""Dialogs and updates are forgotten when they are of no use any more; an old button then leads to the menu."""

from datetime import timedelta
from typing import Any

import pytest

from actions.forgetting import DIALOGS, forget_old
from store.database import Database
from store.dialogs import load_dialogs
from store.updates import came_before

pytestmark = pytest.mark.one_store


async def test_an_old_button_of_a_forgotten_dialog_leads_to_the_menu(
    phone: Any, clock: Any, database: Database, running: Any
) -> None:
    unit = phone("unit_contact")
    number = unit.deliver({"text": "/start"})
    await unit._settle()
    sent, button = unit.find("我的电梯")
    with database.write() as session:
        forget_old(session, now=clock() + timedelta(days=1))
        assert load_dialogs(session, f"42:{unit.chat_id}")
        assert came_before(session, "telegram", str(number))
        forget_old(session, now=clock() + DIALOGS + timedelta(days=1))
        assert not load_dialogs(session, f"42:{unit.chat_id}")
        assert not came_before(session, "telegram", str(number))
    unit.press_data(button["callback_data"], sent.number)
    await unit._settle()
    assert unit.sees("我的电梯")
