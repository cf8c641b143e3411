"""The list of commands that Telegram shows in a chat: for whoever is known there those of their role."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat

from actions.registry import may_use
from bot.texts import label
from bot.visit import Visit
from store.doors import TELEGRAM

EVERYBODY = ("start", "menu", "why", "who", "language", "help")
# Which verb whoever sees the command has; they stand behind the menu.
BY_ROLE = {"report": "reports_of_lift", "query": "query_report", "records": "records_of_lift"}

log = structlog.get_logger(__name__)


def commands_in(language: str, names: tuple[str, ...] = EVERYBODY) -> list[BotCommand]:
    """These commands, each with what it does."""
    return [BotCommand(command=name, description=label(f"commands.{name}", language)) for name in names]


async def offer_commands(bot: Bot | None, visit: Visit, chat_id: int) -> None:
    """Show in this chat what its person can do; that Telegram does not take it holds nothing up."""
    if bot is None or visit.actor is None or visit.channel != TELEGRAM:
        return
    actor = visit.actor
    theirs = tuple(name for name, verb in BY_ROLE.items() if may_use(actor, verb))
    names = (*EVERYBODY[:2], *theirs, *EVERYBODY[2:])
    try:
        await bot.set_my_commands(commands_in(visit.language, names), scope=BotCommandScopeChat(chat_id=chat_id))
    except TelegramAPIError as error:
        log.warning("commands not shown", error=type(error).__name__)
