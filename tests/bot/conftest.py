"""The bot over HTTP: the real dispatcher and desk against a strict Bot API server, and people with telephones."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web
from phones.bot_api import TOKEN, BotApi
from phones.phone import Phone
from phones.world import NOW, World, found_world_at

from bot.desk import Desk
from bot.dispatcher import build_dispatcher
from bot.telegram import DEFAULTS, poll
from store.database import Database
from store.doors import TELEGRAM


@dataclass
class Moment:
    """The clock that everything here reads."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moment:
    """It stands at ten in the morning of TODAY until a test moves it."""
    return Moment()


@pytest.fixture
def city(store_kind: str, stores: Any, tmp_path: Path) -> tuple[str, World]:
    """The small city in a store of its own: the store's address, and what was founded."""
    founded: tuple[str, World] = stores.founded(store_kind, tmp_path, "city", found_world_at)
    return founded


@pytest.fixture
def database(city: tuple[str, World], stores: Any) -> Iterator[Database]:
    """The store of the small city."""
    database = Database(city[0])
    yield database
    stores.drop(database)


@pytest.fixture
def world(city: tuple[str, World]) -> World:
    """The small city."""
    return city[1]


@pytest.fixture
async def bot_api(shared_data: Callable[[str], Path]) -> AsyncIterator[BotApi]:
    """A Bot API server; at the end every request must have been one that Telegram takes."""
    api = BotApi(json.loads(shared_data("specs/telegram_api.json").read_text(encoding="utf-8")))
    runner = web.AppRunner(api.application(), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield api
    api.close()
    await runner.cleanup()
    assert api.faults == []


@dataclass
class Running:
    """A bot that runs; `stop` ends it as a kill would, without a word."""

    desk: Desk
    polling: asyncio.Task[None]
    bot: Bot

    async def stop(self) -> None:
        """End it at once."""
        self.polling.cancel()
        for task in list(self.desk._tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await self.polling
        await self.bot.session.close()


@pytest.fixture
async def start_bot(
    database: Database, bot_api: BotApi, clock: Moment, services: Any
) -> AsyncIterator[Callable[[], Running]]:
    """Start a bot on this store."""
    running: list[Running] = []

    def start() -> Running:
        session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url))
        bot = Bot(TOKEN, session=session, default=DEFAULTS)
        desk = Desk(database, build_dispatcher(), bot, TELEGRAM, clock, services)
        running.append(Running(desk, asyncio.create_task(poll(desk)), bot))
        return running[-1]

    yield start
    for one in running:
        await one.stop()


@pytest.fixture
def services() -> Any:
    """What a process hands to its bot; nothing here."""
    return None


@pytest.fixture
async def running(start_bot: Callable[[], Running], world: World) -> Running:
    """A bot that runs in the small city."""
    return start_bot()


@pytest.fixture
def phone(running: Running, bot_api: BotApi, world: World) -> Callable[..., Phone]:
    """`phone("unit_contact")`: the telephone of a person of the small city; or of a chat by its number."""

    async def settle() -> None:
        while bot_api.waiting:
            await asyncio.sleep(0.002)
        await running.desk.drain()

    def of(who: str | int, language: str = "zh-hans") -> Phone:
        return Phone(bot_api, who if isinstance(who, int) else world.people[who].chat, settle, language)

    return of
