"""The web chat: a message is a line of the person's own inbox."""

from notifier.channels.inbox import InboxChannel
from store.database import Database


class WebChat(InboxChannel):
    """The address is the inbox's name."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "webchat")
