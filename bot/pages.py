"""Choices of which a page at a time is drawn."""

from collections.abc import Callable
from typing import Any

from aiogram.types import InlineKeyboardButton
from aiogram_dialog import DialogManager
from aiogram_dialog.api.internal import RawKeyboard
from aiogram_dialog.widgets.kbd import ScrollingGroup, Select
from aiogram_dialog.widgets.text import Text

from bot.keys import key_of

PAGE = 6  # choices on one page: they fit a small phone without scrolling


class Item(Text):
    """What stands on a choice: its `text`, as the getter made it; a function of nothing is asked when it is drawn."""

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return text_of(data["item"])


def text_of(item: dict[str, Any]) -> str:
    """What stands on this choice."""
    text: str | Callable[[], str] = item["text"]
    return text if isinstance(text, str) else text()


class Choice(Select[str]):
    """Choices of a getter's list, each with its `text` and its id. It draws a button itself, without what we never use:
    styles, and names for what a template might ask.
    """

    async def _render_button(
        self, pos: int, item: Any, target_item: Any, data: dict[str, Any], manager: DialogManager
    ) -> InlineKeyboardButton:
        return key_of(text_of(item), self._item_callback_data(self._data_of(item, manager)), manager)

    def _data_of(self, item: Any, manager: DialogManager) -> str:
        """What the button says when it is pressed."""
        return str(self.item_id_getter(item))


class Pages(ScrollingGroup):
    """Choices, a page at a time, with ‹ 2/4 › below; the first follows the last.

    Of hundreds only those of the page are made: their library makes all, and then shows a few.
    """

    def __init__(self, select: Select[Any], name: str, height: int = PAGE) -> None:
        super().__init__(select, id=name, width=1, height=height)
        self.select = select

    async def _render_keyboard(self, data: dict[str, Any], manager: DialogManager) -> RawKeyboard:
        items = self.select.items_getter(data) if self.select.is_(data, manager) else []
        pages = -(-len(items) // self.height)
        first = self.height * min(max(pages - 1, 0), await self.get_page(manager))
        shown = list(enumerate(items))[first : first + self.height]
        buttons: RawKeyboard = [
            [await self.select._render_button(place, item, item, data, manager)] for place, item in shown
        ]
        return [*buttons, *await self._render_pager(pages, manager)]

    async def _render_pager(self, pages: int, manager: DialogManager) -> RawKeyboard:
        if pages <= 1:
            return []
        page = min(pages - 1, await self.get_page(manager))
        turns = {"‹": (page - 1) % pages, f"{page + 1}/{pages}": page, "›": (page + 1) % pages}
        return [[key_of(text, self._item_callback_data(str(target)), manager) for text, target in turns.items()]]

    async def get_page_count(self, data: dict[str, Any], manager: DialogManager) -> int:
        """How many pages there are."""
        return -(-len(self.select.items_getter(data)) // self.height)
