"""Whose turn it is: one update of a chat at a time, many chats at once, and nothing that is answered for ever."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from phones.world import NOW, STRANGER, TODAY, World
from structlog.testing import capture_logs

from actions.actors import who_stands
from store.database import Database
from store.doors import TELEGRAM
from store.parties import Chat, Contact
from store.updates import keep_updates

CHATS = 40


async def test_forty_chats_at_once_are_all_answered(phone: Any, world: World) -> None:
    people = [phone(STRANGER + number) for number in range(CHATS)]
    for person in people:
        person.deliver({"text": "/start"})
    await people[0]._settle()
    assert all("梯信" in person.text for person in people)


@pytest.mark.one_store
async def test_updates_of_one_chat_never_run_side_by_side(phone: Any, running: Any) -> None:
    unit, inside, most = phone("unit_contact"), 0, 0
    answer = running.desk._answer_alone

    async def watched(*values: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await answer(*values)
        inside -= 1

    running.desk._answer_alone = watched
    for _ in range(12):
        unit.deliver({"text": "/start"})
        await asyncio.sleep(0.005)
    await unit._settle()
    assert most == 1
    assert running.desk._chats == {}


@pytest.mark.one_store
async def test_a_button_that_takes_no_answer_any_more_is_answered_once(phone: Any, bot_api: Any, running: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    bot_api.failures.append(("answerCallbackQuery", 400, "Bad Request: query is too old"))
    unit.press_data("gone\x1dwhatever", unit.screen.number)
    with capture_logs() as lines:
        await unit._settle()
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []
    assert await running.desk.replay() == 0
    assert unit.sees("我的电梯")


@pytest.mark.one_store
async def test_what_was_begun_for_one_party_is_not_ended_for_another(
    phone: Any, world: World, database: Database
) -> None:
    unit = phone("legal_rep")
    with database.write() as session:
        other = world.people["other_legal_rep"]
        session.get_one(Contact, other.contact_id).phone = world.people["legal_rep"].phone
        session.flush()
        session.add(Chat(contact_id=other.contact_id, channel=TELEGRAM, address=str(unit.chat_id)))
        session.flush()
        assert len(who_stands(session, TELEGRAM, str(unit.chat_id)).actors) == 2
    await unit.write("/start")
    await unit.press("同意书")
    with database.write() as session:
        session.get_one(Contact, world.people["legal_rep"].contact_id).to_on = TODAY
    await unit.press("同意")
    assert "已过时" in unit.popup
    assert "星桥" in unit.text


@pytest.mark.one_store
async def test_what_waited_keeps_the_time_at_which_it_came(phone: Any, running: Any, database: Database) -> None:
    unit, before, came = phone("unit_contact"), NOW - timedelta(hours=4), []
    opened = running.desk._open

    def watched(*values: Any) -> Any:
        visit = opened(*values)
        came.append(visit.came_at)
        return visit

    running.desk._open = watched
    message = {"message_id": 1, "date": 1_800_000_000, "chat": unit._chat, "from": unit._person, "text": "/start"}
    with database.write() as session:
        keep_updates(session, TELEGRAM, [("1", {"update_id": 1, "message": message})], now=before)
    await running.desk.replay()  # or the one with which the bot began has taken it
    await running.desk.drain()
    assert came == [before]
    assert unit.sees("我的电梯")


@pytest.mark.one_store
async def test_a_choice_of_a_window_that_is_gone_is_said_to_be_so(phone: Any, bot_api: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    await unit.press("困人求救")
    chosen, message = unit.screen, unit.screen.number
    unit.press_later("1栋1梯")
    other = unit.find("1栋2梯", chosen)[1]["callback_data"]
    second = unit.press_data(other, message)
    await unit._settle()
    assert "云荔花园1栋1梯" in unit.text
    assert "已过时" in bot_api.popups[second]
    await unit.press("返回")
    await unit.write("2栋")
    await unit.press("2栋1梯")
    third = unit.press_data(other, message)
    await unit._settle()
    assert "已过时" in bot_api.popups[third]
    assert "云荔花园2栋1梯" in unit.text
    assert unit.sees("马上求救")
