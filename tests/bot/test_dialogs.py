"""What holds for every window: ids of its widgets, what its buttons lead to, and a way out."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram_dialog import Dialog
from aiogram_dialog.api.entities import Stack
from aiogram_dialog.setup import collect_dialogs
from aiogram_dialog.widgets.kbd import Back, Cancel, Start, SwitchTo

from actions.registry import VERBS
from bot.dispatcher import build_dispatcher
from bot.states import Menu
from bot.subjects import entries

pytestmark = pytest.mark.one_store

SHARED = {"home", "back", "leave"}  # the same in every window: pressed twice they lead to the same place


def dialogs() -> list[Dialog]:
    """All that are ours."""
    return [one for one in collect_dialogs(build_dispatcher()) if not one.states_group_name().startswith("About")]


def widgets(widget: Any) -> Iterator[Any]:
    """A keyboard's widgets, groups and what is in them."""
    yield widget
    for inner in getattr(widget, "buttons", ()):
        yield from widgets(inner)
    for inner in getattr(widget, "widgets", ()):
        yield from widgets(inner)


@pytest.mark.parametrize("dialog", dialogs(), ids=lambda dialog: dialog.states_group_name())
def test_ids_of_widgets_are_unique_across_the_dialog(dialog: Dialog) -> None:
    found = Counter(
        widget.widget_id
        for window in dialog.windows.values()
        for widget in widgets(window.keyboard)
        if widget.widget_id and widget.widget_id not in SHARED
    )
    assert {name for name, times in found.items() if times > 1} == set()


@pytest.mark.parametrize("dialog", dialogs(), ids=lambda dialog: dialog.states_group_name())
def test_every_window_has_a_way_out(dialog: Dialog) -> None:
    for state, window in dialog.windows.items():
        leads = [widget for widget in widgets(window.keyboard) if isinstance(widget, Back | Cancel | Start | SwitchTo)]
        assert leads or state == Menu.main, state


def test_every_line_of_the_menu_leads_to_a_window_and_has_a_verb() -> None:
    states = {state for dialog in dialogs() for state in dialog.states()}
    assert [entry.label for entry in entries() if entry.state not in states] == []
    assert [entry.label for entry in entries() if entry.verb not in VERBS] == []
    assert len({entry.label for entry in entries()}) == len(entries())


def test_windows_opened_in_one_second_have_ids_of_their_own() -> None:
    build_dispatcher()
    stack = Stack()
    for _ in range(99):
        stack.push(Menu.main, None)
    assert len(set(stack.intents)) == 99
