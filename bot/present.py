"""The window that is open in a dialog."""

from typing import Any

from aiogram_dialog import DialogManager


def present_window(manager: DialogManager) -> Any:
    """The window of the dialog's state; None where it has none by now."""
    windows = manager.dialog().windows  # type: ignore[attr-defined]  # its protocol leaves it out
    return windows.get(manager.current_context().state)
