"""Updates that Telegram really sent, of every kind: none stops the bot, and what is not for it is left alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

RECORDED = 105


@pytest.fixture
def recorded(shared_data: Callable[[str], Path]) -> dict[str, Any]:
    """By file name."""
    folder = shared_data("fixtures/telegram_updates")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


async def test_none_of_them_stops_the_bot_and_each_is_answered_once(
    recorded: dict[str, Any], running: Any, phone: Any, bot_api: Any, database: Any
) -> None:
    assert len(recorded) == RECORDED
    unit = phone("unit_contact")
    with capture_logs() as lines:
        for number, update in enumerate(recorded.values(), start=1):
            bot_api.deliver({**update, "update_id": 5000 + number})
        await unit._settle()
    assert [line for line in lines if line["log_level"] == "error"] == []
    assert database_waits(database) == 0
    await unit.write("/start")
    assert unit.sees("我的电梯")


async def test_groups_channels_edits_and_polls_are_left_alone(
    recorded: dict[str, Any], running: Any, phone: Any, bot_api: Any
) -> None:
    others = {name: update for name, update in recorded.items() if not is_private_word(update)}
    assert len(others) > RECORDED / 4
    for number, update in enumerate(others.values(), start=1):
        bot_api.deliver({**update, "update_id": 6000 + number})
    await phone("unit_contact")._settle()
    assert [method for method, _ in bot_api.requests if method not in ("getUpdates", "answerCallbackQuery")] == []


async def test_what_a_stranger_sends_in_private_is_answered_without_a_lift(
    recorded: dict[str, Any], running: Any, phone: Any, bot_api: Any
) -> None:
    private = [update for update in recorded.values() if is_private_word(update)]
    for number, update in enumerate(private, start=1):
        bot_api.deliver({**update, "update_id": 7000 + number})
    await phone("unit_contact")._settle()
    said = [form.get("text", "") for method, form in bot_api.requests if method == "sendMessage"]
    assert said
    assert [text for text in said if "云荔" in text or "电梯有" in text] == []


def is_private_word(update: dict[str, Any]) -> bool:
    """Whether it is a message or a pressed button between the bot and one person."""
    message = update.get("message") or update.get("callback_query", {}).get("message") or {}
    return bool(message.get("chat", {}).get("type") == "private")


def database_waits(database: Any) -> int:
    """Updates that nobody has answered."""
    with database.read() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM inbox WHERE handled_at IS NULL").scalar())
