"""Telegram's door: updates asked for in a long poll, or handed in by its webhook, for the same dispatcher."""

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.methods import TelegramMethod
from aiogram.types import LinkPreviewOptions
from aiogram.utils.backoff import Backoff, BackoffConfig
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import commands_in
from bot.desk import Desk
from bot.texts import LANGUAGES

DEFAULTS = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview=LinkPreviewOptions(is_disabled=True))
ASKED_FOR = ["message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
REPLAY_SECONDS = 60  # what the store was away for is answered after that
BACKOFF = BackoffConfig(min_delay=1.0, max_delay=60.0, factor=2.0, jitter=0.1)

ANSWER_SECONDS = 10

log = structlog.get_logger(__name__)


class PlainUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates as Telegram writes them: one that cannot be read must not keep the others from us."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


async def poll(desk: Desk) -> None:
    """Ask for updates until cancelled; each is kept before it is acknowledged by asking for the next."""
    bot, backoff = desk.bot, Backoff(BACKOFF)
    offset: int | None = None
    await _replay(desk)
    while True:
        try:
            wanted = PlainUpdates(offset=offset, timeout=POLL_SECONDS, allowed_updates=ASKED_FOR)
            updates = await bot(wanted, request_timeout=POLL_SECONDS + ANSWER_SECONDS)
            await desk.take([(str(one["update_id"]), one) for one in updates])
        except (TelegramAPIError, ClientDecodeError, SQLAlchemyError) as error:
            log.warning("no updates", error=type(error).__name__)
            await backoff.asleep()
            continue
        backoff.reset()
        if updates:
            offset = updates[-1]["update_id"] + 1


async def replay_often(desk: Desk) -> None:
    """Answer what was kept while the store, or the process before, could not; at once, and every minute."""
    while True:
        await _replay(desk)
        await asyncio.sleep(REPLAY_SECONDS)


async def _replay(desk: Desk) -> None:
    try:
        await desk.replay()
    except SQLAlchemyError as error:
        log.warning("nothing replayed", error=type(error).__name__)


async def introduce(bot: Bot, webhook: str | None, secret: str | None) -> None:
    """Tell Telegram our commands, and where it finds us: at a webhook, or nowhere, for we ask."""
    for language in LANGUAGES:
        await bot.set_my_commands(commands_in(language), language_code=None if language == "en" else language)
    if webhook is None:
        await bot.delete_webhook()
    else:
        await bot.set_webhook(webhook, secret_token=secret, allowed_updates=ASKED_FOR)
