"""Somebody in each role presses whatever there is, twice, again later, and old buttons too: nothing fails or stops."""

import random
from typing import Any

import pytest
from phones.world import PEOPLE
from structlog.testing import capture_logs

pytestmark = pytest.mark.one_store

STEPS = 40
SEED = 20261123


@pytest.mark.parametrize("who", ["unit_contact", "legal_rep", "worker", "duty_officer", "district_regulator"])
async def test_pressing_anything_anyhow_never_fails(who: str, running: Any, phone: Any, bot_api: Any) -> None:
    assert who in PEOPLE
    chance, person = random.Random(f"{SEED}/{who}"), phone(who)
    await person.write("/start")
    old: list[tuple[str, int]] = []
    with capture_logs() as lines:
        for _ in range(STEPS):
            await take_a_step(chance, person, old)
    assert [line for line in lines if line["log_level"] == "error"] == []
    assert person.screen.labels, "a dead end"


async def take_a_step(chance: random.Random, person: Any, old: list[tuple[str, int]]) -> None:
    """Mostly a button of the screen; sometimes an old one, a word, or a photo."""
    buttons = [button for row in person.screen.keyboard for button in row if "callback_data" in button]
    what = chance.random()
    if what < 0.75 and buttons:
        data = chance.choice(buttons)["callback_data"]
        old.append((data, person.screen.number))
        for _ in range(chance.choice([1, 1, 2])):
            person.press_data(data, person.screen.number)
        await person._settle()
    elif what < 0.85 and old:
        person.press_data(*chance.choice(old))
        await person._settle()
    elif what < 0.9:
        await person.send_photo(b"\xff\xd8\xff\xe0 a photo")
    elif what < 0.95:
        await person.write(chance.choice(["3栋1梯", "x" * 3000, "<b>", "/why", "/help", "0", "😀"]))
    else:
        await person.write("/start")


async def test_an_update_that_comes_again_is_answered_once(running: Any, phone: Any, bot_api: Any) -> None:
    unit = phone("unit_contact")
    await unit.write("/start")
    number = unit.deliver({"text": "/start"})
    await unit._settle()
    before = len(unit.messages)
    bot_api.redeliver(number)
    await unit._settle()
    assert len(unit.messages) == before
