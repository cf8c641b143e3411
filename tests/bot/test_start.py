"""/start, through the real dispatcher."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Chat, Message, Update

from bot.dispatcher import build_dispatcher


class RecordingSession(BaseSession):
    """A session that sends nothing and keeps what the bot wanted to say."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[TelegramMethod[Any]] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        """Keep the method; answer as Telegram would."""
        self.asked.append(method)
        assert isinstance(method, SendMessage)
        chat = Chat(id=int(method.chat_id), type="private")
        return Message(message_id=1, date=0, chat=chat, text=method.text)

    async def stream_content(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing is downloaded here."""
        raise AssertionError("the bot downloads nothing")
        yield b""

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def update(shared_data: Callable[[str], Path]) -> Callable[..., Update]:
    """A recorded command with another text, language or chat."""
    recorded = json.loads(shared_data("fixtures/telegram_updates/command.json").read_text(encoding="utf-8"))

    def make(text: str = "/start", language: str = "zh-hans", chat_type: str = "private") -> Update:
        message = recorded["message"]
        message |= {"text": text, "entities": [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]}
        message["from"]["language_code"] = language
        message["chat"]["type"] = chat_type
        return Update.model_validate(recorded)

    return make


@pytest.fixture
def said(update: Callable[..., Update]) -> Callable[..., Any]:
    """What the bot says to an update."""

    async def feed(**options: Any) -> list[str]:
        session = RecordingSession()
        dispatcher: Dispatcher = build_dispatcher()
        await dispatcher.feed_update(Bot("42:TEST", session=session), update(**options))
        return [method.text for method in session.asked if isinstance(method, SendMessage)]

    return feed


async def test_start_says_who_we_are_and_the_number_of_the_chat(said: Any) -> None:
    [text] = await said()
    assert "梯信" in text
    assert "10081232" in text


async def test_another_language_is_answered_in_english(said: Any) -> None:
    [text] = await said(language="it")
    assert text.startswith("Hello, this is Tixing")
    assert "10081232" in text


@pytest.mark.parametrize("options", [{"text": "/test"}, {"chat_type": "group"}])
async def test_other_commands_and_groups_get_silence(said: Any, options: dict[str, str]) -> None:
    assert await said(**options) == []


async def test_two_dispatchers_can_be_built(said: Any) -> None:
    assert len(await said()) == len(await said()) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_stranger_learns_nothing_about_any_lift(said: Any, language: str) -> None:
    [text] = await said(language=language, text="/start 31109900120170001")
    assert "31109900120170001" not in text
