"""How windows are shown: as the library does it, but a pressed button is answered once."""

from aiogram import Bot
from aiogram.types import CallbackQuery
from aiogram_dialog.manager.message_manager import MessageManager

from bot.visit import current_visit


class Messages(MessageManager):
    """What has been said over a button stays there."""

    async def answer_callback(self, bot: Bot, callback_query: CallbackQuery) -> None:
        """Take the waiting sign off the button."""
        visit = current_visit()
        if not visit.answered:
            visit.answered = True
            await super().answer_callback(bot, callback_query)
