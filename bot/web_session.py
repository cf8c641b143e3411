"""The browser's side of a bot: an aiogram session that writes to the store's chat instead of Telegram."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    SendChatAction,
    SendDocument,
    SendLocation,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    BufferedInputFile,
    File,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    User,
)

from bot.visit import Clock
from store.chats import Line, change_line, find_file, keep_file, media_of, take_back_line, write_line
from store.database import Database

BOT_ID = 0  # no bot of Telegram has it, so that no dialog of one door is found in the other
TOKEN = f"{BOT_ID}:webchat"
CHUNK = 65_536
FILE_PATH = "stored/"


class WebSession(BaseSession):
    """Answers the bot's methods as Telegram would. `toasts` are answers to pressed buttons, by the query's id.

    `on_change` is called with each chat in which something was said, changed or taken back.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__()
        self.toasts: dict[str, str] = {}
        self.on_change: Callable[[str], None] = lambda _: None
        self._database = database
        self._clock = clock
        self._known: dict[type[TelegramMethod[Any]], Callable[[Any], Any]] = {
            SendMessage: self._send,
            SendPhoto: self._send_photo,
            SendDocument: self._send_document,
            SendLocation: self._send_location,
            EditMessageText: self._edit,
            EditMessageCaption: self._edit,
            EditMessageReplyMarkup: self._edit_keyboard,
            EditMessageMedia: self._edit_media,
            DeleteMessage: self._delete,
            AnswerCallbackQuery: self._answer,
            GetFile: self._get_file,
            SendChatAction: lambda _: True,
        }

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Do what the method asks for, in the store."""
        done = self._known.get(type(method))
        if done is None:
            raise TelegramBadRequest(method, f"the web chat knows no {type(method).__name__}")
        found = await asyncio.to_thread(done, method)
        if not isinstance(method, AnswerCallbackQuery | GetFile):
            self.on_change(str(getattr(method, "chat_id", "")))
        return cast(TelegramType, found.as_(bot) if isinstance(found, Message | File) else found)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = CHUNK,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of a stored file."""
        content = await asyncio.to_thread(self._content, int(url.rpartition(FILE_PATH)[2]))
        for start in range(0, len(content), chunk_size):
            yield content[start : start + chunk_size]

    async def close(self) -> None:
        """Nothing is held open."""

    def _send(self, method: SendMessage) -> Message:
        return self._write(method, method.text)

    def _send_photo(self, method: SendPhoto) -> Message:
        return self._write(method, method.caption or "", self._media("photo", method.photo, method.chat_id))

    def _send_document(self, method: SendDocument) -> Message:
        return self._write(method, method.caption or "", self._media("document", method.document, method.chat_id))

    def _send_location(self, method: SendLocation) -> Message:
        return self._write(method, "", {"kind": "location", "lat": method.latitude, "lon": method.longitude})

    def _write(self, method: Any, text: str, media: dict[str, Any] | None = None) -> Message:
        now = self._clock()
        line = Line(str(method.chat_id), "out", text, _is_html(method), keyboard_of(method.reply_markup), media)
        with self._database.write() as session:
            number = write_line(session, line, at=now)
        return message_of(number, str(method.chat_id), text, now.timestamp(), is_bot=True)

    def _edit(self, method: EditMessageText | EditMessageCaption) -> Message:
        text = method.text if isinstance(method, EditMessageText) else method.caption or ""
        changed = {"text": text, "is_html": _is_html(method), "keyboard": keyboard_of(method.reply_markup)}
        return self._change(method, changed)

    def _edit_keyboard(self, method: EditMessageReplyMarkup) -> Message:
        return self._change(method, {"keyboard": keyboard_of(method.reply_markup)})

    def _edit_media(self, method: EditMessageMedia) -> Message:
        media = self._media(str(method.media.type), method.media.media, method.chat_id)
        keyboard = keyboard_of(method.reply_markup)
        return self._change(method, {"media": media, "text": method.media.caption or "", "keyboard": keyboard})

    def _change(self, method: Any, changed: dict[str, Any]) -> Message:
        address = str(method.chat_id)
        with self._database.write() as session:
            if not change_line(session, address, int(method.message_id), changed):
                raise TelegramBadRequest(method, "Bad Request: message to edit not found")
        return message_of(
            int(method.message_id), address, changed.get("text", ""), self._clock().timestamp(), is_bot=True
        )

    def _delete(self, method: DeleteMessage) -> bool:
        with self._database.write() as session:
            if not take_back_line(session, str(method.chat_id), method.message_id):
                raise TelegramBadRequest(method, "Bad Request: message to delete not found")
        return True

    def _answer(self, method: AnswerCallbackQuery) -> bool:
        self.toasts[method.callback_query_id] = method.text or ""
        return True

    def _get_file(self, method: GetFile) -> File:
        return File(file_id=method.file_id, file_unique_id=method.file_id, file_path=f"{FILE_PATH}{method.file_id}")

    def _content(self, number: int) -> bytes:
        with self._database.read() as session:
            found = find_file(session, number)
        return found.content if found is not None else b""

    def _media(self, kind: str, what: InputFile | str, chat_id: Any) -> dict[str, Any]:
        """A file that is there already, by its number, or a new one."""
        now, address = self._clock(), str(chat_id)
        with self._database.write() as session:
            if isinstance(what, str):
                found = find_file(session, int(what))
                if found is None or found.address != address:
                    raise ValueError("that file is not of this chat")
            else:
                found = keep_file(session, address, what.filename or kind, _bytes_of(what), at=now)
            return media_of(kind, found)


def make_web_bot(database: Database, clock: Clock, defaults: Any) -> Bot:
    """A bot whose messages stay in the store."""
    return Bot(TOKEN, session=WebSession(database, clock), default=defaults)


def message_of(number: int, address: str, text: str, at: float, *, is_bot: bool) -> Message:
    """A line as Telegram would describe it."""
    sender = {"id": BOT_ID, "is_bot": True, "first_name": "tixing"} if is_bot else person_of(address)
    described = {"message_id": number, "date": int(at), "chat": chat_of(address), "from": sender, "text": text}
    return Message.model_validate(described)


def chat_of(address: str) -> dict[str, Any]:
    """The chat of an account."""
    return {"id": int(address), "type": "private"}


def person_of(address: str) -> dict[str, Any]:
    """Whoever is signed in to an account."""
    return User(id=int(address), is_bot=False, first_name="").model_dump(exclude_none=True)


def keyboard_of(markup: Any) -> dict[str, Any] | None:
    """The buttons as the page shows them; None for none."""
    if isinstance(markup, InlineKeyboardMarkup) and markup.inline_keyboard:
        return {"inline": [[_inline(button) for button in row] for row in markup.inline_keyboard]}
    if isinstance(markup, ReplyKeyboardMarkup):
        # nobody gives a number away here: who signed in has shown it already
        rows = [[_reply(button) for button in row if not button.request_contact] for row in markup.keyboard]
        return {"reply": [row for row in rows if row]}
    return None


def _inline(button: InlineKeyboardButton) -> dict[str, Any]:
    return {"text": button.text} | ({"url": button.url} if button.url else {"data": button.callback_data})


def _reply(button: KeyboardButton) -> dict[str, Any]:
    return {"text": button.text} | ({"request_location": True} if button.request_location else {})


def _is_html(method: Any) -> bool:
    return method.parse_mode == "HTML" or isinstance(method.parse_mode, Default)


def _bytes_of(file: InputFile) -> bytes:
    if isinstance(file, BufferedInputFile):
        return file.data
    if isinstance(file, FSInputFile):
        return Path(file.path).read_bytes()
    raise ValueError("the web chat takes files that are here already")
