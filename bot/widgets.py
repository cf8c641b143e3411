"""The parts of our windows: sentences and labels by name, a button that commits, and pages."""

import json
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.api.protocols import DialogProtocol
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.kbd import Back, Button, Cancel, Group, Row, Select, Start
from aiogram_dialog.widgets.kbd.button import OnClick
from aiogram_dialog.widgets.text import Text

from bot.keys import key_of
from bot.pages import PAGE, Choice, Item, Pages
from bot.states import Menu
from bot.texts import label, say
from bot.using import answer
from bot.visit import Visit

Getter = Callable[..., Awaitable[dict[str, Any]]]

SHORTEST_VERSION = 6  # characters


class Say(Text):
    """The window's text: the template `bot/<name>.j2` with what the getter gives."""

    def __init__(self, name: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.name = name

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return say(self.name, visit_of(manager).language, **data)


class Label(Text):
    """What stands on a button: a line of templates/chat/<language>/buttons, with what the getter gives.

    `is_office` is known to each.
    """

    def __init__(self, name: str, when: WhenCondition = None) -> None:
        super().__init__(when=when)
        self.name = name

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        visit = visit_of(manager)
        return label(self.name, visit.language, **{"is_office": visit.is_office, **data})


class Commit(Button):
    """A button that changes something. It carries the version of what its window showed.

    Pressed a second time, or in a message that shows something older, it says so and does nothing. With a `getter` the
    version is also that of what this gives as `shown`: what others have changed meanwhile is shown before it is used.
    """

    def __init__(
        self, text: Text, name: str, on_click: OnClick, when: WhenCondition = None, getter: Getter | None = None
    ) -> None:
        super().__init__(text, id=name, on_click=on_click, when=when)
        self.getter = getter

    async def _render_keyboard(self, data: dict[str, Any], manager: DialogManager) -> Any:
        text = await self.text.render_text(data, manager)
        version = version_of(manager, data["shown"] if self.getter else None)
        return [[key_of(text, self._item_callback_data(version), manager)]]

    async def _process_own_callback(
        self, callback: CallbackQuery, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        return await self._process_item_callback(callback, "", dialog, manager)

    async def _process_item_callback(
        self, callback: CallbackQuery, data: str, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        now = (await self.getter(**manager.middleware_data))["shown"] if self.getter else None
        if await _is_current(manager, data, now):
            try:
                await super()._process_own_callback(callback, dialog, manager)
            finally:
                _note_done(manager)
        return True


class CommitChoice(Choice):
    """Choices of which pressing one changes something at once; each carries the version as `Commit` does."""

    def __init__(self, name: str, items: str, on_click: Any, when: WhenCondition = None) -> None:
        super().__init__(Item(), id=name, items=items, item_id_getter=_id_of, on_click=on_click, when=when)

    def _data_of(self, item: Any, manager: DialogManager) -> str:
        return f"{version_of(manager)}:{_id_of(item)}"

    async def _process_item_callback(
        self, callback: CallbackQuery, data: str, dialog: DialogProtocol, manager: DialogManager
    ) -> bool:
        version, _, chosen = data.partition(":")
        if await _is_current(manager, version):
            try:
                await super()._process_item_callback(callback, chosen, dialog, manager)
            finally:
                _note_done(manager)
        return True


async def _is_current(manager: DialogManager, version: str, shown: Any = None) -> bool:
    """Whether the pressed button showed what is so now; else the person is told. Counts the tap."""
    if version != version_of(manager, shown):
        await answer(manager, "everyone.stale")
        return False
    manager.dialog_data["taps"] = manager.dialog_data.get("taps", 0) + 1
    visit_of(manager).committed = True
    return True


def _note_done(manager: DialogManager) -> None:
    """Remember a button that did something: whoever taps it again hears that it is done (bot.second_tap).

    Also where the answer did not get through.
    """
    visit = visit_of(manager)
    if visit.done and isinstance(manager.event, CallbackQuery):
        visit.notes.note_done(manager.event.data or "")


def _id_of(item: Any) -> str:
    return str(item["id"])


def version_of(manager: DialogManager, shown: Any = None) -> str:
    """Of what the dialog knows: another state, choice or page is another version. `shown`: what the store knows."""
    context = manager.current_context()
    pages = {name: value for name, value in context.widget_data.items() if value}  # the first is noted when drawn
    known = [context.state.state, context.dialog_data, pages, context.start_data, shown]
    digest = blake2b(json.dumps(known, sort_keys=True, default=str).encode(), digest_size=SHORTEST_VERSION // 2)
    return digest.hexdigest()


def visit_of(manager: DialogManager) -> Visit:
    """The visit in which a handler or a getter works."""
    visit: Visit = manager.middleware_data["visit"]
    return visit


def one_back(name: str = "back") -> Back:
    """To the window before this one."""
    return Back(Label("everyone.back"), id=name)


def leave(name: str = "leave") -> Cancel:
    """Out of this dialog, to where it was begun."""
    return Cancel(Label("everyone.back"), id=name)


def home(name: str = "home") -> Start:
    """To the menu, from anywhere."""
    return Start(Label("everyone.home"), id=name, state=Menu.main, mode=StartMode.RESET_STACK)


def way_out(*, back: bool = False) -> Row:
    """The last row of a window: a step back, and the menu."""
    return Row(one_back() if back else leave(), home())


def pages_of(select: Select[Any], name: str, height: int = PAGE) -> Pages:
    """The choices, a page at a time."""
    return Pages(select, name, height)


def choice(name: str, items: str, on_click: Any, key: str = "id") -> Select[str]:
    """Choices of the getter's list `items`: each has `text` and its `id`; `on_click(callback, widget, manager, id)`."""
    return Choice(Item(), id=name, items=items, item_id_getter=lambda item: item[key], on_click=on_click)


def column_of(select: Select[Any]) -> Group:
    """The choices, one below the other."""
    return Group(select, width=1)
