"""Pictures and files that a window gives: the window comes again below them."""

from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode


async def give_picture(manager: DialogManager, content: bytes, name: str, caption: str = "") -> None:
    """Send a PNG or JPEG."""
    message = _message(manager)
    if message is not None:
        await message.answer_photo(BufferedInputFile(content, name), caption=caption or None)
        manager.show_mode = ShowMode.SEND


async def give_file(manager: DialogManager, content: bytes, name: str, caption: str = "") -> None:
    """Send a file."""
    message = _message(manager)
    if message is not None:
        await message.answer_document(BufferedInputFile(content, name), caption=caption or None)
        manager.show_mode = ShowMode.SEND


def _message(manager: DialogManager) -> Message | None:
    event = manager.event
    found = event.message if isinstance(event, CallbackQuery) else event
    return found if isinstance(found, Message) else None
