"""What no dialog awaits: a text out of the blue, a sticker, a voice message. Words of people who are shut in never come
here (bot/people_inside.py)."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.menu import open_lifts_called
from bot.people_inside import with_help
from bot.states import Menu
from bot.texts import refusal
from bot.using import say_to
from bot.visit import Visit


def make_router() -> Router:
    """The last router of all."""
    router = Router(name="fallback")
    router.message.register(show_what_is_meant)
    router.callback_query.register(show_stale)
    return router


async def show_what_is_meant(message: Message, dialog_manager: DialogManager) -> Any:
    """Nothing is open: the lifts that are called so, or what can be done here."""
    if not await open_lifts_called(message, dialog_manager):
        await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK)


async def show_stale(callback: CallbackQuery, visit: Visit, dialog_manager: DialogManager) -> Any:
    """A button that no window knows."""
    await say_to(visit, callback, with_help(refusal("everyone.stale", visit.language), visit))
    await dialog_manager.start(Menu.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
