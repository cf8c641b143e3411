"""Units in the text of a window, so many on a leaf: none of many is left unseen."""

from collections.abc import Sequence
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Row

from bot.widgets import Label

UNITS = 12  # on a leaf: as many as one message holds with who gets it and why


def leaf_row(name: str) -> Row:
    """To the units before and after; `name` tells the rows of a dialog apart."""
    return Row(
        Button(Label("pushes.before"), id=f"{name}_before", on_click=turn_back, when="has_before"),
        Button(Label("pushes.after"), id=f"{name}_after", on_click=turn_on, when="more"),
    )


def leaf_of(manager: DialogManager, units: Sequence[Any]) -> dict[str, Any]:
    """The units of the leaf that is open, for the text: `begin` is how many come before, `more` after it."""
    last = max(0, (len(units) - 1) // UNITS)
    begin = min(manager.dialog_data.get("leaf", 0), last) * UNITS
    shown = units[begin : begin + UNITS]
    return {"units": shown, "begin": begin, "has_before": begin > 0, "more": len(units) - begin - len(shown)}


async def turn_on(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The units after these."""
    manager.dialog_data["leaf"] = manager.dialog_data.get("leaf", 0) + 1


async def turn_back(callback: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The units before these."""
    manager.dialog_data["leaf"] = max(0, manager.dialog_data.get("leaf", 0) - 1)
