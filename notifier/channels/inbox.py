"""Messages that stay in this house: lines of the store's own chat inbox."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from notifier.channels.base import UNLIMITED, EarlierAttempt, OutgoingMessage
from notifier.pictures import PICTURE_NAME
from store.chats import keep_file, media_of
from store.database import Database, table_of
from store.notices import ChatMessage


class InboxChannel:
    """Writes to `chat_message`. The write is short and local: it runs in the event loop itself."""

    list_lag = timedelta(0)
    rates = UNLIMITED

    def __init__(self, database: Database, name: str, *, prefix: str = "", signed: bool = False) -> None:
        self.name = name
        self._database = database
        self._prefix = prefix
        self._signed = signed

    async def send(self, message: OutgoingMessage) -> str:
        """Add the line; its id is the provider's id."""
        return self._write(message)

    def _write(self, message: OutgoingMessage, picture: bytes | None = None) -> str:
        text = message.signed_body if self._signed else message.body
        table = table_of(ChatMessage)
        line: dict[str, Any] = {
            "address": self._prefix + message.address,
            "direction": "out",
            "text": text,
            "at": message.attempted_at,
            "notice_id": message.prepared.notice_id or None,  # none: a message beside the outbox
            "keyboard": self.keyboard(message),
        }
        with self._database.write() as session:
            if picture is not None:
                kept = keep_file(session, line["address"], PICTURE_NAME, picture, at=message.attempted_at)
                line["media"] = media_of("photo", kept)
            return str(session.execute(insert(table).returning(table.c.id), line).scalar_one())

    def keyboard(self, message: OutgoingMessage) -> dict[str, Any] | None:
        """What can be pressed under it; nothing where nobody can press."""
        return None

    async def find(self, attempt: EarlierAttempt) -> list[str]:
        """The line that the attempt wrote, if it came so far."""
        with self._database.read() as session:
            query = select(ChatMessage.id).where(
                ChatMessage.address == self._prefix + attempt.address,
                ChatMessage.notice_id == attempt.notice_id,
                ChatMessage.at == attempt.attempted_at,
            )
            return [str(line) for line in session.exec(query.order_by(col(ChatMessage.id)))]

    async def close(self) -> None:
        """Nothing is held open."""
