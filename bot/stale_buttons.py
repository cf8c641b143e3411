"""A button of an earlier window of the dialog that is open: it does nothing, and whoever pressed it hears so."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, TelegramObject
from aiogram_dialog import DialogManager
from aiogram_dialog.utils import remove_intent_id

from bot.people_inside import with_help
from bot.present import present_window
from bot.texts import refusal
from bot.using import say_to
from bot.visit import Visit


class StaleButton(Exception):
    """It stands in a message above the one that shows what is open: that is shown anew."""


class StaleButtons(BaseMiddleware):
    """Stands before each dialog, which would show its present window without a word.

    Two choices tapped at once: the first opens its window, and the second is none of that window's.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """As the handler, but for such a button."""
        manager: DialogManager = data["dialog_manager"]
        if isinstance(event, CallbackQuery):
            shown = manager.current_stack().last_message_id
            if event.message is not None and shown is not None and event.message.message_id != shown:
                raise StaleButton
            if not _is_of_window(event.data or "", manager):
                visit: Visit = data["visit"]
                sentence = with_help(refusal("everyone.stale", visit.language), visit)
                await say_to(visit, event, sentence, in_passing=True)  # mostly it is a second tap
        return await handler(event, data)  # also of none: a window that did not get through is shown now


def _is_of_window(pressed: str, manager: DialogManager) -> bool:
    _, data = remove_intent_id(pressed)
    window = present_window(manager)
    return window is None or (window.keyboard is not None and window.keyboard.find(data.partition(":")[0]) is not None)
