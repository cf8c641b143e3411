"""A button that has done what it says is tapped again: the person hears that it is done, whatever is open by now."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, TelegramObject

from bot.texts import refusal
from bot.using import say_to
from bot.visit import Visit


class DoneUnseen(Exception):
    """It was done, and what it led to did not get through: it is shown now."""


class SecondTap(BaseMiddleware):
    """Stands before the dialogs, for which such a button is one of a window that is gone."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """As the handler, but for such a button."""
        visit: Visit = data["visit"]
        if isinstance(event, CallbackQuery) and event.data in visit.notes.done:
            if visit.notes.is_unseen:
                raise DoneUnseen
            await say_to(visit, event, refusal("everyone.done_already", visit.language))
            return None
        return await handler(event, data)
