"""How the buttons of a window are made: most of what an answer costs is its buttons."""

from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram_dialog import DialogManager
from aiogram_dialog.api.internal import RawKeyboard
from aiogram_dialog.utils import intent_callback_data
from aiogram_dialog.widgets.markup.inline_keyboard import InlineKeyboardFactory


def key_of(text: str, data: str, manager: DialogManager) -> InlineKeyboardButton:
    """A button that says from the beginning which dialog it belongs to."""
    return InlineKeyboardButton(text=text, callback_data=intent_callback_data(manager.current_context().id, data))


class Keys(InlineKeyboardFactory):
    """Only buttons that do not say it yet are told which dialog they belong to: each change checks the whole button."""

    async def render_markup(
        self, data: dict[str, Any], manager: DialogManager, keyboard: RawKeyboard
    ) -> InlineKeyboardMarkup:
        """The keyboard of a window, from the rows that its widgets have made."""
        intent_id = manager.current_context().id
        rows = [[button for button in row if isinstance(button, InlineKeyboardButton)] for row in keyboard]
        for button in (button for row in rows for button in row):
            marked = intent_callback_data(intent_id, button.callback_data)
            if marked != button.callback_data:
                button.callback_data = marked
        return InlineKeyboardMarkup(inline_keyboard=rows)
