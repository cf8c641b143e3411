"""Words that a window asks for, as somebody sends them: typed, or as the caption of what they send."""

from dataclasses import dataclass

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Document, Message, PhotoSize
from aiogram_dialog import DialogManager
from aiohttp import ClientError

from bot.present import present_window
from bot.using import answer

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Written:
    """`photo`: only where the window keeps photos; then the words may be empty."""

    words: str
    photo: bytes | None = None


async def read_written(
    message: Message, manager: DialogManager, *, most: int, keeps_photos: bool = False
) -> Written | None:
    """What was sent, in at most so many characters; None where nothing of it can be used, which the person is told.

    Nothing is cut off in silence, and what is not kept is said to be so.
    """
    words = (message.text or message.caption or "").strip()
    picture = message.photo[-1] if keeps_photos and message.photo else None
    if len(words) > most:
        await answer(manager, "everyone.too_long", length=len(words), most=most)
        return None
    if picture is None:
        if not words:
            await answer(manager, "everyone.words_or_photo" if keeps_photos else "everyone.only_words")
            return None
        if message.text is None:
            await answer(manager, "everyone.words_kept")
        return Written(words)
    content = await fetch_photo(message, manager, picture)
    return Written(words, content) if words or content is not None else None


async def fetch_photo(message: Message, manager: DialogManager, file: PhotoSize | Document) -> bytes | None:
    """What the picture contains; None where it cannot be fetched, which the person is told."""
    try:
        found = await message.bot.download(file) if message.bot is not None else None
    except (TelegramAPIError, ClientError, TimeoutError) as error:
        log.warning("photo not fetched", error=type(error).__name__)
        found = None
    if found is None:
        await answer(manager, "everyone.photo_lost")
        return None
    return found.read()


def reads_words(manager: DialogManager) -> bool:
    """Whether a window is open that takes what is typed."""
    window = present_window(manager) if manager.has_context() else None
    return window is not None and window.on_message is not None
