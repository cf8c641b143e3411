"""The web chat: a message is a line of the person's own inbox."""

from typing import Any

from notifier.buttons import buttons_of
from notifier.channels.base import OutgoingMessage
from notifier.channels.inbox import InboxChannel
from notifier.pictures import Draw, picture_of
from store.database import Database


class WebChat(InboxChannel):
    """The address is the inbox's name."""

    def __init__(self, database: Database, draw: Draw | None = None) -> None:
        super().__init__(database, "webchat")
        self._draw = draw

    async def send(self, message: OutgoingMessage) -> str:
        """Add the line, with its picture where it has one."""
        return self._write(message, await picture_of(message, self._draw))

    def keyboard(self, message: OutgoingMessage) -> dict[str, Any] | None:
        """The buttons, as the page shows them."""
        row = [{"text": label, "data": data} for label, data in buttons_of(message)]
        return {"inline": [row]} if row else None
