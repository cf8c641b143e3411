"""The browser's door to the bot: what a repeat does, and who hears that a line has changed."""

from typing import Any

import pytest

from actions.identity.sign_in import admit
from bot.dispatcher import build_dispatcher
from bot.webchat import UnknownButton, WebDoor
from store.database import Database
from store.web_lines import load_shown

pytestmark = pytest.mark.one_store


@pytest.fixture
def inbox(database: Database, world: Any, clock: Any) -> str:
    """The account of a unit's contact, who has signed in."""
    with database.write() as session:
        return str(admit(session, world.people["unit_contact"].phone, clock()))


@pytest.fixture
def door(database: Database, clock: Any) -> WebDoor:
    return WebDoor(database, build_dispatcher(), clock)


def first_button(database: Database, inbox: str) -> tuple[int, str]:
    """The newest line that has buttons, and the data of its first one."""
    with database.read() as session:
        line = [line for line in load_shown(session, inbox, None) if line.keyboard][-1]
    assert line.keyboard is not None
    return line.id, line.keyboard["inline"][0][0]["data"]


async def test_a_press_that_is_repeated_after_a_lost_answer_is_no_stale_button(
    database: Database, inbox: str, door: WebDoor
) -> None:
    await door.write(inbox, "/start", deed="deed-0001")
    await door.desk.drain()
    line, data = first_button(database, inbox)
    await door.press(inbox, line, data, deed="deed-0002")
    assert first_button(database, inbox) != (line, data), "another window stands there now"
    assert await door.press(inbox, line, data, deed="deed-0002") == ""
    with pytest.raises(UnknownButton):
        await door.press(inbox, line, data, deed="deed-0003")


async def test_whoever_shows_the_chat_hears_of_each_change(database: Database, inbox: str, door: WebDoor) -> None:
    heard: list[str] = []
    door.tell(heard.append)
    await door.write(inbox, "/start", deed="deed-0001")
    await door.desk.drain()
    assert set(heard) == {inbox}
    before = len(heard)
    await door.press(inbox, *first_button(database, inbox), deed="deed-0002")
    assert len(heard) > before
