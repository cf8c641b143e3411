"""Words in a window that asks for none: nothing is done by them, and that is said before the window is shown again."""

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.texts import refusal
from bot.using import say_to
from bot.visit import Visit
from bot.written import reads_words


def make_router() -> Router:
    """After the commands, before all dialogs."""
    router = Router(name="unasked")
    router.message.register(say_that_it_is_not_read, F.text)
    return router


async def say_that_it_is_not_read(message: Message, dialog_manager: DialogManager, visit: Visit) -> None:
    """Where a window is open that has buttons only."""
    if visit.actor is not None and dialog_manager.has_context() and not reads_words(dialog_manager):
        await say_to(visit, message, refusal("everyone.not_asked", visit.language))
    raise SkipHandler
