"""The web chat: a message is a line of the person's own inbox."""

from typing import Any

from notifier.buttons import buttons_of
from notifier.channels.base import OutgoingMessage
from notifier.channels.inbox import InboxChannel
from store.database import Database


class WebChat(InboxChannel):
    """The address is the inbox's name."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "webchat")

    def keyboard(self, message: OutgoingMessage) -> dict[str, Any] | None:
        """The buttons, as the page shows them."""
        row = [{"text": label, "data": data} for label, data in buttons_of(message)]
        return {"inline": [row]} if row else None
