"""/start: who we are, and the chat's number to give to one's administrator. Nothing about any lift."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import CommandStart
from aiogram.types import Message

from bot.texts import say


def make_router() -> Router:
    """A router of its own for each dispatcher: aiogram lets one be included once."""
    router = Router(name="start")
    router.message.register(greet, CommandStart(), F.chat.type == ChatType.PRIVATE)
    return router


async def greet(message: Message) -> None:
    """Answer in the language of the person's app."""
    language_code = message.from_user.language_code if message.from_user else None
    await message.answer(say("bot.start", language_code, chat_id=message.chat.id))
