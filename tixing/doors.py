"""The doors of the bot in one process: the desks that answer, and who hands them their updates."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from sqlalchemy import Connection

from actions.reporting.links import Links
from bot.desk import Desk
from bot.dispatcher import build_dispatcher
from bot.retries import TryAgain
from bot.services import Services
from bot.telegram import introduce, poll, replay_often
from bot.webchat import WebDoor
from portal.telegram import TelegramDoor
from store.database import Database
from store.doors import TELEGRAM
from store.leader import answers, hold_first
from tixing.codes import CodesBySms, key_of_codes, labels_with
from tixing.process import quiet_of
from tixing.providers import open_channels, telegram_bot
from tixing.settings import Settings
from tixing.times import now_utc

WEBHOOK = "/webhooks/telegram"
POLLER = "telegram-poller"  # one process asks Telegram: two would be refused
TRY_AGAIN_SECONDS = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Doors:
    """What the pages hand their visitors to. `telegram`: where Telegram hands updates in, if it does.

    `services`: by which codes are made and sent.
    """

    web: WebDoor
    services: Services
    telegram: TelegramDoor | None = None


@asynccontextmanager
async def open_doors(database: Database, settings: Settings) -> AsyncIterator[Doors]:
    """Both doors, answered until the end of the block; then what was begun is finished."""
    channels = open_channels(database, settings)
    codes = CodesBySms(database, settings, channels, now_utc)
    key = await asyncio.to_thread(key_of_codes, database, settings)
    services = Services(codes, key, quiet_of(settings), report_links(key, settings), labels_with(key, settings))
    web = WebDoor(database, build_dispatcher(), now_utc, services)
    desks, waiting = [web.desk], [asyncio.create_task(replay_often(web.desk))]
    bot: Bot | None = telegram_bot(settings)
    telegram = None
    if bot is not None:
        bot.session.middleware(TryAgain())
        desk = Desk(database, build_dispatcher(), bot, TELEGRAM, now_utc, services)
        secret = webhook_secret(settings)
        desks.append(desk)
        if secret is not None:
            telegram = TelegramDoor(secret, desk.take)
            waiting.append(asyncio.create_task(replay_often(desk)))
        waiting.append(asyncio.create_task(_listen(database, desk, bot, settings, secret)))
    try:
        yield Doors(web, services, telegram)
    finally:
        for task in waiting:
            task.cancel()
        for task in waiting:
            with suppress(asyncio.CancelledError):
                await task
        for one in desks:
            await one.drain()
            one.close()
        await codes.settle()
        for channel in channels.values():
            await channel.close()
        if bot is not None:
            await bot.session.close()


def webhook_secret(settings: Settings) -> str | None:
    """What Telegram sends with each update; None where we ask for updates, for want of a public address or a secret."""
    if settings.public_url is None or settings.secret is None:
        return None
    return hmac.new(settings.secret.get_secret_value().encode(), WEBHOOK.encode(), sha256).hexdigest()


def report_links(key: bytes, settings: Settings) -> Links:
    """Links to the files of reports, sealed by a key of their own; none are made without a public address."""
    return Links(hmac.new(key, b"report links", sha256).digest(), settings.public_url or "")


async def _listen(database: Database, desk: Desk, bot: Bot, settings: Settings, secret: str | None) -> None:
    """Have Telegram hand updates in, or ask for them."""
    if secret is not None:
        await _introduce(bot, f"{str(settings.public_url).rstrip('/')}{WEBHOOK}", secret)
        return
    while True:
        held = await _be_the_only_one(database)
        try:
            await _introduce(bot, None, None)
            await _ask_while_held(desk, held)
        finally:
            if held is not None:
                held.close()


class LockLost(Exception):
    """The server has forgotten that this process asks Telegram: another may by now."""


async def _ask_while_held(desk: Desk, held: Connection | None) -> None:
    """Ask for updates, until cancelled or until the lock is lost."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(poll(desk))
            group.create_task(replay_often(desk))
            group.create_task(_watch_lock(held))
    except* LockLost:
        log.warning("the server forgot that this process asks Telegram")


async def _introduce(bot: Bot, webhook: str | None, secret: str | None) -> None:
    while True:
        try:
            return await introduce(bot, webhook, secret)
        except TelegramAPIError as error:
            log.warning("Telegram does not know of us yet", error=type(error).__name__)
            await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _be_the_only_one(database: Database) -> Connection | None:
    """On a server wait until no other process asks Telegram; the lock ends with its session."""
    if database.is_sqlite:
        return None
    while True:
        _, held = await asyncio.to_thread(hold_first, database, [POLLER])
        if held is not None:
            return held
        await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _watch_lock(held: Connection | None) -> None:
    """Raises LockLost when it is; on SQLite there is none."""
    while held is not None:
        await asyncio.sleep(TRY_AGAIN_SECONDS)
        if not await asyncio.to_thread(answers, held):
            raise LockLost
