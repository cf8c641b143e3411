"""Dialogs and updates are forgotten when they are of no use any more; an old button then leads to the menu."""

from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, World
from sqlmodel import select

from actions.actors import Asked, find_actors
from actions.alerts.report import report_fault
from actions.running.forgetting import DIALOGS, Keeping, forget_daily, forget_old
from store.chats import Line, find_file, keep_file, write_line
from store.database import Database
from store.dialogs import load_dialogs
from store.identity import OneTimeCode
from store.notices import ChatMessage
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


def test_lines_files_and_codes_go_in_their_time_and_what_an_alert_shows_stays(world: World, database: Database) -> None:
    day, keeping = timedelta(days=1), Keeping()
    with database.write() as session:
        for ago in (keeping.lines + day, keeping.files + day, day):
            write_line(session, Line("7", "in", str(ago)), at=NOW - ago)
        files = [keep_file(session, "7", "a.png", b"x", at=NOW - keeping.files + by).id for by in (-day, day)]
        [actor, *_] = find_actors(session, "telegram", str(world.people["unit_contact"].chat))
        asked = Asked(actor, NOW - keeping.lines - day, NOW.date(), "tap")
        report_fault(session, asked, lift_id=world.lifts["own"][0], what="门", photo=b"photo")
        times = {"asked_at": NOW - 2 * day, "expires_at": NOW - day}
        session.add(OneTimeCode(number="n", purpose="p", asked_from="a", digest="d", is_sent=True, **times))
    with database.write() as session:
        forget_old(session, now=NOW)
        assert [line.text for line in session.exec(select(ChatMessage))] == [str(keeping.files + day), str(day)]
        assert [find_file(session, number) is not None for number in files] == [False, True]
        photo = find_file(session, files[-1] + 1)
        assert photo is not None
        assert photo.content == b"photo"
        assert session.exec(select(OneTimeCode)).all() == []
        forget_old(session, now=NOW, keeping=Keeping(lines=30 * day, files=10 * day))
        assert [line.text for line in session.exec(select(ChatMessage))] == [str(day)]
        assert find_file(session, files[1]) is None
        done = [forget_daily(session, today=at.date(), now=at) for at in (NOW, NOW, NOW + day)]
        assert done == [True, False, True]
